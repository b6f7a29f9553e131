"""The conversations that a batch of inbound messages may join: loaded under the lock, changed in memory, written at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inbox.actions import lock, rows
from inbox.actions.joining import Matter
from inbox.models import Conversation
from inbox.models.conversations import Priority, State
from inbox.text import preview, storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving
    from inbox.models import Customer

_READ = (
    "SELECT id, customer_id, desk_id, main, quiet, status, thread_key, channel_id, last_activity, waiting_since, team_id,"
    " merged_into_id FROM inbox_conversation WHERE id = ANY(%s) OR customer_id = ANY(%s)"
    " AND (status <> 'resolved' OR quiet OR thread_key <> '')"
)


@dataclass(slots=True)
class Table:
    """Matters by id, and the new ones with the message that opened each."""

    by_id: dict[int, Matter] = field(default_factory=dict)
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


def load(owners: dict[int, Customer], conversation_ids: Iterable[int]) -> Table:
    """Read the matters under the lock; a cited one whose customer was merged meanwhile has its new owner locked too."""
    ids = list(conversation_ids)
    for _attempt in range(5):
        found = [
            Matter(**dict(zip(_FIELDS, row, strict=True))) for row in rows.select(_READ, [ids, list(owners)])
        ]
        missing = {matter.customer_id for matter in found} - set(owners)
        if not missing:
            return Table(by_id={matter.id: matter for matter in found if matter.id is not None})
        owners.update(lock.customers(missing))
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
)


def new(table: Table, item: Arriving, customer_id: int) -> Matter:
    """Begin a new matter for this message, as its decision says."""
    decision = item.decision
    if decision is None:
        raise ValueError("Decide before opening.")
    silent = decision.quiet or (item.event.historical and not decision.thread_key)
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
    )
    table.opened.append((matter, item))
    return matter


def insert_new(table: Table) -> None:
    """Write the new matters; their ids were given by storing.number."""
    columns = (
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
    )
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
        )
        for matter, item in table.opened
    ]
    rows.insert(Conversation, columns, values)
    table.by_id.update({matter.id: matter for matter, _item in table.opened if matter.id is not None})
