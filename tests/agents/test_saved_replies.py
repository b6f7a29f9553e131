"""Filling in a saved reply."""

import pytest

from agents import saved_replies
from inbox.models import Agent, Attribute, Customer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {{customer.first_name}}!", "Hi Ana!"),
        ("Dear {{ customer.name }},", "Dear Ana Silva,"),
        ("{{agent.first_name}} from {{agent.name}}", "Sam from Sam Reed"),
        ("{{customer.email}} {{agent.password}}", "{{customer.email}} {{agent.password}}"),
        ("No variables", "No variables"),
    ],
)
def test_names_take_the_place_of_variables(text: str, filled: str) -> None:
    assert saved_replies.fill(text, Customer(name="Ana Silva"), Agent(name="Sam Reed")) == filled


def test_a_customer_without_a_name_leaves_no_gap() -> None:
    assert (
        saved_replies.fill("Hi {{customer.first_name}}, welcome", Customer(name=""), Agent(name="Sam"))
        == "Hi, welcome"
    )


@pytest.mark.django_db
def test_the_companys_own_fields_are_variables_by_their_keys() -> None:
    Attribute.objects.create(key="shoe_size", label="Shoe size", type="number")
    ana = Customer(name="Ana Silva", attributes={"shoe_size": 38.5})

    text = "Your size {{customer.shoe_size}}, {{ customer.hat_size }}, {{agent.shoe_size}}"

    assert (
        saved_replies.fill(text, ana, Agent(name="Sam"))
        == "Your size 38.5, {{ customer.hat_size }}, {{agent.shoe_size}}"
    )
    assert saved_replies.fill("Size {{customer.shoe_size}}.", Customer(name="Ben"), Agent()) == "Size."


@pytest.mark.django_db
def test_what_a_customer_wrote_into_a_field_is_not_filled_in_again() -> None:
    Attribute.objects.create(key="motto", label="Motto")
    ana = Customer(name="Ana", attributes={"motto": "{{agent.name}}"})

    assert saved_replies.fill("{{customer.motto}}", ana, Agent(name="Sam")) == "{{agent.name}}"
