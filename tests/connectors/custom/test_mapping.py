"""Somebody else's JSON by paths: what is found, what is said when nothing is, and what a hostile line or document cannot do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.custom.mapping import LONGEST_PATH, MOST_ITEMS, MOST_LINES, BadMapping, mapping
from inbox.contract import BadPayload, InboundMessage
from tests.connectors.custom.conftest import Build, request

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


def mapped(lines: list[str], document: Any) -> list[dict[str, Any]]:
    return mapping(tuple(lines)).apply(document)


def test_a_line_takes_what_stands_at_its_path() -> None:
    lines = ["# a comment", "", "external_message_id = $.review.id", "identity.value = $['by']['mail']"]

    assert mapped(lines, {"review": {"id": 7}, "by": {"mail": "a@b.example"}}) == [
        {"external_message_id": 7, "identity": {"value": "a@b.example"}}
    ]


@pytest.mark.parametrize(
    ("right", "found"),
    [
        ("message", "message"),
        ('"in two words"', "in two words"),
        ("true", True),
        ("{$.stars} of 5: {$.title}", "2 of 5: Wet"),
        ("{$.nothing}{$.title}", "Wet"),
        ("$.nothing | $.title", "Wet"),
        ("$.list[-1]", "b"),
        ("$.list[?@ == 'b']", "b"),
        ("$..deep", 1),
    ],
)
def test_the_right_side_is_a_path_a_text_or_a_constant(right: str, found: object) -> None:
    document = {"stars": 2, "title": "Wet", "nothing": None, "list": ["a", "b"], "x": {"deep": 1}}

    assert mapped([f"text = {right}"], document) == [{"text": found}]


@pytest.mark.parametrize("path", ["$.all", "$.all[*]"])
def test_a_batch_is_a_list_however_it_is_written(path: str) -> None:
    lines = [f"events = {path}", "external_message_id = $.id"]

    assert [each["external_message_id"] for each in mapped(lines, {"all": [{"id": 1}, {"id": 2}]})] == [1, 2]
    assert mapped(lines, {"all": []}) == mapped(lines, {}) == []


@pytest.mark.parametrize("line", ["external_message_id = $.review.id", "identity.value = $.user"])
def test_a_path_that_finds_nothing_is_named(line: str) -> None:
    with pytest.raises(BadPayload, match="found nothing") as refused:
        mapped([line], {"review": {}})

    assert line in refused.value.reason


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no equals sign", "not of the form"),
        ("Field = $.a", "not of the form"),
        ("text =", "not of the form"),
        ("text = $.", "selector"),
        ("text = $.a[", "text = "),
        ("text = $..a..b", "only once"),
        ("text = $.a[?match(@.b, '(a+)+$')]", "no functions"),
        ("text = {$..a[?search(@.b, '(a+)+$')]}", "no functions"),
        ("text = $." + "a" * LONGEST_PATH, "longer than"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str, said: str) -> None:
    with pytest.raises(BadMapping, match=said):
        mapping((line,))


def test_a_mapping_contradicting_itself_is_refused() -> None:
    with pytest.raises(BadMapping):
        mapping(("identity = $.a", "identity.value = $.b"))
    with pytest.raises(BadMapping):
        mapping(tuple(f"a{'b' * n} = 1" for n in range(MOST_LINES + 1)))


def test_a_batch_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadPayload, match="Send fewer"):
        mapped(["events = $[*]", "text = $"], list(range(MOST_ITEMS + 1)))


def test_a_deep_document_is_refused_and_breaks_nothing(build: Build) -> None:
    channel = build(mapping=["external_message_id = $..id", "identity.value = $..id", "text = x"])

    for body in (b"[" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900):
        with pytest.raises(BadPayload):
            list(channel.parse(request(body)))


@given(JSON)
def test_any_document_is_mapped_or_refused(document: Any) -> None:
    lines = ["events = $..b", "external_message_id = $.a", "identity.value = $.a[0] | $.a", "text = {$.c}!"]
    try:
        found = mapped(lines, document)
    except BadPayload:
        return
    assert all("external_message_id" in each for each in found)


def test_what_is_mapped_is_read_like_our_own_format(build: Build) -> None:
    channel = build(mapping=["external_message_id = $.id", "identity.value = $.who", "text = $.words"])

    [read] = channel.parse(request({"id": 7, "who": "ana", "words": "Hello"}))

    assert isinstance(read, InboundMessage)
    assert (read.external_id, read.author.value, read.text) == ("7", "c0ffee/user:ana", "Hello")


def test_the_check_names_a_line_that_cannot_be_read(build: Build) -> None:
    health = build(mapping=["text = $..a..b"]).check()

    assert not health.ok
    assert "only once" in health.lines[0]
