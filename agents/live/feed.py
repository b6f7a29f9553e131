"""Reading the event log for open pages: what is new about one customer, and which conversations have changed at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from agents.live import render
from inbox.events import Kind
from inbox.models import Agent, Customer, Event

MOST = 200
"""A page that is further behind is opened anew."""
MOST_RECENT = 1_000
UNLISTED = frozenset(
    {
        Kind.DELIVERY_CHANGED,
        Kind.REACTION_CHANGED,
        Kind.ATTACHMENT_CHANGED,
        Kind.IDENTITY_ADDED,
        Kind.IDENTITY_CHANGED,
        Kind.TOUCHPOINT_RECORDED,
    }
)
"""No row of a list shows these."""
EVERY_ROW = frozenset(
    {Kind.CUSTOMER_CHANGED, Kind.CUSTOMER_MARKED, Kind.CUSTOMERS_MERGED, Kind.CUSTOMERS_SEPARATED}
)


@dataclass(frozen=True, slots=True)
class News:
    """The patches after an event, per language; `last` is the id up to which was read; `behind` that there was too much."""

    patches: dict[str, list[render.Patch]]
    last: int
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """An event as far as lists are concerned: whose it is, which conversations it touched, or that it touched the customer
    and so every row of theirs. `absorbed` is a customer that is no more."""

    event_id: int
    customer_id: int
    conversations: tuple[int, ...] = ()
    every_row: bool = False
    absorbed: int | None = None


def after(customer_id: int, since: int, languages: Iterable[str]) -> News:
    """All that has happened to the customer after event `since`. Ids of one customer rise in commit order: no holes."""
    events = list(Event.objects.filter(customer=customer_id, pk__gt=since).order_by("pk")[: MOST + 1])
    if len(events) > MOST:
        last = Event.objects.filter(customer=customer_id).aggregate(last=Max("pk"))["last"]
        return News({}, last or since, behind=True)
    return News(render.patches(events, languages), events[-1].pk if events else since)


def changes(event_ids: Collection[int]) -> list[Change]:
    """These events, as far as lists are concerned."""
    found = Event.objects.filter(pk__in=event_ids).order_by("pk")
    return [
        _change(*values)
        for values in found.values_list("pk", "customer_id", "conversation_id", "kind", "data")
    ]


def _change(
    pk: int, customer_id: int, conversation_id: int | None, kind: str, data: dict[str, object]
) -> Change:
    if kind in UNLISTED:
        return Change(pk, customer_id)
    if kind in EVERY_ROW:
        absorbed = data.get("absorbed")
        return Change(
            pk, customer_id, every_row=True, absorbed=absorbed if isinstance(absorbed, int) else None
        )
    touched = (conversation_id, data.get("from"), data.get("to"))
    return Change(pk, customer_id, tuple(dict.fromkeys(each for each in touched if isinstance(each, int))))


def newest(most: int = 1_000) -> list[int]:
    """The ids of the newest events, rising."""
    return list(Event.objects.order_by("-pk").values_list("pk", flat=True)[:most])[::-1]


def newer(than: int, *, known: Collection[int] = (), most: int = 5_000) -> list[int]:
    """Ids of events after `than` that are not among the known ones: what the doorbell lost."""
    ids = Event.objects.filter(pk__gt=than).order_by("pk").values_list("pk", flat=True)
    return [pk for pk in ids[: most + len(known)] if pk not in known]


def recent(seconds: float) -> list[int]:
    """Ids of events of the last so many seconds."""
    start = timezone.now() - timedelta(seconds=seconds)
    return list(
        Event.objects.filter(at__gte=start).order_by("-pk").values_list("pk", flat=True)[:MOST_RECENT]
    )


def may_watch(agent: Agent, customer_id: int) -> bool:
    """Whether this customer exists for the agent."""
    return Customer.objects.visible_to(agent).filter(pk=customer_id).exists()
