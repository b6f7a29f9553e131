"""Customers by an id that a program noted before they were merged: whoever they are now."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.models import Customer

MOST_MERGES = 20


def now(ids: Iterable[int]) -> dict[int, int]:
    """The id of whom each was merged into in the end, its own if they were not. Ids of nobody are left out."""
    wanted = set(ids)
    into: dict[int, int | None] = {}
    unread = wanted
    for _step in range(MOST_MERGES):
        if not unread:
            break
        into |= Customer.objects.filter(pk__in=unread).values_list("pk", "merged_into")
        unread = {pk for pk in into.values() if pk is not None} - into.keys()
    return {pk: _last(pk, into) for pk in wanted & into.keys()}


def _last(pk: int, into: dict[int, int | None]) -> int:
    while (further := into.get(pk)) is not None:
        pk = further
    return pk
