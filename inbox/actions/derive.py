"""Working out a conversation's derived columns anew from its messages, after some were moved in or out."""

from __future__ import annotations

from inbox.models import Conversation, Message
from inbox.models.conversations import State
from inbox.models.messages import Direction
from inbox.text import preview


def refresh(conversation: Conversation) -> None:
    """Set last_activity, preview, badge, unread and waiting from the messages that are in it now. Call under the lock."""
    told = Message.objects.filter(conversation=conversation).exclude(direction=Direction.NOTE)
    if not conversation.quiet:
        told = told.filter(nature="person")
    newest = told.order_by("-occurred_at", "-sequence", "-id").first()
    if newest is not None:
        conversation.last_activity = newest.occurred_at
        conversation.last_channel = newest.channel
        conversation.preview = preview(newest.text or newest.subject)
        conversation.preview_by = newest.direction
    inbound = told.filter(direction=Direction.INBOUND, historical=False)
    conversation.last_inbound_id = inbound.order_by("-pk").values_list("pk", flat=True).first()
    conversation.waiting_since = None
    if conversation.status != State.RESOLVED:
        answered = (
            told.filter(direction=Direction.OUTBOUND)
            .order_by("-received_at")
            .values_list("received_at", flat=True)
            .first()
        )
        waiting = inbound.filter(received_at__gt=answered) if answered else inbound
        conversation.waiting_since = (
            waiting.order_by("received_at").values_list("received_at", flat=True).first()
        )
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
