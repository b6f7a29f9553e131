"""The conversations that a batch of inbound messages may join: loaded under the lock, changed in memory, written at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inbox.actions import identify, rows
from inbox.actions.joining import Matter
from inbox.models import Conversation
from inbox.models.conversations import Priority, State
from inbox.text import preview, storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving

_READ = (
    "SELECT id, customer_id, desk_id, main, quiet, status, thread_key, channel_id, last_activity, waiting_since, team_id,"
    " merged_into_id, public FROM inbox_conversation WHERE id = ANY(%s) OR customer_id = ANY(%s)"
    " AND (status <> 'resolved' OR quiet OR thread_key <> '')"
)


@dataclass(slots=True)
class Table:
    """Matters by id, the new ones with the message that opened each, and the status each had when it was read."""

    by_id: dict[int, Matter] = field(default_factory=dict)
    status_before: dict[int, str] = field(default_factory=dict)
    opened: list[tuple[Matter, Arriving]] = field(default_factory=list)

    def of_customer(self, customer_id: int) -> list[Matter]:
        """The customer's matters, new ones included."""
        known = [*self.by_id.values(), *(matter for matter, _item in self.opened)]
        return [matter for matter in known if matter.customer_id == customer_id]

    def follow(self, conversation_id: int) -> Matter | None:
        """The matter itself, or the one it was merged into."""
        matter = self.by_id.get(conversation_id)
        for _step in range(20):
            if matter is None or matter.merged_into_id is None:
                break
            matter = self.by_id.get(matter.merged_into_id, matter)
            if matter.merged_into_id is None:
                break
        return matter

    def has_other_main(self, matter: Matter) -> bool:
        """Whether another unresolved main matter of the same customer and desk exists."""
        return any(
            other is not matter and other.main and other.unresolved and other.desk_id == matter.desk_id
            for other in self.of_customer(matter.customer_id)
        )


def asking(owner_ids: list[int], conversation_ids: Iterable[int]) -> rows.Statement:
    """The question whose answer `load` takes: the matters of these customers, and those cited."""
    return _READ, [list(conversation_ids), owner_ids]


def load(
    answer: Iterable[rows.Row], owners: dict[int, identify.Owner], conversation_ids: Iterable[int]
) -> Table:
    """The matters as read under the lock; a cited one whose customer was merged meanwhile has its new owner locked too."""
    ids = list(conversation_ids)
    for _attempt in range(5):
        found = {row[0]: Matter(**dict(zip(_FIELDS, row, strict=True))) for row in answer}
        missing = {matter.customer_id for matter in found.values()} - set(owners)
        if not missing:
            return Table(by_id=found, status_before={id_: matter.status for id_, matter in found.items()})
        owners.update(identify.lock_owners(missing))
        answer = rows.select(*asking(list(owners), ids))
    raise RuntimeError("The cited conversations keep moving; the receipt is tried again.")


_FIELDS = (
    "id",
    "customer_id",
    "desk_id",
    "main",
    "quiet",
    "status",
    "thread_key",
    "channel_id",
    "last_activity",
    "waiting_since",
    "team_id",
    "merged_into_id",
    "public",
)


def new(table: Table, item: Arriving, customer_id: int) -> Matter:
    """Begin a new matter for this message, as its decision says."""
    decision = item.decision
    if decision is None:
        raise ValueError("Decide before opening.")
    silent = decision.quiet or item.event.historical
    matter = Matter(
        id=None,
        customer_id=customer_id,
        desk_id=item.channel.desk_id,
        main=decision.main and not silent,
        quiet=decision.quiet,
        status=State.RESOLVED if silent else State.OPEN,
        thread_key=decision.thread_key,
        channel_id=item.channel.pk,
        last_activity=item.occurred_at,
        waiting_since=None,
        team_id=item.channel.team_id,
        public=item.event.public and bool(decision.thread_key),
    )
    table.opened.append((matter, item))
    return matter


_COLUMNS = (
    "id",
    "customer_id",
    "desk_id",
    "main",
    "quiet",
    "channel_id",
    "thread_key",
    "status",
    "team_id",
    "priority",
    "title",
    "next_step",
    "opened_at",
    "resolved_at",
    "last_activity",
    "preview",
    "preview_by",
    "public",
)


def insertion(table: Table) -> rows.Statement | None:
    """The statement that writes the new matters; storing.number has given them their ids."""
    values = [
        (
            matter.id,
            matter.customer_id,
            matter.desk_id,
            matter.main,
            matter.quiet,
            matter.channel_id,
            matter.thread_key,
            matter.status,
            matter.team_id,
            Priority.NORMAL,
            preview(storable(item.event.subject), limit=200),
            "",
            item.received_at,
            item.received_at if matter.status == State.RESOLVED else None,
            matter.last_activity,
            "",
            "",
            matter.public,
        )
        for matter, item in table.opened
    ]
    return rows.insertion(Conversation, _COLUMNS, values)
