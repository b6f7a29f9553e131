"""Addresses: one spelling each, which are ours, and tokens that survive what servers do to addresses."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.addressing import OwnAddresses, as_identity, marker, normalise, tokens_in_text

TOKEN = "abcdefgh234567abcdefgh234567abcd"
OURS = OwnAddresses.of("Help@Shop.example", ("info@shop.example", "hallo@bücher.example", "not an address"))

tokens = st.text(string.ascii_lowercase + "234567", min_size=8, max_size=40)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Ana@Customer.Example", "ana@customer.example"),
        (" <ana@customer.example> ", "ana@customer.example"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("анна@почта.example", "анна@xn--80a1acny.example"),
        ("ana@straße.example", "ana@xn--strae-oqa.example"),
        ("ana@under_score.example", "ana@under_score.example"),
        ("ana+shop@customer.example", "ana+shop@customer.example"),
        ("o'brien@customer.example", "o'brien@customer.example"),
        ("ana@customer.example.", "ana@customer.example"),
        ("", ""),
        ("ana", ""),
        ("@customer.example", ""),
        ("ana@", ""),
        ("ana sousa@customer.example", ""),
        ("ana@customer.example\r\nBcc: x@evil.example", ""),
        ("ana@a@b", ""),
        ("a,b@customer.example", ""),
        ("x" * 65 + "@customer.example", ""),
    ],
)
def test_one_spelling(written: str, stored: str) -> None:
    assert normalise(written) == stored


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert not set(once) & set("\r\n\x00 <>,;\u2028\u2029")


def test_a_name_that_is_only_the_address_is_no_name() -> None:
    found = as_identity("ana@customer.example", "Ana@customer.example")

    assert found is not None
    assert found.name == ""


@pytest.mark.parametrize(
    "address",
    [
        "help@shop.example",
        "HELP@SHOP.EXAMPLE",
        f"help+{TOKEN}@shop.example",
        "help+x@shop.example",
        "info@shop.example",
        "hallo@xn--bcher-kva.example",
    ],
)
def test_these_are_ours(address: str) -> None:
    assert address in OURS


@pytest.mark.parametrize(
    "address", ["help@evil.example", "helper@shop.example", "ana+help@shop.example", "shop.example", ""]
)
def test_these_are_not(address: str) -> None:
    assert address not in OURS


@given(token=tokens)
def test_a_token_comes_back_from_its_address(token: str) -> None:
    assert OURS.tokens([OURS.reply_address(token)]) == (token,)
    assert OURS.tokens([f"Shop <{OURS.reply_address(token).upper()}>".rpartition("<")[2].rstrip(">")]) == (
        token,
    )


@given(token=tokens)
def test_a_token_comes_back_from_the_text(token: str) -> None:
    assert tokens_in_text(f"> Thanks\n> {marker(token)}\n") == (token,)


@pytest.mark.parametrize(
    "token",
    ["", "short", "with space in it", "a@b.example.com", "line\nbreak-line", "x" * 101, "<script>alert(1)"],
)
def test_what_is_no_token_goes_nowhere(token: str) -> None:
    assert OURS.reply_address(token) == ""
    assert marker(token) == ""


def test_a_local_part_that_would_become_too_long_gets_no_token() -> None:
    assert OwnAddresses.of(f"{'x' * 40}@shop.example").reply_address(TOKEN) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "reply-{token}@in.shop.example",
        "{token}@r.shop.example",
        "help+{token}.x@shop.example",
        "HELP={TOKEN}@shop.example",
    ],
)
def test_patterns(pattern: str) -> None:
    own = OwnAddresses.of("help@shop.example", pattern=pattern)

    assert own.tokens([own.reply_address(TOKEN)]) == (TOKEN,)
    assert own.reply_address(TOKEN) in own


def test_a_pattern_without_a_place_for_the_token_is_not_used() -> None:
    own = OwnAddresses.of("help@shop.example", pattern="reply@shop.example")

    assert own.reply_address(TOKEN) == f"help+{TOKEN}@shop.example"
