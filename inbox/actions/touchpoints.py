"""Touchpoints: what customers did elsewhere, kept once each and shown in their thread. No conversation is ever touched.

What may be told, and what is wrong with what was told, is in told.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.actions import identify, proving, rows
from inbox.actions.errors import Refused
from inbox.actions.identify import Key, Known, key_of
from inbox.actions.record import Fact, facts
from inbox.actions.told import Told, problem
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Touchpoint
from inbox.models.story import TouchpointKind

__all__ = ["NotKept", "Recorded", "Told", "purge", "record"]

CENT = Decimal("0.01")
BATCH = 2_000
"""Old ones deleted in one transaction."""
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A touchpoint that is kept, and whose it is now; `created` is false if it was known."""

    touchpoint_id: int
    customer_id: int
    created: bool


class NotKept(Refused):
    """Nothing of the list was kept. `problems` has a sentence for each bad item, by its place in the list."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__(" ".join(f"{place + 1}: {reason}" for place, reason in sorted(problems.items())))
        self.problems = problems


@transaction.atomic
def record(items: Sequence[Told]) -> list[Recorded]:
    """Keep these touchpoints; the same (source, external_id) twice is one, the first. In the order they were given.

    One told of a customer who was merged away is the surviving customer's. An address nobody has used becomes a customer of
    its own, unproven; one that somebody merely claimed is not theirs for that (proving.py). All or nothing, in a few queries
    whatever the number. Raises NotKept.
    """
    now = _check(items)
    known = _known(items)
    fresh = [item for item in items if _name(item) not in known]
    found = _keep(fresh, now) if fresh else {}
    if any(_name(item) not in found for item in fresh):  # somebody told the same at this moment
        known |= _known(fresh)
    answers, announced = [], set()
    for item in items:
        name = _name(item)
        created = name in found and name not in announced
        announced.add(name)
        touchpoint_id, customer_id = found.get(name) or known[name]
        answers.append(Recorded(touchpoint_id, customer_id, created))
    return answers


def purge() -> int:
    """Forget views of pages older than PAGE_VIEWS_DAYS (0: never), a batch at a time; all else that customers did stays. Gives
    how many."""
    if not settings.PAGE_VIEWS_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.PAGE_VIEWS_DAYS)
    old = Touchpoint.objects.filter(kind=TouchpointKind.PAGE, occurred_at__lt=before).order_by("occurred_at")
    gone = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Touchpoint.objects.filter(pk__in=batch).delete()
        gone += len(batch)
    return gone


def _check(items: Sequence[Told]) -> dict[int, int]:
    """Who the customers told of by id are now. Raises NotKept."""
    problems = {place: reason for place, item in enumerate(items) if (reason := problem(item))}
    now = _surviving(item.customer_id for item in items if item.customer_id is not None)
    for place, item in enumerate(items):
        if item.customer_id is not None and item.customer_id not in now:
            problems.setdefault(place, _("There is no such customer."))
    if problems:
        raise NotKept(problems)
    return now


def _name(item: Told) -> Name:
    return item.source.strip(), item.external_id.strip()


def _known(items: Iterable[Told]) -> dict[Name, tuple[int, int]]:
    """Those that are kept already: their id and whose they are."""
    names = sorted({_name(item) for item in items})
    answer = rows.select(
        "SELECT t.source, t.external_id, t.id, t.customer_id FROM inbox_touchpoint t"
        " JOIN unnest(%s::text[], %s::text[]) AS w(source, external_id) USING (source, external_id)",
        [[source for source, _id in names], [external_id for _source, external_id in names]],
    )
    return {(source, external_id): (pk, owner) for source, external_id, pk, owner in answer}


def _keep(items: Sequence[Told], now: dict[int, int]) -> dict[Name, tuple[int, int]]:
    """Insert them under their customers' locks, with a fact for each; those that somebody else was faster with are left out."""
    book = _people(items)
    now = _lock({item.customer_id for item in items if item.customer_id is not None}, now, book)
    values: dict[Name, rows.Row] = {}
    for item in items:
        values.setdefault(_name(item), _row(item, now, book))
    # In one order, so that two who tell the same never wait for each other.
    ordered = [values[name] for name in sorted(values)]
    returning = "source, external_id, id, customer_id"
    kept = rows.insert(Touchpoint, _COLUMNS, ordered, skip_conflicts=True, returning=returning)
    kept.sort(key=lambda row: row[2])
    facts(
        [
            Fact(kind=Kind.TOUCHPOINT_RECORDED, customer_id=owner, data={"touchpoint": pk})
            for _source, _external_id, pk, owner in kept
        ]
    )
    return {(source, external_id): (pk, owner) for source, external_id, pk, owner in kept}


_COLUMNS = (
    "customer_id",
    "identity_id",
    "told_of_id",
    "kind",
    "source",
    "external_id",
    "reference",
    "title",
    "url",
    "value",
    "currency",
    "data",
    "occurred_at",
    "received_at",
)


def _row(item: Told, now: dict[int, int], book: dict[Key, Known]) -> rows.Row:
    source, external_id = _name(item)
    identity = book[key_of(item.address)] if item.address else None
    received_at = timezone.now()
    return (
        identity.customer_id if identity else now[item.customer_id or 0],
        identity.id if identity else None,
        item.customer_id,
        item.kind,
        source,
        external_id,
        item.reference.strip(),
        item.title.strip(),
        item.url,
        item.value.quantize(CENT) if item.value is not None else None,
        item.currency,
        Jsonb(item.data),
        min(item.occurred_at, received_at),
        received_at,
    )


def _people(items: Iterable[Told]) -> dict[Key, Known]:
    """The identities these are told of. What a shop tells of an address is no news of somebody who only said it is theirs."""
    book = identify.resolve(item.address for item in items if item.address)
    for key in [key for key, known in book.items() if known.claimed]:
        space, value = key
        book |= proving.release(Address(space=space, value=value), keys=[key])
    return book


def _lock(told_of: set[int], now: dict[int, int], book: dict[Key, Known]) -> dict[int, int]:
    """Lock all whose these are, following a merge that happened in between. Gives who those told of by id are now."""
    for _attempt in range(5):
        identify.settle_owners(book, list(book), also=[now[pk] for pk in told_of])
        under_lock = _surviving(told_of)
        if under_lock == {pk: now[pk] for pk in told_of}:
            return under_lock
        now = under_lock
    raise RuntimeError("These customers keep being merged; tell it again.")


def _surviving(ids: Iterable[int]) -> dict[int, int]:
    """Who these customers are now, following merges; those that do not exist are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    answer = rows.select(
        "WITH RECURSIVE way AS ("
        " SELECT id AS asked, id AS now, merged_into_id AS next FROM inbox_customer WHERE id = ANY(%s)"
        " UNION ALL SELECT way.asked, c.id, c.merged_into_id FROM way JOIN inbox_customer c ON c.id = way.next"
        ") SELECT asked, now FROM way WHERE next IS NULL",
        [wanted],
    )
    return dict(answer)
