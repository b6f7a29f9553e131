"""What a person types as an address, read by the connectors: one spelling per address, whoever types it."""

import pytest
from pytest_django import Settings

from inbox import registry
from inbox.contract import Address


@pytest.mark.parametrize(
    ("text", "space", "value"),
    [
        (" Ana@X.example ", "email", "ana@x.example"),
        ("ana@bücher.example", "email", "ana@xn--bcher-kva.example"),
        ("07700 900123", "phone", "+447700900123"),
        ("+34 611 20 44 89", "phone", "+34611204489"),
    ],
)
def test_an_address_is_read_in_its_one_spelling(
    settings: Settings, text: str, space: str, value: str
) -> None:
    settings.DEFAULT_COUNTRY = "GB"

    assert registry.typed_address(text) == Address(space=space, value=value)


def test_a_national_number_is_read_in_the_country_asked_for() -> None:
    assert registry.typed_address("611 20 44 89", "ES") == Address(space="phone", value="+34611204489")


@pytest.mark.parametrize("text", ["", "Ana Silva", "ana@", "12", "@", "<script>", "4417"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert registry.typed_address(text) is None
