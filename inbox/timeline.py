"""The thread: everything one reader may see of a customer, in one order, page by page in both directions. Reads only.

Messages, touchpoints, facts and the beginnings of past episodes are read apart by keyset and merged here; there is no UNION.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from inbox import keyset
from inbox.contract import Nature
from inbox.entries import (
    BoundaryEntry,
    Entry,
    EventEntry,
    MessageEntry,
    Position,
    TouchpointEntry,
    boundaries,
    boundary_entries,
    episodes,
    event_entries,
    events,
    lines,
    message_entries,
    messages,
    read_the_rest,
    shown,
    touchpoint_entries,
    touchpoints,
)
from inbox.models import (
    Agent,
    Conversation,
    Customer,
    Desk,
    Event,
    Identity,
    Message,
    Participant,
    ReadMark,
    Touchpoint,
)
from inbox.models.conversations import UNRESOLVED
from inbox.models.messages import Direction

__all__ = [
    "BoundaryEntry",
    "Entry",
    "EventEntry",
    "MessageEntry",
    "TimelinePage",
    "TouchpointEntry",
    "boundaries",
    "events",
    "first_unread",
    "messages",
    "page",
    "position",
    "together",
    "touchpoints",
]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, oldest first; cursors for the pages before and after, None at the thread's ends."""

    entries: list[Entry]
    older: str | None
    newer: str | None


def page(
    reader: Agent,
    customer: Customer,
    *,
    before: str | None = None,
    after: str | None = None,
    around: int | datetime | None = None,
    limit: int = 50,
    kinds: Collection[str] | None = None,
    channel: int | None = None,
    conversation: int | None = None,
) -> TimelinePage:
    """At most `limit` entries of the customer's thread: the newest, or those before / after a cursor, or around a place.

    around        id of a message, or a moment: half of the page lies before it. Message.DoesNotExist if the reader may not see it
    kinds         "message", "note", "touchpoint", "event", "boundary", or a message's own kind ("call"); all by default
    channel       only messages of this channel; conversation: only what belongs to this conversation
    Raises keyset.BadCursor. Constant number of queries, whatever the limit.
    """
    desks = list(Desk.objects.readable_by(reader).values_list("pk", flat=True))
    sources = _sources(desks, [customer], kinds=kinds, channel=channel, conversation=conversation)
    if around is not None:
        return _around(sources, _place(desks, customer, around), limit)
    if after is not None:
        found = _take(sources, _position(after), limit + 1, descending=False)
        return _page(found[:limit], older=True, newer=len(found) > limit)
    start = _position(before) if before is not None else None
    found = _take(sources, start, limit + 1, descending=True)
    return _page(found[:limit][::-1], older=len(found) > limit, newer=start is not None)


def together(
    reader: Agent,
    customers: Sequence[Customer],
    *,
    before: str | None = None,
    after: str | None = None,
    limit: int = 40,
) -> TimelinePage:
    """The threads of several customers as one, for the people of a company: the newest page, or the one beyond a cursor.

    The caller has checked that the reader may see each of them. Raises keyset.BadCursor as page does.
    """
    desks = list(Desk.objects.readable_by(reader).values_list("pk", flat=True))
    sources = _sources(desks, customers, kinds=None, channel=None, conversation=None)
    if after is not None:
        found = _take(sources, _position(after), limit + 1, descending=False)
        return _page(found[:limit], older=True, newer=len(found) > limit)
    start = _position(before) if before is not None else None
    found = _take(sources, start, limit + 1, descending=True)
    return _page(found[:limit][::-1], older=len(found) > limit, newer=start is not None)


def first_unread(reader: Agent, customer: Customer) -> int | None:
    """The id of the first message, in the thread's order, that the reader has not seen in a matter still unresolved."""
    marks = ReadMark.objects.filter(agent=reader, conversation=OuterRef("pk"))
    unresolved = Conversation.objects.visible_to(reader).filter(UNRESOLVED, customer=customer)
    unread = Q()
    for pk, seen in unresolved.filter(
        ~Exists(marks.filter(message_id__gte=OuterRef("last_inbound_id"))), last_inbound_id__isnull=False
    ).values_list("pk", Subquery(marks.values("message_id")[:1])):
        unread |= Q(conversation=pk, pk__gt=seen or 0)
    if not unread:
        return None
    new = Message.objects.filter(
        unread, direction=Direction.INBOUND, nature=Nature.PERSON, historical=False, deleted_at=None
    )
    return new.order_by("occurred_at", "sequence", "pk").values_list("pk", flat=True).first()


def position(reader: Agent, customer: Customer) -> int:
    """How far the event log of this customer is, as the reader sees it. Ask before reading the page: what live updates then
    bring "since" it may be known already, but is never missed."""
    facts = Event.objects.visible_to(reader).filter(customer=customer)
    return facts.order_by("-pk").values_list("pk", flat=True).first() or 0


# ---------------------------------------------------------------- the four sources


@dataclass(frozen=True, slots=True)
class _Source:
    """One table's part of the thread: its rows, the fields of its order, and how its rows become entries."""

    rows: QuerySet[Any]
    fields: tuple[str, ...]
    rank: int
    entries: Callable[[QuerySet[Any]], Sequence[Entry]]

    def take(self, start: Position | None, count: int, *, descending: bool) -> Sequence[Entry]:
        """The next `count` entries after `start` in the direction."""
        rows = self.rows
        if start is not None:
            rows = rows.filter(self._beyond(start, descending=descending))
        order = [F(name).desc() if descending else F(name).asc() for name in self.fields]
        return self.entries(rows.order_by(*order)[:count])

    def _beyond(self, start: Position, *, descending: bool) -> Q:
        at, rank, sequence, pk = start
        moment = keyset.moment(at)
        if rank == self.rank:
            values = (moment, sequence, pk) if len(self.fields) == 3 else (moment, pk)
            return keyset.beyond(dict(zip(self.fields, values, strict=True)), descending=descending)
        # Of one instant, all rows of a lower rank come before the start, all of a higher rank after it.
        step = ("lte" if self.rank < rank else "lt") if descending else ("gte" if self.rank > rank else "gt")
        return Q(**{f"{self.fields[0]}__{step}": moment})


def _sources(
    desks: list[int],
    customers: Sequence[Customer],
    *,
    kinds: Collection[str] | None,
    channel: int | None,
    conversation: int | None,
) -> list[_Source]:
    written = shown(Message.objects.filter(customer__in=customers, conversation__desk__in=desks))
    facts = lines(Event.objects.filter(Q(desk=None) | Q(desk__in=desks), customer__in=customers))
    # Most facts name no address: to "not one of these" they alone would answer NULL.
    facts = facts.filter(
        ~Q(data__has_key="identity") | ~Q(data__identity__in=_hidden_identities(desks, customers))
    )
    past = episodes(Conversation.objects.filter(customer__in=customers, desk__in=desks))
    if conversation is not None:
        written = written.filter(conversation=conversation)
        facts = facts.filter(conversation=conversation)
        past = past.filter(pk=conversation)
    if kinds is not None:
        written = written.filter(_of_kinds(kinds))
    if channel is not None:
        written = written.filter(channel=channel)
    found = [_Source(written, ("occurred_at", "sequence", "pk"), MessageEntry.RANK, message_entries)]
    if channel is None and conversation is None and (kinds is None or "touchpoint" in kinds):
        done = Touchpoint.objects.filter(customer__in=customers)
        found.append(_Source(done, ("occurred_at", "pk"), TouchpointEntry.RANK, touchpoint_entries))
    if channel is None and (kinds is None or "event" in kinds):
        found.append(_Source(facts, ("at", "pk"), EventEntry.RANK, event_entries))
    if channel is None and (kinds is None or "boundary" in kinds):
        found.append(_Source(past, ("opened_at", "pk"), BoundaryEntry.RANK, boundary_entries))
    return found


def _hidden_identities(desks: list[int], customers: Sequence[Customer]) -> list[int]:
    """Addresses used towards other desks only: that they exist is those desks' matter."""
    elsewhere = Participant.objects.filter(identity=OuterRef("pk"))
    own = Identity.objects.filter(Exists(elsewhere), customer__in=customers)
    return list(
        own.exclude(Exists(elsewhere.filter(message__conversation__desk__in=desks))).values_list(
            "pk", flat=True
        )
    )


def _of_kinds(kinds: Collection[str]) -> Q:
    wanted = Q(kind__in=kinds)
    if "message" in kinds:
        wanted |= ~Q(direction=Direction.NOTE)
    if "note" in kinds:
        wanted |= Q(direction=Direction.NOTE)
    return wanted


# ---------------------------------------------------------------- merging and paging


def _take(sources: Sequence[_Source], start: Position | None, count: int, *, descending: bool) -> list[Entry]:
    """The next `count` entries of all sources together, nearest to `start` first."""
    runs = [source.take(start, count, descending=descending) for source in sources]
    merged = heapq.merge(*runs, key=attrgetter("position"), reverse=descending)
    return [entry for entry, _number in zip(merged, range(count), strict=False)]


def _around(sources: Sequence[_Source], place: Position, limit: int) -> TimelinePage:
    half = limit // 2
    before = _take(sources, place, half + 1, descending=True)
    rest = limit - min(half, len(before))
    at, rank, sequence, pk = place
    after = _take(
        sources, (at, rank, sequence, pk - 1), rest + 1, descending=False
    )  # begins with `place` itself
    return _page([*before[:half][::-1], *after[:rest]], older=len(before) > half, newer=len(after) > rest)


def _place(desks: list[int], customer: Customer, around: int | datetime) -> Position:
    """Where the message, or the moment, is."""
    if isinstance(around, datetime):
        return (keyset.micros(around), BoundaryEntry.RANK, 0, 0)
    found = Message.objects.filter(customer=customer, conversation__desk__in=desks).get(pk=around)
    return MessageEntry(found).position


def _page(entries: list[Entry], *, older: bool, newer: bool) -> TimelinePage:
    read_the_rest(entries)
    if not entries:
        return TimelinePage([], None, None)
    return TimelinePage(
        entries,
        keyset.encode(*entries[0].position) if older else None,
        keyset.encode(*entries[-1].position) if newer else None,
    )


def _position(cursor: str) -> Position:
    at, rank, sequence, pk = keyset.decode(cursor, size=4)
    return (at, rank, sequence, pk)
