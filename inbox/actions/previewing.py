"""The line a list shows of a conversation, kept true when the newest message is changed or taken back."""

from __future__ import annotations

from inbox.models import Message
from inbox.text import preview


def follow(message: Message, text: str) -> None:
    """The list shows the newest message: if that is the one that now says `text`, its line changes too. Call under the lock."""
    conversation = message.conversation
    newest = (
        Message.objects.filter(conversation=conversation)
        .exclude(direction="note")
        .order_by("-occurred_at", "-sequence", "-id")
    )
    if newest.values_list("pk", flat=True).first() == message.pk:
        conversation.preview = preview(text)
        conversation.save(update_fields=["preview"])
