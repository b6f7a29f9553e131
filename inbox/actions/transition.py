"""How the sending of a message moves from one status to the next, and what that does to its conversation.

A status moves only along NEXT; anything else the provider says late or out of order is ignored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from inbox.actions import derive, lock, record
from inbox.actions import status as states
from inbox.contract import Status
from inbox.events import Kind
from inbox.models import Delivery
from inbox.models.messages import NOT_SENT
from inbox.text import storable

_LATER = {Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED}
NEXT: dict[str, set[Status]] = {
    Status.QUEUED: {Status.SENDING, Status.FAILED, Status.CANCELLED},
    Status.SENDING: {*_LATER, Status.QUEUED, Status.UNKNOWN},
    Status.UNKNOWN: {*_LATER, Status.QUEUED},
    Status.SENT: {Status.DELIVERED, Status.READ, Status.FAILED},
    Status.DELIVERED: {Status.READ},
    Status.READ: set(),
    Status.FAILED: {Status.QUEUED},
    Status.CANCELLED: set(),
}


def locked(delivery_id: int) -> Delivery | None:
    """A delivery with its customer locked; None if it is gone."""
    message_id = Delivery.objects.filter(pk=delivery_id).values_list("message_id", flat=True).first()
    if message_id is None:
        return None
    lock.message(message_id)
    return Delivery.objects.select_related("message__conversation").get(pk=delivery_id)


_STAMP = {Status.SENT: "sent_at", Status.DELIVERED: "delivered_at", Status.READ: "read_at"}


def move(delivery: Delivery, status: Status, *, code: str = "", reason: str = "", at: datetime) -> bool:
    """Take the step if it is one of NEXT; False otherwise. Call under the lock."""
    if status not in NEXT[delivery.status]:
        return False
    previous, delivery.status = delivery.status, status
    delivery.code, delivery.reason = storable(code)[:60], storable(reason)[:500]
    if status in _STAMP:
        setattr(delivery, _STAMP[status], at)
    delivery.save()
    say(delivery, {"from": str(previous), "to": str(status)})
    if (previous in NOT_SENT) != (status in NOT_SENT) and delivery.message.nature == "person":
        _weigh(delivery)
    return True


def _weigh(delivery: Delivery) -> None:
    """A message that did not get there waits for a person as much as one that came in (P7 of trust: never silently not sent)."""
    message, conversation = delivery.message, delivery.message.conversation
    if delivery.status in NOT_SENT:
        states.not_sent(conversation)
    derive.refresh(conversation)
    if delivery.status in NOT_SENT and conversation.unresolved:
        # Whatever was sent meanwhile: that this one failed is new.
        conversation.waiting_since = min(
            conversation.waiting_since or message.received_at, message.received_at
        )
        states.put(conversation)
    record.of_conversation(Kind.CONVERSATION_CHANGED, conversation)


def say(delivery: Delivery, data: dict[str, Any]) -> None:
    """Record the news about it."""
    record.of_conversation(
        Kind.DELIVERY_CHANGED, delivery.message.conversation, message_id=delivery.message_id, data=data
    )
