"""Storing inbound messages, many at once: who, which conversation, rows, consequences. Called by receive.py in its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inbox import registry
from inbox.actions import (
    albums,
    consequences,
    files,
    identify,
    joining,
    matters,
    proving,
    quoting,
    record,
    references,
    rooms,
    rows,
    storing,
    surfaces,
    windows,
)
from inbox.actions.identify import Key, Known, Owner, key_of
from inbox.actions.joining import Decision, Matter
from inbox.contract import Address, File, InboundMessage, Proof
from inbox.models import Blob, Channel
from inbox.text import storable


@dataclass(slots=True, kw_only=True)
class Arriving:
    """A message on its way in, with what is found out about it on the way."""

    channel: Channel
    event: InboundMessage
    received_at: datetime
    occurred_at: datetime
    order: int
    id: int = 0
    files: list[tuple[File, Blob | None]] = field(default_factory=list)
    raw: Blob | None = None
    blocked: bool = False
    decision: Decision | None = None
    matter: Matter | None = None
    begins_to_wait: bool = False

    @classmethod
    def of(cls, channel: Channel, event: InboundMessage, *, received_at: datetime, order: int) -> Arriving:
        """occurred_at is the provider's, but never later than the arrival."""
        occurred = min(event.occurred_at or received_at, received_at)
        return cls(channel=channel, event=event, received_at=received_at, occurred_at=occurred, order=order)

    @property
    def pair(self) -> Address:
        """The other side: whom an answer to this message goes to."""
        if self.event.echo and self.event.to:
            return self.event.to[0]
        return self.event.customer or self.event.author

    @property
    def external_id(self) -> str:
        return storable(self.event.external_id)[:512]

    @property
    def reference_id(self) -> str:
        return storable(self.event.reference_id or self.event.external_id)[:512]

    @property
    def references(self) -> tuple[str, ...]:
        """The ids it cites, the one message it quotes last: that says most."""
        quoted = self.event.in_reply_to
        return (*self.event.references, quoted) if quoted else self.event.references

    @property
    def channel_quotes(self) -> bool:
        """Whether messages of this channel can quote one another."""
        return registry.capabilities(self.channel.kind).quotes

    @property
    def album(self) -> str:
        return storable(self.event.album)[:255]

    @property
    def raises(self) -> bool:
        """Whether it may open, wake, mark unread and start clocks."""
        return joining.raises(self.event) and not self.blocked

    @property
    def addresses(self) -> list[Address]:
        return [self.event.author, self.pair, *self.event.to, *self.event.cc]


def keep_files(messages: Sequence[Arriving]) -> None:
    """Write the bytes before any lock is taken. Raises OSError when the disk is full."""
    for message in messages:
        message.files = [
            (file, None if file.content is None else files.store(file.content))
            for file in message.event.files
        ]
        message.raw = files.store(message.event.raw) if message.event.raw is not None else None


def store(messages: Sequence[Arriving]) -> dict[int, tuple[int | None, bool]]:
    """Store what is new. Gives per message (by its `order`) its id and whether it was new."""
    if not messages:
        return {}
    ordered = sorted(messages, key=lambda item: (item.occurred_at, item.event.sequence, item.order))
    book = identify.resolve(
        (address for item in ordered for address in item.addresses),
        groups=frozenset(key_of(item.pair) for item in ordered if item.event.group),
    )
    cited = references.cited(ordered)
    _release_claimed(ordered, book, cited)
    keys = {key_of(item.pair) for item in ordered} | {key_of(item.event.author) for item in ordered}
    owners, (of_matters, here, twins, ids, begun) = identify.settle_owners(
        book,
        keys,
        also=cited.customer_ids,
        ask=lambda owner_ids: [
            matters.asking(owner_ids, cited.conversation_ids),
            *storing.asking(ordered, book),
            albums.asking(ordered),
        ],
    )
    known = storing.already_here(ordered, book, here, twins)
    fresh = [item for item in ordered if (item.channel.pk, item.external_id) not in known]
    fresh = list({(item.channel.pk, item.external_id): item for item in reversed(fresh)}.values())[::-1]
    pages = albums.sort(fresh, begun)
    fresh = [item for item in fresh if item.order not in pages]
    if fresh:
        identify.note_names(book, (item.event.author for item in fresh if not item.event.echo), owners)
        _mark_proven(fresh, book, cited)
        table = matters.load(of_matters, owners, cited.conversation_ids)
        _place(fresh, book, owners, table, cited)
        storing.number(fresh, table, ids)
        _write(fresh, book, table)
        known |= {(item.channel.pk, item.external_id): item.id for item in fresh}
    new = {item.order for item in fresh if item.id}
    for page in pages.values():
        known[page.item.channel.pk, page.item.external_id] = albums.add(page)
        new.add(page.item.order)
    return {
        item.order: (known[item.channel.pk, item.external_id] or None, item.order in new) for item in ordered
    }


def _release_claimed(ordered: list[Arriving], book: dict[Key, Known], cited: references.Cited) -> None:
    """An address that somebody merely claimed, and whose holder now writes without answering us, is not the claimant's."""
    for item in ordered:
        author = book[key_of(item.event.author)]
        if not author.claimed or item.event.echo or item.event.proof == Proof.FAILED:
            continue
        if not cited.is_answered_by(item, author.id):
            book.update(proving.release(item.event.author, keys=book))


def _place(
    fresh: list[Arriving],
    book: dict[Key, Known],
    owners: dict[int, Owner],
    table: matters.Table,
    cited: references.Cited,
) -> None:
    """Decide which conversation each joins, one after the other: each decision changes what the next one finds."""
    for item in fresh:
        owner = owners[book[key_of(item.pair)].customer_id]
        item.blocked = owner.blocked
        item.decision = _decide(item, owner.id, table, book, cited)
        item.matter = item.decision.matter or matters.new(table, item, owner.id)
        consequences.foresee(item, table)


def _write(fresh: list[Arriving], book: dict[Key, Known], table: matters.Table) -> None:
    """Two round trips however many messages there are: the messages; then what hangs on those really written."""
    stored = storing.write(fresh, table, book)
    updating, facts = consequences.of(stored, table)
    *_details, _updated, recorded = rows.together(
        [*storing.details(stored, book), updating, record.insertion(facts)]
    )
    record.announce(facts, recorded)
    storing.attach(stored)
    quoting.link(stored)
    windows.note(stored, book)
    rooms.note(stored)
    surfaces.announce(stored)
    consequences.drop_empty(table, stored)


def _decide(
    item: Arriving, owner_id: int, table: matters.Table, book: dict[Key, Known], cited: references.Cited
) -> Decision:
    author = book[key_of(item.event.author)]
    conversation_id = cited.conversation_for(item, author.id)
    referenced = table.follow(conversation_id) if conversation_id else None
    return joining.decide(
        item.event,
        desk_id=item.channel.desk_id,
        channel_id=item.channel.pk,
        referenced=referenced,
        matters=table.of_customer(owner_id),
        last_on_identity=lambda several: _last_on(several, book[key_of(item.pair)].id),
        blocked=item.blocked,
    )


def _last_on(several: Sequence[Matter], identity_id: int) -> Matter | None:
    by_id = {matter.id: matter for matter in several if matter.id is not None}
    found = rows.select(
        "SELECT conversation_id FROM inbox_message WHERE conversation_id = ANY(%s) AND identity_id = %s"
        " ORDER BY occurred_at DESC, id DESC LIMIT 1",
        [list(by_id), identity_id],
    )
    return by_id[found[0][0]] if found else None


def _mark_proven(fresh: list[Arriving], book: dict[Key, Known], cited: references.Cited) -> None:
    """A signature proves the author's address; so does an answer to the signed address we gave to exactly this identity."""
    signed, answered = set(), set()
    for item in fresh:
        author = book[key_of(item.event.author)]
        if author.verified or item.event.echo or item.event.proof == Proof.FAILED:
            continue
        if item.event.proof == Proof.PROVEN:
            signed.add(author.id)
        elif cited.token_is_for(item, author.id):
            answered.add(author.id)
    identify.verify(sorted(signed), how="signature")
    identify.verify(sorted(answered - signed), how="reply")
