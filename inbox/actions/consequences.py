"""What an inbound message does to its conversation: wake, reopen, unread, waiting, preview; and the events that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from inbox import cards
from inbox.actions import record, rows
from inbox.actions.joining import Matter
from inbox.events import Kind
from inbox.models import Conversation
from inbox.models.conversations import State
from inbox.models.messages import Direction
from inbox.text import preview, storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving
    from inbox.actions.matters import Table


def foresee(item: Arriving, table: Table) -> None:
    """Change the matter in memory as this message will, so that the next message of the batch is decided rightly.

    What a person writes into Quiet (an answer to something that was recorded there) makes it a matter at once, before
    another quiet one may be inserted.
    """
    matter = item.matter
    if matter is not None and matter.quiet and item.raises:
        matter.quiet, matter.main, matter.status = False, not table.has_other_main(matter), State.OPEN
        rows.execute("UPDATE inbox_conversation SET quiet = false WHERE id = %s", [matter.id])
    if (
        matter is not None
        and item.raises
        and not item.event.echo
        and matter.status != State.OPEN
        and matter.id is not None
    ):
        matter.status = State.OPEN


@dataclass(slots=True)
class _Change:
    """The new values of one conversation."""

    matter: Matter
    last_activity: datetime
    channel_id: int | None = None
    preview: str | None = None
    preview_by: str = ""
    last_inbound_id: int | None = None
    waiting_since: datetime | None = None


def of(stored: Sequence[Arriving], table: Table) -> tuple[rows.Statement | None, list[record.Fact]]:
    """The statement that updates each conversation once, and all facts in the order of the thread."""
    before = {id_: table.status_before.get(id_, str(matter.status)) for id_, matter in table.by_id.items()}
    opened = {id(matter): item for matter, item in table.opened}
    changes: dict[int, _Change] = {}
    facts: list[record.Fact] = []
    for item in stored:
        matter = item.matter
        if matter is None or matter.id is None:
            continue
        if id(matter) in opened and opened[id(matter)] is item:
            facts.append(
                _fact(
                    item,
                    matter,
                    Kind.CONVERSATION_OPENED,
                    {"how": str(item.decision.how if item.decision else "")},
                )
            )
        status = before[matter.id]
        if item.raises and not item.event.echo and status != State.OPEN:
            facts.append(
                _fact(
                    item,
                    matter,
                    Kind.STATUS_CHANGED,
                    {"from": status, "to": str(State.OPEN), "by": "customer"},
                )
            )
            before[matter.id] = State.OPEN
        facts.append(
            _fact(item, matter, Kind.MESSAGE_RECEIVED, {"nature": str(item.event.nature)}, message_id=item.id)
        )
        _note(changes.setdefault(matter.id, _Change(matter, matter.last_activity)), item)
    return _updating(list(changes.values()), table), facts


def _fact(
    item: Arriving, matter: Matter, kind: Kind, data: dict[str, object], *, message_id: int | None = None
) -> record.Fact:
    return record.Fact(
        kind=kind,
        customer_id=matter.customer_id,
        desk_id=matter.desk_id,
        conversation_id=matter.id,
        message_id=message_id,
        channel_id=item.channel.pk,
        data=data,
        at=item.received_at,
    )


def _note(change: _Change, item: Arriving) -> None:
    matter = change.matter
    opens = matter.id is not None and item.decision is not None and item.decision.matter is None
    if item.raises or opens or matter.quiet:
        if item.occurred_at >= change.last_activity:
            change.channel_id = item.channel.pk
            change.preview = _preview(item)
            change.preview_by = Direction.OUTBOUND if item.event.echo else Direction.INBOUND
        change.last_activity = max(change.last_activity, item.occurred_at)
    if item.event.echo:
        change.waiting_since = matter.waiting_since = None
    elif item.raises:
        change.last_inbound_id = max(change.last_inbound_id or 0, item.id)
        item.begins_to_wait = matter.waiting_since is None
        matter.waiting_since = matter.waiting_since or item.received_at
    change.waiting_since = matter.waiting_since


def _preview(item: Arriving) -> str:
    event = item.event
    text = (
        event.text
        or event.subject
        or ", ".join(file.name for file in event.files)
        or cards.words(map(cards.to_json, event.cards))
        or " ".join(event.notices)
    )
    return preview(storable(text))


_UPDATE = """
    UPDATE inbox_conversation AS c SET status = n.status, main = n.main, last_activity = n.last_activity,
        last_channel_id = coalesce(n.channel_id, c.last_channel_id), preview = coalesce(n.preview, c.preview),
        preview_by = CASE WHEN n.preview IS NULL THEN c.preview_by ELSE n.preview_by END,
        last_inbound_id = greatest(c.last_inbound_id, n.last_inbound_id), waiting_since = n.waiting_since,
        snoozed_until = CASE WHEN n.status = 'open' THEN NULL ELSE c.snoozed_until END,
        resolved_at = CASE WHEN n.status = 'resolved' THEN c.resolved_at END
    FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::bigint[],
                %s::timestamptz[])
        AS n(id, status, main, last_activity, channel_id, preview, preview_by, last_inbound_id, waiting_since)
    WHERE c.id = n.id
"""


def _updating(changes: list[_Change], table: Table) -> rows.Statement | None:
    values = [
        (
            change.matter.id,
            str(change.matter.status),
            change.matter.main
            and not (change.matter.status == State.OPEN and table.has_other_main(change.matter)),
            change.last_activity,
            change.channel_id,
            change.preview,
            change.preview_by,
            change.last_inbound_id,
            change.waiting_since,
        )
        for change in changes
    ]
    return (_UPDATE, [list(column) for column in zip(*values, strict=True)]) if values else None


def drop_empty(table: Table, stored: Sequence[Arriving]) -> None:
    """A conversation opened for a message that turned out to be here already has nothing in it."""
    used = {item.matter.id for item in stored if item.matter}
    empty = [matter.id for matter, _item in table.opened if matter.id is not None and matter.id not in used]
    if empty:
        Conversation.objects.filter(pk__in=empty, messages=None).delete()
