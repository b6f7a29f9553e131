"""Dates, file names, message ids and transfer encodings."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading.dates import parse_date
from connectors.email.reading.filenames import file_name
from connectors.email.reading.message_ids import message_id, message_ids
from connectors.email.reading.transfer import (
    decode_base64,
    decode_quoted_printable,
    decode_transfer,
    decode_uu,
)


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("Tue, 2 Jan 2024 10:00:00 +0100", "2024-01-02T10:00:00+01:00"),
        ("2 Jan 2024 10:00 GMT", "2024-01-02T10:00:00+00:00"),
        ("Tue, 2 Jan 2024 10:00:60 +0000", "2024-01-02T10:00:59+00:00"),
        ("Tue, 2 Jan 2024 10:00:00", "2024-01-02T10:00:00+00:00"),
        ("Tue, 2 Jan 2024 10:00:00 +9999", "2024-01-02T10:00:00+00:00"),
        ("nonsense", None),
        ("", None),
        ("Tue, 99 Jan 2024 10:00:00 +0000", None),
        ("Sat, 1 Jan 99999 00:00:00 +1400", None),
    ],
)
def test_a_date_is_aware_or_none(value: str, iso: str | None) -> None:
    date = parse_date(value)

    assert (date.isoformat() if date else None) == iso


@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} Jan \d{1,9} \d{1,9}:\d{1,9} [+-]\d{1,9}", fullmatch=True)
)
def test_no_date_can_break_it(value: str) -> None:
    date = parse_date(value)

    assert date is None or date.tzinfo is not None


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\ana\invoice.pdf", "invoice.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("a\r\nb.pdf", "a b.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("...", "part-3.pdf"),
        ("", "part-3.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_file_name_is_safe_and_never_empty(declared: str, name: str) -> None:
    assert file_name(declared, "application/pdf", 3) == name


def test_a_forwarded_mail_is_called_by_its_subject() -> None:
    assert file_name("", "message/rfc822", 1, "Re: a/b") == "Re_ a_b.eml"


def test_message_ids_stand_without_brackets_and_once() -> None:
    assert message_ids("<a@x> <b@x>\r\n <a@x>", 10) == ("a@x", "b@x")
    assert message_ids("a@x b@x", 10) == ("a@x", "b@x")
    assert message_ids("<a @x>", 10) == ("a@x",)
    assert message_ids("In reply to your mail of Monday", 10) == ()


def test_of_too_many_references_the_nearest_are_kept() -> None:
    assert message_ids(" ".join(f"<{n}@x>" for n in range(9)), 2) == ("7@x", "8@x")


@pytest.mark.parametrize("value", ["", "<>", "<" + "a" * 2_000 + "@x>", "two words", "\x01"])
def test_an_unusable_message_id_is_none(value: str) -> None:
    assert message_id(value) is None


@pytest.mark.parametrize("value", ["<" * 60_000, "<a" * 30_000, "a@b " * 15_000, "@" * 60_000])
def test_a_reference_bomb_is_read_in_one_pass(value: str) -> None:
    assert len(message_ids(value, 500)) <= 500


@given(st.binary(max_size=200))
def test_base64_is_undone_with_or_without_padding_and_junk(data: bytes) -> None:
    encoded = base64.encodebytes(data)

    assert decode_base64(encoded) == data
    assert decode_base64(encoded.replace(b"=", b"")) == data
    assert decode_base64(b"***" + encoded.replace(b"\n", b"\r\n*")) == data


def test_padded_pieces_one_after_the_other_are_all_read() -> None:
    assert decode_base64(base64.b64encode(b"one!") + b"\n" + base64.b64encode(b"two!")) == b"one!two!"


def test_damaged_quoted_printable_keeps_what_it_cannot_read() -> None:
    assert decode_quoted_printable(b"a=C3=BC =ZZ soft=\nbreak") == b"a\xc3\xbc =ZZ softbreak"


def test_a_uuencoded_file_is_found_between_begin_and_end() -> None:
    lines = b"".join(binascii.b2a_uu(chunk) for chunk in (b"hello ", b"world"))

    assert decode_uu(b"text\nbegin 644 a.txt\n" + lines + b"`\nend\n") == b"hello world"
    assert decode_uu(b"no file here") == b"no file here"


@given(
    st.binary(max_size=200),
    st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "nonsense", '"base64"']),
)
def test_no_body_can_break_a_transfer_encoding(data: bytes, encoding: str) -> None:
    assert isinstance(decode_transfer(data, encoding), bytes)
