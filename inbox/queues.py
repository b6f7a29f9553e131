"""The lists agents work through, read page by page, and their counts. Reads only; each takes the reader.

A list and its count say the same rule; tests/inbox/test_queues.py holds them together, so that a count never lies.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q, QuerySet

from inbox import keyset
from inbox.counts import counts
from inbox.models import Agent, Conversation, Desk, Team
from inbox.models.conversations import OPEN, State
from inbox.queue_rows import Row, conversations, marks, own, rows_of, unread_mentions

__all__ = ["Order", "QueuePage", "Row", "UnknownView", "belongs", "counts", "page", "row", "rows"]

Order = Literal["newest", "waiting"]


class UnknownView(ValueError):
    """There is no such view, or it is not for this reader. Views answer 404."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in the view's order, and the cursor of the next page or None."""

    rows: list[Row]
    next_cursor: str | None


def page(
    reader: Agent, view: str, *, after: str | None = None, limit: int = 50, order: Order = "newest"
) -> QueuePage:
    """At most `limit` rows of a view: mine, unassigned, team:<id>, mentions, waiting (on the customer), all, snoozed, quiet
    or resolved.

    order   "newest" activity first, or longest "waiting" first (then those nobody waits in, newest first)
    Raises UnknownView and keyset.BadCursor. Constant number of queries.
    """
    desks = _desks(reader)
    rows = conversations(desks).filter(_rule(view, reader, desks))
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
    return _rows(reader, desks, [conversations(desks).get(pk=conversation_id)])[0]


def rows(reader: Agent, conversation_ids: Collection[int]) -> list[Row]:
    """These rows, without those the reader may not see, newest activity first."""
    desks = _desks(reader)
    found = conversations(desks).filter(pk__in=conversation_ids).order_by("-last_activity", "-pk")
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
        return Q(pk__in=list(unread_mentions(reader).values_list("message__conversation", flat=True)))
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


def _rows(reader: Agent, desks: Collection[int], found: Sequence[Conversation]) -> list[Row]:
    known = marks([reader.pk], [conversation.pk for conversation in found])
    return [own(row, known.get((reader.pk, row.conversation.pk))) for row in rows_of(desks, found)]
