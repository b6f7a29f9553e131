"""How many conversations stand in each view, exactly, for one reader or for everybody at once. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from inbox.models import Agent, Conversation, Desk
from inbox.models.conversations import UNRESOLVED, State
from inbox.queue_rows import unread_mentions


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open and snoozed conversations there are per (desk, team, assignee): the source of every count."""

    desk_id: int
    team_id: int | None
    assignee_id: int | None
    status: str
    total: int
    waiting_on_customer: int


def counts(reader: Agent) -> dict[str, int]:
    """How many rows mine, unassigned, mentions, waiting, all, snoozed and each team:<id> have for this reader. Two queries.

    Exact. Quiet and resolved are not counted: they only grow, and a count of them helps nobody (performance.md 3.1).
    """
    visible = tallies(Desk.objects.readable_by(reader))
    mentions = unread_mentions(reader).values("message__conversation").distinct().count()
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
