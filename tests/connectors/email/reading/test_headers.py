"""Header blocks: cut off, repaired, limited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading import Limits
from connectors.email.reading.headers import Headers, read_headers


def block(raw: bytes, limits: Limits | None = None) -> tuple[Headers, bytes, list[str]]:
    headers, body, problems = read_headers(raw, 0, len(raw), limits or Limits())
    return headers, raw[body:], problems


def test_fields_are_found_in_any_case_and_unfolded() -> None:
    headers, body, problems = block(b"SUBJECT: one\r\n two\r\nTo : a@b.example\r\n\r\nbody\r\n")

    assert headers.text("Subject") == "one two"
    assert headers.raw("to") == "a@b.example"
    assert body == b"body\r\n"
    assert problems == []


def test_a_blank_line_of_the_other_kind_ends_the_header_too() -> None:
    assert block(b"A: 1\n\r\nB: not a field")[1] == b"B: not a field"
    assert block(b"A: 1\r\n\nB: not a field")[1] == b"B: not a field"


def test_a_broken_line_between_fields_is_left_out_and_told() -> None:
    headers, _, problems = block(b"From: a@b.example\nlost its colon\nSubject: kept\n\nbody")

    assert headers.text("Subject") == "kept"
    assert problems == ["1 lines in the header that are no fields were left out"]


def test_a_body_that_begins_without_a_blank_line_is_not_lost() -> None:
    _, body, problems = block(b"From: a@b.example\nHello there\nsecond line\n")

    assert body == b"Hello there\nsecond line\n"
    assert problems == ["no blank line between header and body"]


def test_a_header_without_body_is_complete() -> None:
    headers, body, _ = block(b"Subject: only this")

    assert headers.text("Subject") == "only this"
    assert body == b""


def test_no_header_at_all_is_all_body() -> None:
    assert block(b"\nbody")[1] == b"body"


def test_header_bytes_and_count_are_limited() -> None:
    many, body, problems = block(b"X: 1\n" * 500 + b"\nbody", Limits(header_count=10))
    assert (len(many.fields), body) == (10, b"body")
    assert problems == ["more than 10 header fields: the rest was left out"]

    long, body, problems = block(b"A: 1\nX: " + b"y" * 5_000 + b"\n\nbody", Limits(header_bytes=100))
    assert (long.raw("A"), body) == ("1", b"body")
    assert problems == ["header longer than 100 bytes: the rest was left out"]


def test_all_fields_of_a_name_are_read_in_order() -> None:
    headers, _, _ = block(b"Received: one\nX: y\nReceived: two\n\n")

    assert headers.all_raw("received") == ["one", "two"]
    assert headers.decoded() == (("Received", "one"), ("X", "y"), ("Received", "two"))


@pytest.mark.parametrize(
    "piece", [b"x\n", b" \n", b":\n", b"a:\n", b"\tx\n", b"\r", b"\r\n x", b"From: \n", b"\x00"]
)
def test_a_header_of_one_thing_alone_is_read_in_one_pass(piece: bytes) -> None:
    headers, _, _ = block(piece * 200_000)

    assert len(headers.fields) <= Limits().header_count


@given(st.binary(max_size=200))
def test_no_bytes_can_break_it(raw: bytes) -> None:
    headers, _, _ = block(raw)

    for name, value in headers.decoded():
        (name + value).encode("utf-8")
