"""The company's own fields of customers: how they are made, what fits in one, how it reads, and what is left when one goes."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox import attributes
from inbox.actions import attributes as actions
from inbox.actions import customers
from inbox.actions.errors import Refused
from inbox.models import Agent, Attribute, Audit, Customer, Event
from inbox.models.knowledge import AttributeType

pytestmark = pytest.mark.django_db


def made(sam: Agent, label: str, kind: str = "text", choices: tuple[str, ...] = ()) -> Attribute:
    return actions.save(actor=sam, attribute=None, label=label, kind=kind, choices=choices)


def field(kind: str, *choices: str) -> Attribute:
    return Attribute(key="x", label="Size", type=kind, choices=list(choices))


# ---------------------------------------------------------------- the fields


def test_a_field_gets_a_key_of_its_name_that_stays(sam: Agent) -> None:
    size = made(sam, " Shoe   size ", "number")

    actions.save(actor=sam, attribute=size, label="Size of shoes")

    size.refresh_from_db()
    assert (size.key, size.label, size.type) == ("shoe_size", "Size of shoes", "number")
    assert Audit.objects.filter(action="field saved").count() == 2


@pytest.mark.parametrize(
    ("label", "key"),
    [("Name", "name_2"), ("足のサイズ", "field"), ("First name", "first_name_2"), ("x" * 80, "x" * 36)],
)
def test_a_key_is_of_plain_letters_and_means_nothing_else(sam: Agent, label: str, key: str) -> None:
    assert made(sam, label).key == key


@pytest.mark.parametrize(
    ("label", "kind", "choices"),
    [("  ", "text", ()), ("SHOE SIZE", "text", ()), ("New", "colour", ()), ("New", "choice", ("", " "))],
)
def test_a_field_that_makes_no_sense_is_refused(
    sam: Agent, label: str, kind: str, choices: tuple[str, ...]
) -> None:
    made(sam, "Shoe size")

    with pytest.raises(Refused):
        made(sam, label, kind, choices)

    assert Attribute.objects.count() == 1


def test_there_is_an_end_to_fields_and_choices(sam: Agent) -> None:
    with pytest.raises(Refused, match="100 choices"):
        made(sam, "Long", "choice", tuple(map(str, range(101))))
    Attribute.objects.bulk_create(Attribute(key=f"f{n}", label=f"F{n}") for n in range(actions.MOST))
    with pytest.raises(Refused, match="50 fields"):
        made(sam, "One more")


def test_choices_are_kept_once_in_their_order(sam: Agent) -> None:
    plan = made(sam, "Plan", "choice", ("Gold", " Silver ", "gold", ""))

    assert plan.choices == ["Gold", "Silver"]


def test_fields_are_put_in_order(sam: Agent) -> None:
    for label in ("A", "B", "C"):
        made(sam, label)

    def order() -> list[str]:
        return [each.label for each in Attribute.objects.all()]

    actions.put_in_order(actor=sam, attribute=Attribute.objects.get(label="C"), step=-1)
    assert order() == ["A", "C", "B"]
    actions.put_in_order(actor=sam, attribute=Attribute.objects.get(label="A"), step=-1)
    actions.put_in_order(actor=sam, attribute=Attribute.objects.get(label="B"), step=1)
    assert order() == ["A", "C", "B"]


def test_with_a_field_goes_what_everybody_had_in_it_and_nothing_else(sam: Agent, ana: Customer) -> None:
    size, plan = made(sam, "Size"), made(sam, "Plan")
    customers.edit(agent=sam, customer_id=ana.pk, attributes={"size": "38", "plan": "Gold"})
    other = Customer.objects.create(name="Ben", attributes={"plan": "Silver"})

    assert actions.delete(actor=sam, attribute=size) == 1

    ana.refresh_from_db()
    other.refresh_from_db()
    assert (ana.attributes, other.attributes) == ({"plan": "Gold"}, {"plan": "Silver"})
    assert list(Attribute.objects.all()) == [plan]


# ---------------------------------------------------------------- what is in one


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("text", " Cats \x00", "Cats"),
        ("number", "12", 12),
        ("number", "-12.50", -12.5),
        ("number", 3, 3),
        ("yes_no", "yes", True),
        ("yes_no", False, False),
        ("date", "2026-02-28", "2026-02-28"),
        ("link", "https://crm.shop.example/4417", "https://crm.shop.example/4417"),
        ("choice", "gold", "Gold"),
        *((each, empty, None) for each in AttributeType for empty in ("", "  ", None)),
    ],
)
def test_what_fits_is_kept_in_one_shape(kind: str, raw: object, kept: object) -> None:
    assert attributes.value(field(kind, "Gold", "Silver"), raw) == kept


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("text", "x" * 2_001),
        *(("number", bad) for bad in ("12a", "1e400", "NaN", "Infinity", "9" * 17, "١٢", "1,5", "--1")),
        ("yes_no", "perhaps"),
        *(("date", bad) for bad in ("2026-02-30", "28.02.2026", "tomorrow")),
        *(
            ("link", bad)
            for bad in (
                "javascript:alert(1)", "data:text/html,x", "//x.example", "shop.example", "https://",
                "https://a:b@x.example", "https://x.example/ y", "ftp://x.example",
            )
        ),
        ("choice", "Bronze"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_name_of_the_field(kind: str, raw: object) -> None:
    with pytest.raises(Refused, match=r"^Size: "):
        attributes.value(field(kind, "Gold", "Silver"), raw)


@given(
    st.sampled_from(list(AttributeType)), st.text() | st.integers() | st.floats() | st.booleans() | st.none()
)
def test_whatever_comes_in_is_kept_as_json_or_refused(kind: str, raw: object) -> None:
    made_of = field(kind, "Gold")
    try:
        kept = attributes.value(made_of, raw)
    except Refused:
        return

    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert isinstance(attributes.shown(made_of, kept), str)
    assert attributes.value(made_of, kept) == kept


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_day_is_a_date(day: date) -> None:
    assert attributes.value(field("date"), day.isoformat()) == day.isoformat()


@pytest.mark.parametrize(
    ("kind", "kept", "shown"),
    [
        ("number", 1234567, "1,234,567"),
        ("number", 0.5, "0.5"),
        ("yes_no", True, "Yes"),
        ("yes_no", False, "No"),
        ("date", "2026-12-31", "Dec. 31, 2026"),
        ("date", "some day", "some day"),
        ("text", None, ""),
        ("choice", "Gone", "Gone"),
    ],
)
def test_it_reads_as_people_write_it(kind: str, kept: object, shown: str) -> None:
    assert attributes.shown(field(kind), kept) == shown


def test_only_a_safe_link_leads_anywhere() -> None:
    assert attributes.link(field("link"), "https://x.example/1") == "https://x.example/1"
    assert attributes.link(field("link"), "javascript:alert(1)") == ""
    assert attributes.link(field("text"), "https://x.example/1") == ""


# ---------------------------------------------------------------- of a customer


def test_a_customers_fields_are_set_and_taken_away_one_by_one(sam: Agent, ana: Customer) -> None:
    made(sam, "Size", "number"), made(sam, "Plan")
    customers.edit(agent=sam, customer_id=ana.pk, attributes={"size": "38", "plan": "Gold"})

    customers.edit(agent=sam, customer_id=ana.pk, attributes={"plan": ""})

    ana.refresh_from_db()
    assert ana.attributes == {"size": 38}
    assert Event.objects.latest("pk").data == {"change": ["attributes"]}


@pytest.mark.parametrize("given", [{"colour": "red"}, {"size": "large"}, {"size": "38", "colour": "red"}])
def test_what_does_not_fit_changes_nothing(sam: Agent, ana: Customer, given: dict[str, str]) -> None:
    made(sam, "Size", "number")

    with pytest.raises(Refused):
        customers.edit(agent=sam, customer_id=ana.pk, attributes=given)

    ana.refresh_from_db()
    assert ana.attributes == {}
    assert not Event.objects.exists()
