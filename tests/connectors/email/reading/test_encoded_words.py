"""RFC 2047 in header values, as written by good and bad programs."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading.encoded_words import decode_words


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?J=C3=B6rg?=", "Jörg"),
        ("=?utf-8?q?a_b?= c", "a b c"),
        ("=?iso-8859-1?Q?a?=  =?iso-8859-1?Q?b?=", "ab"),
        ("=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        ("before=?utf-8?Q?x?=after", "beforexafter"),
        ("=?utf-8?Q?50=ZZ_=?=", "50=ZZ ="),
        ("=?utf-8?Q?with space?=", "with space"),
        ("=?utf-8?Q?never ends", "=?utf-8?Q?never ends"),
        ("=?utf-8?X?what?=", "=?utf-8?X?what?="),
        ("=?rot13?B?aGVsbG8=?=", "hello"),
        ("=?utf-8?B?aGVsbG8?=", "hello"),
        ("=?utf-8?B?aGVs*bG8=?=", "hello"),
    ],
)
def test_a_value_is_read_as_a_person_would(value: str, text: str) -> None:
    assert decode_words(value) == text


def test_a_character_split_over_two_words_is_whole_again() -> None:
    data = "grüße".encode()

    assert decode_words(f"=?utf-8?B?{b64(data[:3])}?= =?utf-8?B?{b64(data[3:])}?=") == "grüße"
    assert decode_words("=?utf-8?Q?gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=") == "grüße"


def test_base64_cut_inside_a_group_of_four_is_joined_first() -> None:
    whole = b64("Grüße aus München".encode())

    assert decode_words(f"=?utf-8?B?{whole[:10]}?= =?utf-8?B?{whole[10:]}?=") == "Grüße aus München"


def test_raw_8_bit_bytes_are_utf8_or_else_the_hint() -> None:
    assert decode_words("Grüße".encode().decode("ascii", "surrogateescape")) == "Grüße"
    raw = "Привет".encode("koi8-r").decode("ascii", "surrogateescape")
    assert decode_words(raw, "koi8-r") == "Привет"


@given(st.text(alphabet="=?utf8-QBqb_ aé\udce9", max_size=200))
def test_no_value_can_break_it(value: str) -> None:
    decode_words(value).encode("utf-8")


@pytest.mark.parametrize(
    "value", ["=?utf-8?q?" * 6_000, "=?a?q?" * 10_000 + "?=", "=?" * 32_000, "=?utf-8?q?a?= " * 4_500]
)
def test_a_value_full_of_words_is_read_in_one_pass(value: str) -> None:
    assert isinstance(decode_words(value), str)
