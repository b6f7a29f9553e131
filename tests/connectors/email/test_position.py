"""Where we are in a folder: survives JSON, knows when the server began to count anew, never wants what was there before."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.email.position import FolderState, Position, beginning, importing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
uids = st.integers(0, 2**32 - 1)
positions = st.builds(
    Position,
    uidvalidity=st.integers(1, 2**32 - 1),
    last_uid=uids,
    old_to=uids,
    after=st.sampled_from(["", NOW.isoformat()]),
    imported=st.booleans(),
    rescans=st.integers(0, 5),
)


@given(positions)
def test_it_survives_the_cursor(position: Position) -> None:
    assert Position.of(json.loads(json.dumps(position.to_json()))) == position


@given(positions)
def test_a_cursor_of_a_newer_version_is_read_all_the_same(position: Position) -> None:
    assert Position.of({**position.to_json(), "something_new": 1}) == position


def test_before_the_first_connection_there_is_none() -> None:
    assert Position.of(None) is None
    assert Position.of({}) is None


def test_at_the_beginning_nothing_that_is_there_is_wanted() -> None:
    start = beginning(FolderState(uidvalidity=5, last_uid=10), NOW)

    assert start.last_uid == 10
    assert start.renumbered(FolderState(uidvalidity=6, last_uid=10)).unwanted(3, NOW - timedelta(days=1))
    assert not start.unwanted(11, NOW - timedelta(days=400))


def test_an_import_wants_what_is_young_enough() -> None:
    start = importing(FolderState(uidvalidity=5, last_uid=10), NOW - timedelta(days=30))

    assert start.last_uid == 0
    assert start.unwanted(1, NOW - timedelta(days=31))
    assert not start.unwanted(2, NOW - timedelta(days=29))
    assert not start.unwanted(3, None)


@given(positions, st.integers(1, 2**32 - 1), uids)
def test_a_renumbering_starts_over_under_new_keys(
    position: Position, uidvalidity: int, last_uid: int
) -> None:
    again = position.renumbered(FolderState(uidvalidity=uidvalidity, last_uid=last_uid))

    assert again.last_uid == 0
    assert again.after == position.after
    assert again.key("INBOX", 1) != position.key("INBOX", 1)


@given(st.text(max_size=1000), st.text(max_size=1000), uids)
def test_keys_fit_into_their_column_and_differ_by_folder(one: str, other: str, uid: int) -> None:
    position = Position(uidvalidity=2**32 - 1, last_uid=0, rescans=99)

    assert len(position.key(one, uid)) <= 300
    assert (position.key(one, uid) == position.key(other, uid)) is (one == other)
