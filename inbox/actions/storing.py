"""The rows of inbound messages: numbered, inserted, with participants, originals and files; and what is here already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.backends.postgresql.psycopg_any import Jsonb

from inbox import cards, queueing, registry
from inbox.actions import files, matters, rows
from inbox.actions.identify import Key, Known, key_of
from inbox.actions.joining import How
from inbox.models import Arrival, Message, Original, Participant
from inbox.models.messages import Direction, ParticipantRole
from inbox.models.staff import public_id
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving
    from inbox.actions.matters import Table

_NEXT = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
_HERE = (
    "SELECT m.channel_id, m.external_id, m.id FROM inbox_message m"
    " JOIN unnest(%s::bigint[], %s::text[]) AS w(channel_id, external_id)"
    " ON m.channel_id = w.channel_id AND m.external_id = w.external_id"
    " UNION ALL SELECT a.channel_id, a.external_id, a.message_id FROM inbox_arrival a"
    " JOIN unnest(%s::bigint[], %s::text[]) AS w(channel_id, external_id)"
    " ON a.channel_id = w.channel_id AND a.external_id = w.external_id"
)
_TWINS = (
    "SELECT m.external_id, m.customer_id, ch.desk_id, m.id FROM inbox_message m"
    " JOIN inbox_channel ch ON ch.id = m.channel_id JOIN unnest(%s::text[], %s::bigint[]) AS w(external_id, customer_id)"
    " ON m.customer_id = w.customer_id AND m.external_id = w.external_id"
)

Stored = dict[tuple[int, str], int]


def asking(messages: Sequence[Arriving], book: dict[Key, Known]) -> list[rows.Statement | None]:
    """Three questions: which are stored; their twins at other addresses (for mail and the like); and new ids, to be taken
    under the lock."""
    channels = [item.channel.pk for item in messages]
    external = [item.external_id for item in messages]
    copies = [item for item in messages if _may_have_twins(item)]
    names = [item.external_id for item in copies]
    return [
        (_HERE, [channels, external, channels, external]),
        (_TWINS, [names, [book[key_of(item.pair)].customer_id for item in copies]]) if copies else None,
        (_NEXT, ["inbox_message", len(messages)]),
    ]


def _may_have_twins(item: Arriving) -> bool:
    return registry.capabilities(item.channel.kind).cc


def already_here(
    messages: Sequence[Arriving], book: dict[Key, Known], here: Sequence[rows.Row], twins: Sequence[rows.Row]
) -> Stored:
    """Which (channel, external id) are stored, with their message ids. The same mail at a second address of the same desk is
    noted as one more arrival of the first, not stored again."""
    found: Stored = {(channel_id, external_id): message_id for channel_id, external_id, message_id in here}
    copies = [
        item
        for item in messages
        if (item.channel.pk, item.external_id) not in found and _may_have_twins(item)
    ]
    return found | _second_arrivals(copies, book, twins)


def _second_arrivals(
    copies: Sequence[Arriving], book: dict[Key, Known], answer: Sequence[rows.Row]
) -> Stored:
    """Messages of channels with several recipients (mail) whose twin came in at another address of the same desk."""
    twins = {
        (external_id, customer_id, desk_id): message_id
        for external_id, customer_id, desk_id, message_id in answer
    }
    found: Stored = {}
    for item in copies:
        customer_id = book[key_of(item.pair)].customer_id
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


def number(fresh: Sequence[Arriving], table: Table, message_ids: Sequence[tuple[int]]) -> None:
    """Give the messages their ids, in thread order, and new matters theirs."""
    for item, row in zip(fresh, sorted(message_ids), strict=False):
        item.id = row[0]
    if not table.opened:
        return
    conversation_ids = rows.select(_NEXT, ["inbox_conversation", len(table.opened)])
    for (matter, _item), row in zip(table.opened, sorted(conversation_ids), strict=True):
        matter.id = row[0]
        table.by_id[row[0]] = matter


def write(fresh: Sequence[Arriving], table: Table, book: dict[Key, Known]) -> list[Arriving]:
    """Write the new matters and the messages. One that exists after all (same id, another customer) gets id 0; the others
    are given back."""
    messages = rows.insertion(
        Message, _COLUMNS, [_row(item, book) for item in fresh], skip_conflicts=True, returning="id"
    )
    _matters, answer = rows.together([matters.insertion(table), messages])
    written = {row[0] for row in answer}
    for item in fresh:
        if item.id not in written:
            item.id = 0
    return [item for item in fresh if item.id]


def details(stored: Sequence[Arriving], book: dict[Key, Known]) -> list[rows.Statement | None]:
    """The statements that write who took part, and the originals."""
    return [_participants(stored, book), _originals(stored)]


def attach(stored: Sequence[Arriving]) -> None:
    """Hang the files on; those that are elsewhere are fetched after the commit."""
    waiting = [pk for item in stored if item.files for pk in _hang(item)]
    if waiting:
        queueing.after_commit("inbox.tasks.fetch_attachments", waiting)


def _hang(item: Arriving) -> list[int]:
    if not item.album:
        return files.attach(item.id, item.files)
    return files.attach(item.id, item.files, external_id=item.external_id, position=item.event.sequence)


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
    "cards",
    "album",
    "quotes",
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
        Jsonb([cards.to_json(card) for card in event.cards]),
        item.album,
        storable(event.in_reply_to)[:512],
        item.occurred_at,
        event.sequence,
        item.received_at,
    )


def _participants(stored: Sequence[Arriving], book: dict[Key, Known]) -> rows.Statement | None:
    values: dict[tuple[int, int, str], None] = {}
    for item in stored:
        values[item.id, book[key_of(item.event.author)].id, ParticipantRole.AUTHOR] = None
        for role, listed in ((ParticipantRole.TO, item.event.to), (ParticipantRole.CC, item.event.cc)):
            for address in listed:
                values[item.id, book[key_of(address)].id, role] = None
    return rows.insertion(
        Participant,
        ("message_id", "identity_id", "role", "bounce_reason"),
        [(*key, "") for key in values],
        skip_conflicts=True,
    )


def _originals(stored: Sequence[Arriving]) -> rows.Statement | None:
    return rows.insertion(
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
