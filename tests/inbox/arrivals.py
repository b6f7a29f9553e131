"""Inbound messages for tests: a few words instead of a whole contract value."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from inbox.actions.receive import Inbound, Outcome, receive
from inbox.contract import Address, InboundEvent, InboundMessage
from inbox.models import Channel, Message

_number = count(1)
ANA = Address(space="sandbox", value="ana", name="Ana Silva")
BEN = Address(space="sandbox", value="ben", name="Ben Okoye")


def said(text: str = "Hello", *, by: Address = ANA, **more: Any) -> InboundMessage:
    """A message by ana unless told otherwise, with ids of its own."""
    number = next(_number)
    more.setdefault("external_id", f"ext-{number}")
    more.setdefault("event_key", f"key-{more['external_id']}")
    return InboundMessage(author=by, text=text, **more)


def inbound(channel: Channel, event: InboundEvent, *, received_at: datetime | None = None) -> Inbound:
    return Inbound(channel=channel, event=event, received_at=received_at or timezone.now())


def take(channel: Channel, *events: InboundEvent) -> list[Outcome]:
    """Receive these events on one channel, in one list."""
    return receive([inbound(channel, event) for event in events])


def arrive(channel: Channel, text: str = "Hello", **more: Any) -> Message:
    """Receive one message and give its row."""
    (outcome,) = take(channel, said(text, **more))
    assert outcome.message_id is not None
    return Message.objects.select_related("conversation", "customer", "identity").get(pk=outcome.message_id)
