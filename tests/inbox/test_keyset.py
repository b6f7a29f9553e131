"""Cursors: exact, and refused as soon as anything about them has been changed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox import keyset

NUMBERS = st.integers(-(2**62), 2**62)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives_to_the_microsecond(moment: datetime) -> None:
    assert keyset.moment(keyset.micros(moment)) == moment


@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_a_cursor_gives_back_the_position(position: list[int]) -> None:
    assert keyset.decode(keyset.encode(*position), size=len(position)) == tuple(position)


@given(
    position=st.lists(NUMBERS, min_size=2, max_size=2), place=st.integers(0, 200), character=st.characters()
)
def test_a_cursor_with_another_character_in_it_is_refused(
    position: list[int], place: int, character: str
) -> None:
    cursor = keyset.encode(*position)
    place %= len(cursor)
    changed = cursor[:place] + character + cursor[place + 1 :]
    if changed == cursor:
        return
    with pytest.raises(keyset.BadCursor):
        keyset.decode(changed, size=2)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(keyset.BadCursor):
        keyset.decode(text, size=3)


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = keyset.encode(1, 2, 3)

    with pytest.raises(keyset.BadCursor):
        keyset.decode(cursor, size=2)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2))
def test_sort_keys_are_in_the_order_of_their_positions(positions: list[tuple[int, int]]) -> None:
    in_order = sorted(positions)

    assert sorted(keyset.sort_key(*position) for position in positions) == [
        keyset.sort_key(*position) for position in in_order
    ]
