"""Reading webhooks whatever their shape."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.meta import reading
from inbox.contract import BadPayload

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_entries_are_those_of_the_object_we_serve() -> None:
    body = json.dumps({"object": "page", "entry": [{"id": "1"}, {"id": "2"}]}).encode()

    assert [entry["id"] for entry in reading.entries(body, "page")] == ["1", "2"]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"[]", b"{}", b"[" * 100_000, b'{"object": "user", "entry": []}', b'{"object": "page", "entry": 1}',
     b'{"object": "page", "entry": [1]}'],
)  # fmt: skip
def test_anything_else_cannot_be_read(body: bytes) -> None:
    with pytest.raises(BadPayload):
        list(reading.entries(body, "page"))


@pytest.mark.parametrize("value", [1767225600, "1767225600", 1767225600000, "1767225600000"])
def test_times_come_in_seconds_and_in_milliseconds(value: object) -> None:
    assert reading.moment(value) == datetime(2026, 1, 1, tzinfo=UTC)


@given(anything)
def test_nothing_is_too_odd_to_read(value: object) -> None:
    text = reading.text(value)

    assert "\0" not in text
    text.encode()
    assert isinstance(reading.mapping(value), dict)
    assert all(isinstance(row, dict) for row in reading.rows(value))
    found = reading.moment(value)
    assert found is None or found.year >= 1970
    assert reading.digest(value) == reading.digest(value)
