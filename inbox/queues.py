"""The lists agents work through, read page by page, and their counts. Reads only; each takes the reader.

A list and its count say the same rule; tests/inbox/test_queues.py holds them together, so that a count never lies.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from inbox import keyset
from inbox.models import Agent, Conversation, Customer, Desk, Mention, Message, ReadMark, Tag, Team
from inbox.models.conversations import OPEN, UNRESOLVED, State
from inbox.models.messages import ORDER
from inbox.why import Why, why

Order = Literal["newest", "waiting"]


class UnknownView(ValueError):
    """There is no such view, or it is not for this reader. Views answer 404."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `siblings` are the customer's other unresolved matters that the reader may see, newest first."""

    conversation: Conversation
    why: Why
    unread: bool
    siblings: Sequence[Conversation] = field(default=())

    @property
    def customer(self) -> Customer:
        return self.conversation.customer

    @property
    def tags(self) -> Iterable[Tag]:
        return self.conversation.tags.all()


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reader has seen of a conversation, and whether (and by whom) a note not yet read names them."""

    seen: int = 0
    named: bool = False
    named_by: int | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in the view's order, and the cursor of the next page or None."""

    rows: list[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open and snoozed conversations there are per (desk, team, assignee): the source of every count."""

    desk_id: int
    team_id: int | None
    assignee_id: int | None
    status: str
    total: int
    waiting_on_customer: int


def page(
    reader: Agent, view: str, *, after: str | None = None, limit: int = 50, order: Order = "newest"
) -> QueuePage:
    """At most `limit` rows of a view: mine, unassigned, team:<id>, mentions, waiting (on the customer), all, snoozed, quiet
    or resolved.

    order   "newest" activity first, or longest "waiting" first (then those nobody waits in, newest first)
    Raises UnknownView and keyset.BadCursor. Constant number of queries.
    """
    desks = _desks(reader)
    rows = _conversations(desks).filter(_rule(view, reader, desks))
    found = (
        _by_waiting(rows, after, limit + 1) if order == "waiting" else _by_activity(rows, after, limit + 1)
    )
    next_cursor = None
    if len(found) > limit:
        next_cursor = _cursor(found[limit - 1], order)
    return QueuePage(_rows(reader, desks, found[:limit]), next_cursor)


def row(reader: Agent, conversation_id: int) -> Row:
    """One row, as a list would show it. Raises Conversation.DoesNotExist if the reader may not see it."""
    desks = _desks(reader)
    return _rows(reader, desks, [_conversations(desks).get(pk=conversation_id)])[0]


def rows(reader: Agent, conversation_ids: Collection[int]) -> list[Row]:
    """These rows, without those the reader may not see, newest activity first."""
    desks = _desks(reader)
    found = _conversations(desks).filter(pk__in=conversation_ids).order_by("-last_activity", "-pk")
    return _rows(reader, desks, list(found))


def belongs(conversation: Conversation, view: str, reader: Agent) -> bool:
    """Whether the conversation stands in this view of this reader: `_rule` said without the database. For agents/live.

    Not for "mentions", which depend on what the reader has read.
    """
    is_open = conversation.status == State.OPEN
    if view.startswith("team:"):
        return is_open and f"team:{conversation.team_id}" == view
    return {
        "mine": is_open and conversation.assignee_id == reader.pk,
        "unassigned": is_open and conversation.assignee_id is None,
        "all": is_open,
        "waiting": is_open and conversation.waiting_since is None,
        "snoozed": conversation.status == State.SNOOZED,
        "quiet": conversation.quiet,
        "resolved": conversation.status == State.RESOLVED and not conversation.quiet,
    }.get(view, False)


# ---------------------------------------------------------------- counts


def counts(reader: Agent) -> dict[str, int]:
    """How many rows mine, unassigned, mentions, waiting, all, snoozed and each team:<id> have for this reader. Two queries.

    Exact. Quiet and resolved are not counted: they only grow, and a count of them helps nobody (performance.md 3.1).
    """
    visible = tallies(Desk.objects.readable_by(reader))
    mentions = _mentions(reader).values("message__conversation").distinct().count()
    return counts_from(visible, reader.pk) | {"mentions": mentions}


def tallies(desks: QuerySet[Desk] | None = None) -> list[Tally]:
    """The numbers behind the counts, of these desks or of all, in one query over the partial index conv_badges."""
    rows = Conversation.objects.filter(UNRESOLVED)
    if desks is not None:
        rows = rows.filter(desk__in=desks)
    grouped = rows.order_by().values("desk_id", "team_id", "assignee_id", "status")
    numbers = grouped.annotate(
        total=Count("*"), waiting_on_customer=Count("status", filter=Q(waiting_since=None))
    )
    return [Tally(**line) for line in numbers]


def counts_from(tallies: Iterable[Tally], reader_id: int) -> dict[str, int]:
    """The reader's counts, without mentions, from the numbers of the desks this reader may read."""
    counts = dict.fromkeys(("mine", "unassigned", "all", "waiting", "snoozed"), 0)
    for tally in tallies:
        if tally.status == State.SNOOZED:
            counts["snoozed"] += tally.total
            continue
        counts["all"] += tally.total
        counts["waiting"] += tally.waiting_on_customer
        if tally.assignee_id == reader_id:
            counts["mine"] += tally.total
        if tally.assignee_id is None:
            counts["unassigned"] += tally.total
        if tally.team_id is not None:
            team = f"team:{tally.team_id}"
            counts[team] = counts.get(team, 0) + tally.total
    return counts


# ---------------------------------------------------------------- rules


def _desks(reader: Agent) -> list[int]:
    return list(Desk.objects.readable_by(reader).values_list("pk", flat=True))


def _rule(view: str, reader: Agent, desks: Collection[int]) -> Q:
    """Which conversations stand in the view. Each condition is that of the partial index which serves it."""
    name, _colon, number = view.partition(":")
    if name == "team":
        known = number.isascii() and number.isdecimal() and len(number) < 19
        if not known or not Team.objects.filter(pk=int(number), desk__in=desks).exists():
            raise UnknownView(view)
        return OPEN & Q(team=int(number))
    if view == "mentions":
        # As ids: a list is a bound the planner can count, a subquery made it read all conversations.
        return Q(pk__in=list(_mentions(reader).values_list("message__conversation", flat=True)))
    try:
        return {
            "mine": OPEN & Q(assignee=reader),
            "unassigned": OPEN & Q(assignee=None),
            "all": OPEN,
            "waiting": OPEN & Q(waiting_since=None),
            "snoozed": Q(status=State.SNOOZED),
            "quiet": Q(quiet=True),
            "resolved": Q(status=State.RESOLVED, quiet=False),
        }[view]
    except KeyError:
        raise UnknownView(view) from None


def _mentions(reader: Agent) -> QuerySet[Mention]:
    """Where colleagues named the reader, in notes past what the reader has read."""
    read = ReadMark.objects.filter(
        agent=reader, conversation=OuterRef("message__conversation"), message_id__gte=OuterRef("message")
    )
    visible = Conversation.objects.visible_to(reader).values("pk")
    return Mention.objects.filter(~Exists(read), agent=reader, message__conversation__in=visible)


def _conversations(desks: Collection[int]) -> QuerySet[Conversation]:
    """Conversations of these desks, with what a row shows."""
    return (
        Conversation.objects.filter(desk__in=desks)
        .select_related("customer__company", "assignee", "team", "last_channel")
        .defer("last_channel__settings", "last_channel__cursor")  # secrets, decrypted when read
        .prefetch_related(Prefetch("tags", Tag.objects.order_by("name")))
    )


# ---------------------------------------------------------------- order


def _by_activity(rows: QuerySet[Conversation], after: str | None, count: int) -> list[Conversation]:
    if after is not None:
        at, pk = keyset.decode(after, size=2)
        rows = rows.filter(keyset.beyond({"last_activity": keyset.moment(at), "pk": pk}, descending=True))
    return list(rows.order_by("-last_activity", "-pk")[:count])


def _by_waiting(rows: QuerySet[Conversation], after: str | None, count: int) -> list[Conversation]:
    """First those in which somebody waits, longest first; when these are used up, the others by activity."""
    waits, at, pk = keyset.decode(after, size=3) if after is not None else (1, None, 0)
    found: list[Conversation] = []
    if waits:
        waiting = rows.filter(waiting_since__isnull=False)
        if at is not None:
            waiting = waiting.filter(
                keyset.beyond({"waiting_since": keyset.moment(at), "pk": pk}, descending=False)
            )
        found = list(waiting.order_by("waiting_since", "pk")[:count])
    if len(found) < count:
        rest = rows.filter(waiting_since=None)
        cursor = keyset.encode(at, pk) if not waits and at is not None else None
        found += _by_activity(rest, cursor, count - len(found))
    return found


def _cursor(last: Conversation, order: Order) -> str:
    if order == "newest":
        return keyset.encode(keyset.micros(last.last_activity), last.pk)
    if last.waiting_since is not None:
        return keyset.encode(1, keyset.micros(last.waiting_since), last.pk)
    return keyset.encode(0, keyset.micros(last.last_activity), last.pk)


# ---------------------------------------------------------------- rows


def shared(desks: Collection[int], conversation_ids: Collection[int]) -> list[Row]:
    """These rows as all who may read exactly these desks see them; `own` makes them one reader's. For agents/live."""
    return _shared(desks, list(_conversations(desks).filter(pk__in=conversation_ids)))


def marks(reader_ids: Collection[int], conversation_ids: Collection[int]) -> dict[tuple[int, int], Mark]:
    """By (reader, conversation): what tells one reader's row from another's. Two queries, however many there are."""
    read = ReadMark.objects.filter(agent__in=reader_ids, conversation__in=conversation_ids)
    seen = {
        (agent, conversation): message
        for agent, conversation, message in read.values_list("agent_id", "conversation_id", "message_id")
    }
    named: dict[tuple[int, int], int | None] = {}
    mentions = Mention.objects.filter(agent__in=reader_ids, message__conversation__in=conversation_ids)
    for agent, conversation, message, author in mentions.order_by("message").values_list(
        "agent_id", "message__conversation", "message_id", "message__author"
    ):
        if message > seen.get((agent, conversation), 0):
            named[agent, conversation] = author
    return {key: Mark(seen.get(key, 0), key in named, named.get(key)) for key in itertools.chain(seen, named)}


def own(row: Row, mark: Mark | None) -> Row:
    """A shared row as the reader with this mark sees it."""
    mark = mark or Mark()
    reason = Why("mentioned", agent_id=mark.named_by) if mark.named else row.why
    return replace(row, unread=is_unread(row.conversation, mark.seen), why=reason)


def _rows(reader: Agent, desks: Collection[int], found: Sequence[Conversation]) -> list[Row]:
    known = marks([reader.pk], [conversation.pk for conversation in found])
    return [own(row, known.get((reader.pk, row.conversation.pk))) for row in _shared(desks, found)]


def _shared(desks: Collection[int], found: Sequence[Conversation]) -> list[Row]:
    siblings = _siblings(desks, found)
    natures = _natures(conversation.pk for conversation in found if conversation.quiet)
    now = timezone.now()
    return [
        Row(
            conversation,
            why(conversation, now=now, nature=natures.get(conversation.pk, "")),
            unread=False,
            siblings=[
                other for other in siblings.get(conversation.customer_id, []) if other.pk != conversation.pk
            ],
        )
        for conversation in found
    ]


def is_unread(conversation: Conversation, seen: int) -> bool:
    """Whether something came in after message `seen`. What is resolved is done with, whoever has read it."""
    return conversation.unresolved and (conversation.last_inbound_id or 0) > seen


def _siblings(desks: Collection[int], found: Sequence[Conversation]) -> dict[int, list[Conversation]]:
    others = Conversation.objects.filter(
        UNRESOLVED, desk__in=desks, customer__in={conversation.customer_id for conversation in found}
    )
    by_customer: dict[int, list[Conversation]] = {}
    for other in others.select_related("team").order_by("-last_activity", "-pk"):
        by_customer.setdefault(other.customer_id, []).append(other)
    return by_customer


def _natures(conversation_ids: Iterable[int]) -> dict[int, str]:
    """The nature of the last message of these conversations."""
    ids = list(conversation_ids)
    if not ids:
        return {}
    last = Message.objects.filter(conversation=OuterRef("pk")).order_by(*ORDER).values("nature")[:1]
    return dict(Conversation.objects.filter(pk__in=ids).values_list("pk", Subquery(last)))
