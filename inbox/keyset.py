"""Positions in an ordered list: opaque cursors for paging without OFFSET, and keys a page can sort fragments by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db.models import Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_signer = signing.Signer(salt="inbox.keyset")


class BadCursor(ValueError):
    """The cursor is not one we gave out. Views answer 400."""


def micros(at: datetime) -> int:
    """Microseconds since 1970: exact, as PostgreSQL keeps them."""
    return (at - EPOCH) // MICROSECOND


def moment(micros: int) -> datetime:
    """The inverse of `micros`."""
    return EPOCH + micros * MICROSECOND


def encode(*position: int) -> str:
    """A position as an opaque string, signed so that any change to it is an error rather than another place."""
    return _signer.sign(".".join(map(str, position)))


def decode(cursor: str, *, size: int) -> tuple[int, ...]:
    """The position in a cursor of `size` numbers. Raises BadCursor."""
    try:
        position = tuple(int(part) for part in _signer.unsign(cursor).split("."))
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor("This address names no place in the list. Open the list again.") from error
    if len(position) != size:
        raise BadCursor("This address belongs to another list. Open the list again.")
    return position


def sort_key(*position: int) -> str:
    """A position as text whose alphabetical order is the order of the list (JavaScript compares it)."""
    return ".".join(f"{number + 2**63:016x}" for number in position)


def beyond(position: dict[str, object], *, descending: bool) -> Q:
    """Rows strictly after `position` in an index over these fields, all in one direction.

    Written so that PostgreSQL uses the first field as the index's range; the rest only settles ties.
    """
    step = "lt" if descending else "gt"
    (first, bound), *_ = position.items()
    fields = list(position.items())
    after = Q()
    for name, value in reversed(fields):
        strictly = Q(**{f"{name}__{step}": value})
        after = strictly | (Q(**{name: value}) & after) if after else strictly
    return Q(**{f"{first}__{step}e": bound}) & after
