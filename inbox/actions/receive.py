"""Everything that comes in, always as a list: set-based, one transaction, idempotent. The same event twice changes nothing.

Messages are stored here; news about known messages (statuses, edits, reactions) is in updates.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from inbox.actions import addressing, arriving, identify, proving, updates
from inbox.actions.arriving import Arriving
from inbox.contract import Address, Identified, InboundEvent, InboundMessage
from inbox.models import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One event that came in on a channel. received_at is when we had it: clocks count from there."""

    channel: Channel
    event: InboundEvent
    received_at: datetime


class OutcomeState(StrEnum):
    """stored: a new message · known: nothing new · applied: news about a message · waiting: its message is not here yet ·
    ignored: nothing to do."""

    STORED = "stored"
    KNOWN = "known"
    APPLIED = "applied"
    WAITING = "waiting"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event, in the order they were given."""

    state: OutcomeState
    message_id: int | None = None
    reason: str = ""


NOT_HERE_YET = Outcome(OutcomeState.WAITING, reason="The message it is about is not here yet.")


def receive(items: Sequence[Inbound]) -> list[Outcome]:
    """Take in events of any kind. All or nothing: an error undoes the whole list, so the caller can try them one by one.

    Raises django.db errors (deadlock, database gone), OSError when files cannot be written.
    """
    found: dict[int, Outcome] = {}
    messages = [
        (i, _arriving(i, item)) for i, item in enumerate(items) if isinstance(item.event, InboundMessage)
    ]
    arriving.keep_files([message for _i, message in messages])
    with transaction.atomic():
        # Who somebody is comes first, so that what they say in the same breath goes into the right thread.
        for i, item in enumerate(items):
            if isinstance(item.event, Identified):
                found[i] = _apply(item)
        listed = [message for _i, message in messages]
        ready = [(i, message) for i, message in messages if addressing.is_addressed(message, listed)]
        for i in {i for i, _message in messages} - {i for i, _message in ready}:
            found[i] = NOT_HERE_YET
        for _i, message in ready:
            _identify_author(message)
        stored = arriving.store([message for _i, message in ready])
        for i, message in ready:
            message_id, fresh = stored[message.order]
            found[i] = Outcome(OutcomeState.STORED if fresh else OutcomeState.KNOWN, message_id)
        for i, item in enumerate(items):
            if i not in found:
                found[i] = _apply(item)
    return [found[i] for i in range(len(items))]


def _arriving(order: int, item: Inbound) -> Arriving:
    message = item.event
    if not isinstance(message, InboundMessage):
        raise TypeError("Only a message arrives as a message.")
    return Arriving.of(item.channel, message, received_at=item.received_at, order=order)


def _identify_author(message: Arriving) -> None:
    event = message.event
    if event.proofs or event.claims:
        proving.attest(author=event.author, proofs=event.proofs, claims=event.claims, name=event.author.name)


def _apply(item: Inbound) -> Outcome:
    result = updates.apply(channel=item.channel, event=item.event, received_at=item.received_at)
    if result is updates.NOT_HERE_YET:
        return NOT_HERE_YET
    if result is updates.NOTHING:
        return Outcome(OutcomeState.IGNORED, reason=getattr(item.event, "reason", ""))
    return Outcome(OutcomeState.APPLIED)


def owner_of(address: Address) -> int | None:
    """The customer whom this address belongs to now, or None if nobody has used it."""
    known = identify.find(address)
    return known.customer_id if known else None
