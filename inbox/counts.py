"""How many conversations stand in each view, exactly, for one reader or for everybody at once. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
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
    desks = {tally.desk_id for tally in visible}
    return Board(visible).counts(reader.pk, desks) | {"mentions": mentions}


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


class Board:
    """Everybody's numbers, added up once, so that one reader's counts are a matter of a few additions."""

    def __init__(self, tallies: Iterable[Tally]) -> None:
        self._common: dict[int, Counter[str]] = defaultdict(Counter)
        self._own: Counter[tuple[int, int]] = Counter()
        for tally in tallies:
            common = self._common[tally.desk_id]
            if tally.status == State.SNOOZED:
                common["snoozed"] += tally.total
                continue
            common["all"] += tally.total
            common["waiting"] += tally.waiting_on_customer
            if tally.team_id is not None:
                common[f"team:{tally.team_id}"] += tally.total
            if tally.assignee_id is None:
                common["unassigned"] += tally.total
            else:
                self._own[tally.desk_id, tally.assignee_id] += tally.total

    def counts(self, reader_id: int, desks: Collection[int]) -> dict[str, int]:
        """The counts, without mentions, of a reader of these desks."""
        found = Counter(dict.fromkeys(("mine", "unassigned", "all", "waiting", "snoozed"), 0))
        for desk in desks:
            found.update(self._common.get(desk, {}))
            found["mine"] += self._own[desk, reader_id]
        return dict(found)
