"""Telephone numbers as people and providers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.phone import E164, e164, written


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+447700900123", "", "+447700900123"),
        ("+44 (0)7700 900123", "", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("0044 7700 900123", "GB", "+447700900123"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("030 123456", "DE", "+4930123456"),
        ("06 6982 1234", "IT", "+390669821234"),
        ("+39 06 6982 1234", "", "+390669821234"),
        ("tel:+1-415-555-2671", "", "+14155552671"),
        ("\u202a+44 7700 900123\u202c", "", "+447700900123"),
    ],
)
def test_national_and_international_forms_become_one(text: str, country: str, expected: str) -> None:
    assert e164(text, country) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "12",
        "DHL",
        "07700 900123",
        "+",
        "+44",
        "+44 7700",
        "anonymous",
        "1" * 500,
        "+0123456789",
        "call me",
    ],
)
def test_what_is_no_number_becomes_nothing(text: str) -> None:
    assert e164(text) == ""


def test_a_country_nobody_knows_reads_only_international_forms() -> None:
    assert e164("07700 900123", "XX") == ""
    assert e164("+44 7700 900123", "XX") == "+447700900123"


def test_a_number_is_shown_as_people_write_it() -> None:
    assert written("+442079460000") == "+44 20 7946 0000"
    assert written("62966") == "62966"
    assert written("DHL") == "DHL"
    assert written("+9999999999999") == "+9999999999999"


@given(st.text(), st.sampled_from(["", "GB", "US", "XX"]))
def test_any_text_is_a_number_or_nothing(text: str, country: str) -> None:
    number = e164(text, country)

    assert number == "" or E164.fullmatch(number)
    assert e164(number, country) == number
    assert written(text) or not text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+551187654321", "+5511987654321"),  # before ANATEL's ninth digit
        ("+5511987654321", "+5511987654321"),
        ("+551132654321", "+551132654321"),  # a landline of São Paulo has eight
        ("+541123456789", "+5491123456789"),  # some networks leave the 9 out
        ("+5491123456789", "+5491123456789"),
    ],
)
def test_the_two_ways_to_write_a_brazilian_or_argentine_mobile_are_one(text: str, expected: str) -> None:
    assert e164(text, mobile=True) == expected


@pytest.mark.parametrize("text", ["+5215512345678", "+525512345678", "+52 55 1234 5678"])
def test_the_two_ways_to_write_a_mexican_mobile_are_one(text: str) -> None:
    assert e164(text) == "+525512345678"


def test_an_argentine_number_that_may_be_a_landline_stays_as_it_is() -> None:
    assert e164("+541143456789") == "+541143456789"
    assert e164("011 15 2345-6789", "AR") == "+5491123456789"
