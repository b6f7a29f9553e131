"""The rows of inbound messages: numbered, inserted, with participants, originals and files; and what is here already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.backends.postgresql.psycopg_any import Jsonb

from inbox import queueing, registry
from inbox.actions import files, rows
from inbox.actions.identify import Key, Known, key_of
from inbox.actions.joining import How
from inbox.models import Arrival, Message, Original, Participant
from inbox.models.messages import Direction, ParticipantRole
from inbox.models.staff import public_id
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving
    from inbox.actions.matters import Table

_NUMBERS = (
    "SELECT 0, nextval(pg_get_serial_sequence('inbox_conversation', 'id')) FROM generate_series(1, %s)"
    " UNION ALL SELECT 1, nextval(pg_get_serial_sequence('inbox_message', 'id')) FROM generate_series(1, %s)"
)


def already_here(messages: Sequence[Arriving], book: dict[Key, Known]) -> dict[tuple[int, str], int]:
    """Which (channel, external id) are stored, with their message ids. The same mail at a second address of the same desk is
    noted as one more arrival of the first, not stored again."""
    channels = [item.channel.pk for item in messages]
    external = [item.external_id for item in messages]
    found = {
        (channel_id, external_id): message_id
        for channel_id, external_id, message_id in rows.select(
            "SELECT m.channel_id, m.external_id, m.id FROM inbox_message m"
            " JOIN unnest(%s::bigint[], %s::text[]) AS w(channel_id, external_id)"
            " ON m.channel_id = w.channel_id AND m.external_id = w.external_id"
            " UNION ALL SELECT a.channel_id, a.external_id, a.message_id FROM inbox_arrival a"
            " JOIN unnest(%s::bigint[], %s::text[]) AS w(channel_id, external_id)"
            " ON a.channel_id = w.channel_id AND a.external_id = w.external_id",
            [channels, external, channels, external],
        )
    }
    copies = [
        item
        for item in messages
        if (item.channel.pk, item.external_id) not in found and registry.capabilities(item.channel.kind).cc
    ]
    return found | _second_arrivals(copies, book)


def _second_arrivals(copies: Sequence[Arriving], book: dict[Key, Known]) -> dict[tuple[int, str], int]:
    """Messages of channels with several recipients (mail) whose twin came in at another address of the same desk."""
    if not copies:
        return {}
    customers = [book[key_of(item.pair)].customer_id for item in copies]
    twins = {
        (external_id, customer_id, desk_id): message_id
        for external_id, customer_id, desk_id, message_id in rows.select(
            "SELECT m.external_id, m.customer_id, ch.desk_id, m.id FROM inbox_message m"
            " JOIN inbox_channel ch ON ch.id = m.channel_id JOIN unnest(%s::text[], %s::bigint[]) AS w(external_id, customer_id)"
            " ON m.customer_id = w.customer_id AND m.external_id = w.external_id",
            [[item.external_id for item in copies], customers],
        )
    }
    found: dict[tuple[int, str], int] = {}
    for item, customer_id in zip(copies, customers, strict=True):
        message_id = twins.get((item.external_id, customer_id, item.channel.desk_id))
        if message_id is not None:
            found[item.channel.pk, item.external_id] = message_id
    rows.insert(
        Arrival,
        ("message_id", "channel_id", "external_id"),
        [(message_id, channel_id, external_id) for (channel_id, external_id), message_id in found.items()],
        skip_conflicts=True,
    )
    return found


def number(fresh: Sequence[Arriving], table: Table) -> None:
    """Give new matters and messages their ids, in thread order, with one query."""
    taken = rows.select(_NUMBERS, [len(table.opened), len(fresh)])
    conversation_ids = sorted(value for sort, value in taken if sort == 0)
    message_ids = sorted(value for sort, value in taken if sort == 1)
    for (matter, _item), number_ in zip(table.opened, conversation_ids, strict=True):
        matter.id = number_
    for item, number_ in zip(fresh, message_ids, strict=True):
        item.id = number_


def insert(fresh: Sequence[Arriving], book: dict[Key, Known]) -> None:
    """Write the messages and what hangs on them. One that exists after all (same id, another customer) gets id 0."""
    written = {
        row[0]
        for row in rows.insert(
            Message, _COLUMNS, [_row(item, book) for item in fresh], skip_conflicts=True, returning="id"
        )
    }
    for item in fresh:
        if item.id not in written:
            item.id = 0
    stored = [item for item in fresh if item.id]
    _insert_participants(stored, book)
    _insert_originals(stored)
    waiting = [pk for item in stored if item.files for pk in files.attach(item.id, item.files)]
    if waiting:
        queueing.after_commit("inbox.tasks.fetch_attachments", waiting)


_COLUMNS = (
    "id",
    "public_id",
    "customer_id",
    "conversation_id",
    "channel_id",
    "identity_id",
    "direction",
    "kind",
    "nature",
    "proof",
    "subject",
    "text",
    "html",
    "language",
    "external_id",
    "reference_id",
    "guessed",
    "historical",
    "notices",
    "occurred_at",
    "sequence",
    "received_at",
)


def _row(item: Arriving, book: dict[Key, Known]) -> tuple[object, ...]:
    event, matter, decision = item.event, item.matter, item.decision
    if matter is None or decision is None:
        raise ValueError("Decide before storing.")
    return (
        item.id,
        public_id(),
        matter.customer_id,
        matter.id,
        item.channel.pk,
        book[key_of(item.pair)].id,
        Direction.OUTBOUND if event.echo else Direction.INBOUND,
        event.kind[:20],
        "spam" if item.blocked else str(event.nature),
        str(event.proof),
        storable(event.subject)[:500],
        storable(event.text),
        storable(event.html),
        event.language[:12],
        item.external_id,
        item.reference_id,
        decision.how == How.GUESSED,
        event.historical,
        Jsonb([storable(notice) for notice in event.notices]),
        item.occurred_at,
        event.sequence,
        item.received_at,
    )


def _insert_participants(stored: Sequence[Arriving], book: dict[Key, Known]) -> None:
    values: dict[tuple[int, int, str], None] = {}
    for item in stored:
        values[item.id, book[key_of(item.event.author)].id, ParticipantRole.AUTHOR] = None
        for role, listed in ((ParticipantRole.TO, item.event.to), (ParticipantRole.CC, item.event.cc)):
            for address in listed:
                values[item.id, book[key_of(address)].id, role] = None
    rows.insert(
        Participant,
        ("message_id", "identity_id", "role", "bounce_reason"),
        [(*key, "") for key in values],
        skip_conflicts=True,
    )


def _insert_originals(stored: Sequence[Arriving]) -> None:
    rows.insert(
        Original,
        ("message_id", "text", "html", "raw_id"),
        [
            (
                item.id,
                storable(item.event.full_text),
                storable(item.event.full_html),
                item.raw.pk if item.raw else None,
            )
            for item in stored
            if item.event.full_text or item.event.full_html or item.raw
        ],
    )
