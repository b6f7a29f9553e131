"""Working out a conversation's derived columns anew from its messages, after some were moved in or out."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from inbox.contract import Status
from inbox.models import Conversation, Message
from inbox.models.conversations import State
from inbox.models.messages import NOT_SENT, Direction
from inbox.text import preview


def refresh(conversation: Conversation) -> None:
    """Set last_activity, preview, badge, unread and waiting from the messages that are in it now. Call under the lock."""
    told = Message.objects.filter(conversation=conversation).exclude(direction=Direction.NOTE)
    told = told.exclude(delivery__status=Status.CANCELLED)
    if not conversation.quiet:
        told = told.filter(nature="person")
    newest = told.order_by("-occurred_at", "-sequence", "-id").first()
    conversation.preview, conversation.preview_by = _shown(newest), newest.direction if newest else ""
    if newest is not None:
        conversation.last_activity = newest.occurred_at
        conversation.last_channel = newest.channel
    # What lies in Quiet is never unread.
    inbound = told.filter(direction=Direction.INBOUND, historical=False, nature="person")
    conversation.last_inbound_id = inbound.order_by("-pk").values_list("pk", flat=True).first()
    conversation.waiting_since = None if conversation.status == State.RESOLVED else _waiting(told, inbound)
    conversation.save(
        update_fields=[
            "last_activity",
            "last_channel",
            "preview",
            "preview_by",
            "last_inbound_id",
            "waiting_since",
        ]
    )


def _shown(newest: Message | None) -> str:
    if newest is None:
        return ""
    names = newest.attachments.values_list("name", flat=True)
    return preview(newest.text or newest.subject or ", ".join(names))


def _waiting(told: QuerySet[Message], inbound: QuerySet[Message]) -> datetime | None:
    """Since when somebody waits for an answer, or for one of ours that did not get there."""
    unsent = Q(delivery__status__in=NOT_SENT)
    answers = told.filter(direction=Direction.OUTBOUND).exclude(unsent)
    answered = answers.order_by("-received_at").values_list("received_at", flat=True).first()
    lost = told.filter(unsent)
    if answered is not None:
        inbound, lost = (
            inbound.filter(received_at__gt=answered),
            lost.filter(delivery__claimed_at__gt=answered),
        )
    first = (
        each.order_by("received_at").values_list("received_at", flat=True).first() for each in (inbound, lost)
    )
    return min(filter(None, first), default=None)
