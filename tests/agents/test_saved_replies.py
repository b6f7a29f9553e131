"""Filling in a saved reply."""

import pytest

from agents import saved_replies
from inbox.models import Agent, Customer


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
