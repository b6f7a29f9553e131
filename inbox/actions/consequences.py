"""What an inbound message does to its conversation: wake, reopen, unread, waiting, preview; and the events that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

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


def carry_out(stored: Sequence[Arriving], table: Table) -> None:
    """Update each conversation once, and record all events in the order of the thread."""
    before = {
        id_: (status, main)
        for id_, status, main in rows.select(
            "SELECT id, status, main FROM inbox_conversation WHERE id = ANY(%s)",
            [list({item.matter.id for item in stored if item.matter})],
        )
    }
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
        status = before[matter.id][0]
        if item.raises and not item.event.echo and status != State.OPEN:
            facts.append(
                _fact(
                    item,
                    matter,
                    Kind.STATUS_CHANGED,
                    {"from": status, "to": str(State.OPEN), "by": "customer"},
                )
            )
            before[matter.id] = (State.OPEN, before[matter.id][1])
        facts.append(
            _fact(item, matter, Kind.MESSAGE_RECEIVED, {"nature": str(item.event.nature)}, message_id=item.id)
        )
        _note(changes.setdefault(matter.id, _Change(matter, matter.last_activity)), item)
    _write(list(changes.values()), table)
    _drop_empty(table, stored)
    record.facts(facts)


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
        matter.waiting_since = matter.waiting_since or item.received_at
    change.waiting_since = matter.waiting_since


def _preview(item: Arriving) -> str:
    event = item.event
    text = (
        event.text or event.subject or ", ".join(file.name for file in event.files) or " ".join(event.notices)
    )
    return preview(storable(text))


def _write(changes: list[_Change], table: Table) -> None:
    for change in changes:
        matter = change.matter
        main = matter.main and not (matter.status == State.OPEN and table.has_other_main(matter))
        rows.execute(
            "UPDATE inbox_conversation SET status = %s, main = %s, last_activity = %s,"
            " last_channel_id = coalesce(%s, last_channel_id), preview = coalesce(%s, preview),"
            " preview_by = CASE WHEN %s::text IS NULL THEN preview_by ELSE %s END,"
            " last_inbound_id = greatest(last_inbound_id, %s), waiting_since = %s,"
            " snoozed_until = CASE WHEN %s = 'open' THEN NULL ELSE snoozed_until END,"
            " resolved_at = CASE WHEN %s = 'resolved' THEN resolved_at END WHERE id = %s",
            [
                str(matter.status),
                main,
                change.last_activity,
                change.channel_id,
                change.preview,
                change.preview,
                change.preview_by,
                change.last_inbound_id,
                change.waiting_since,
                str(matter.status),
                str(matter.status),
                matter.id,
            ],
        )


def _drop_empty(table: Table, stored: Sequence[Arriving]) -> None:
    """A conversation opened for a message that turned out to be here already has nothing in it."""
    used = {item.matter.id for item in stored if item.matter}
    empty = [matter.id for matter, _item in table.opened if matter.id is not None and matter.id not in used]
    if empty:
        Conversation.objects.filter(pk__in=empty, messages=None).delete()
