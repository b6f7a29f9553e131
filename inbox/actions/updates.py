"""News about messages and people we know: statuses, edits, deletions, reactions, consent, identification, typing."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import singledispatch

from django.db import transaction
from django.utils import timezone

from inbox import live, queueing
from inbox.actions import (
    albums,
    deliver,
    gestures,
    identify,
    lock,
    previewing,
    proving,
    public,
    record,
    surfaces,
    touchpoints,
    windows,
)
from inbox.actions.errors import Refused
from inbox.contract import (
    AddressChanged,
    AgentActed,
    Consent,
    Delete,
    DeliveryUpdate,
    Edit,
    Hidden,
    Identified,
    InboundEvent,
    ReadUpTo,
    TemplateChanged,
    Touched,
    Typing,
    WindowChanged,
)
from inbox.contract import (
    Reaction as ReactionEvent,
)
from inbox.events import Kind
from inbox.models import Channel, Message, Reaction
from inbox.text import storable

DONE = "done"
NOTHING = "nothing"
STILL_NOW = timedelta(seconds=live.VIEWING_SECONDS)
NOT_HERE_YET = "not here yet"


def apply(*, channel: Channel, event: InboundEvent, received_at: datetime) -> str:
    """Carry out one piece of news: DONE, NOTHING to do, or NOT_HERE_YET when its message has not come (statuses and edits may
    overtake it; the caller tries again later)."""
    with transaction.atomic():
        return _apply(event, channel, event.occurred_at or received_at)


@singledispatch
def _apply(event: InboundEvent, channel: Channel, at: datetime) -> str:
    return NOTHING


@_apply.register
def _(event: DeliveryUpdate, channel: Channel, at: datetime) -> str:
    return DONE if deliver.update(channel=channel, news=event, at=at) else NOT_HERE_YET


@_apply.register
def _(event: ReadUpTo, channel: Channel, at: datetime) -> str:
    reader = identify.find(event.reader)
    if reader is not None:
        deliver.read_up_to(channel=channel, identity_id=reader.id, at=at)
    return DONE


@_apply.register
def _(event: Edit, channel: Channel, at: datetime) -> str:
    message = _find(channel, event.external_id)
    if message is None:
        return NOT_HERE_YET
    if message.deleted_at is None and (message.edited_at is None or message.edited_at < at):
        message.text, message.html, message.edited_at = storable(event.text), storable(event.html), at
        message.save(update_fields=["text", "html", "edited_at"])
        previewing.follow(message, message.text)
        record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, message_id=message.pk)
    return DONE


@_apply.register
def _(event: Delete, channel: Channel, at: datetime) -> str:
    message = _find(channel, event.external_id)
    if message is None:
        return NOT_HERE_YET
    if message.deleted_at is None and albums.without(message, storable(event.external_id)[:512]):
        record.of_conversation(Kind.ATTACHMENT_CHANGED, message.conversation, message_id=message.pk)
    elif message.deleted_at is None:
        gestures.take_back(message, at=at)
    return DONE


@_apply.register
def _(event: ReactionEvent, channel: Channel, at: datetime) -> str:
    message = _find(channel, event.external_id)
    if message is None:
        return NOT_HERE_YET
    author = identify.resolve([event.author])[identify.key_of(event.author)]
    held = Reaction.objects.filter(message=message, identity_id=author.id, agent=None).first()
    emoji = storable(event.emoji)[:32]
    # Of two at the same moment the order of the alphabet decides, so that the order of their coming does not.
    if held is not None and held.at is not None and (held.at, held.emoji) >= (at, emoji):
        return DONE
    Reaction.objects.update_or_create(
        message=message,
        identity_id=author.id,
        agent=None,
        defaults={"emoji": emoji, "at": at},
    )
    record.of_conversation(Kind.REACTION_CHANGED, message.conversation, message_id=message.pk)
    return DONE


@_apply.register
def _(event: Consent, channel: Channel, at: datetime) -> str:
    identify.consent(address=event.address, allowed=event.allowed, at=at)
    return DONE


@_apply.register
def _(event: Identified, channel: Channel, at: datetime) -> str:
    proving.attest(author=event.author, proofs=event.proofs, claims=event.claims, name=event.name)
    return DONE


@_apply.register
def _(event: Typing, channel: Channel, at: datetime) -> str:
    author = identify.find(event.author)
    if author is not None:
        live.typing(
            customer_id=author.customer_id,
            who=f"customer:{author.customer_id}",
            active=event.active,
            channel_id=channel.pk,
        )
    return DONE


@_apply.register
def _(event: Touched, channel: Channel, at: datetime) -> str:
    try:
        (kept,) = touchpoints.record([_told(event, channel, at)])
    except (Refused, InvalidOperation):
        return NOTHING
    if event.now and timezone.now() - at < STILL_NOW:
        live.viewing(
            who=live.viewer(event.author.space, event.author.value),
            customer_id=kept.customer_id,
            page=live.Viewing(title=event.title, url=event.url, channel_id=channel.pk, since=at),
        )
    return DONE


@_apply.register
def _(event: Hidden, channel: Channel, at: datetime) -> str:
    message = _find(channel, event.external_id)
    if message is None:
        return NOT_HERE_YET
    public.show_hidden(message, hidden=event.hidden, at=at)
    return DONE


@_apply.register
def _(event: AddressChanged, channel: Channel, at: datetime) -> str:
    return DONE if proving.moved(old=event.old, new=event.new) else NOTHING


@_apply.register
def _(event: WindowChanged, channel: Channel, at: datetime) -> str:
    known = windows.change(channel=channel, address=event.address, until=event.until, at=at)
    return DONE if known else NOT_HERE_YET


@_apply.register
def _(event: AgentActed, channel: Channel, at: datetime) -> str:
    surfaces.keep(channel=channel, event=event, at=at)
    return DONE


@_apply.register
def _(event: TemplateChanged, channel: Channel, at: datetime) -> str:
    queueing.after_commit("inbox.tasks.sync_templates", channel.pk)
    return DONE


def _told(event: Touched, channel: Channel, at: datetime) -> touchpoints.Told:
    """The connector's key is unique on its channel only; raises InvalidOperation if the value is no number."""
    name = f"{channel.pk}/{event.event_key}"
    return touchpoints.Told(
        kind=event.kind,
        source=event.source,
        external_id=hashlib.sha256(name.encode()).hexdigest(),
        occurred_at=at,
        reference=event.reference,
        title=event.title,
        url=event.url,
        value=Decimal(event.value) if event.value else None,
        currency=event.currency,
        data=dict(event.data),
        address=event.author,
    )


def _find(channel: Channel, external_id: str) -> Message | None:
    """The message, with its customer locked."""
    found = deliver.named(channel, storable(external_id)[:512])
    return lock.message(found) if found is not None else None
