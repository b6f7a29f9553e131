"""Public threads: comments that everybody can read, hidden from them and shown again."""

from __future__ import annotations

from datetime import datetime

from inbox.actions import record
from inbox.events import Kind
from inbox.models import Message


def show_hidden(message: Message, *, hidden: bool, at: datetime) -> None:
    """Note that a public message is hidden from the public, or is not any more. The newest news holds."""
    known, is_hidden = message.hiding_at, message.hidden_at is not None
    if known is not None and (known, is_hidden) >= (at, hidden):
        return
    Message.objects.filter(pk=message.pk).update(hidden_at=at if hidden else None, hiding_at=at)
    if is_hidden == hidden:
        return
    record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, message_id=message.pk)
