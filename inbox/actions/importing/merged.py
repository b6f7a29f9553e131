"""Customers of an import who have become part of others since: who they are now, and what the merge took from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inbox.actions import lock
from inbox.actions.importing.columns import ATTRIBUTE
from inbox.models import Customer, Merge


def locked(ids: Iterable[int]) -> tuple[dict[int, Customer], dict[int, int]]:
    """These customers and whoever they were merged into, locked; and who each of them is now."""
    wanted = set(ids)
    for _attempt in range(5):
        customers = lock.customers(wanted)
        further = {each.merged_into_id for each in customers.values() if each.merged_into_id} - wanted
        if not further:
            return customers, {pk: _root(pk, customers) for pk in customers}
        wanted |= further
    raise RuntimeError("These customers keep being merged; the import is taken back later.")


def _root(pk: int, customers: dict[int, Customer]) -> int:
    while (into := customers[pk].merged_into_id) is not None:
        pk = into
    return pk


def came_along(merges: Iterable[Merge], name: str, value: Any) -> bool:
    """Whether the customer who stayed has this value of a field only since one of these merges."""
    return any(_brought(merge.values.get("before", {}), name, value) for merge in merges)


def _brought(before: dict[str, Any], name: str, value: Any) -> bool:
    if name.startswith(ATTRIBUTE):
        had = before.get("attributes")
        return had is not None and had.get(name.removeprefix(ATTRIBUTE)) != value
    return ("company_id" if name == "company" else name) in before
