"""Drafts: what an agent has begun to write, kept on the server so that it follows them to another device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inbox.actions.errors import Refused
from inbox.models import Agent, Attachment, Conversation, Draft, Message
from inbox.text import storable

MAX_TEXT = 100_000
_FIELDS = ("text", "subject", "channel", "identity", "cc", "bcc", "attachments", "in_reply_to")


def save(*, agent: Agent, conversation: Conversation, kind: str, data: dict[str, Any]) -> Draft | None:
    """Keep a draft ("reply" or "note"); an empty one is discarded (None). Raises Refused when it is too long to keep."""
    kept = {
        name: storable(value) if isinstance(value, str) else value
        for name, value in data.items()
        if name in _FIELDS
    }
    if len(str(kept)) > MAX_TEXT:
        raise Refused("The draft is too long to keep.")
    if not str(kept.get("text", "")).strip() and not kept.get("attachments"):
        discard(agent=agent, conversation_id=conversation.pk, kind=kind)
        return None
    draft, _made = Draft.objects.update_or_create(
        agent=agent, conversation=conversation, kind=kind, defaults={"data": kept}
    )
    return draft


def begin_again(*, agent: Agent, message: Message, files: Iterable[Attachment]) -> None:
    """Make a message that was taken back their draft, with these uploads, unless they have begun another."""
    if Draft.objects.filter(agent=agent, conversation=message.conversation_id, kind="reply").exists():
        return
    data = {"text": message.text, "subject": message.subject}
    listed = [each.public_id for each in files]
    save(agent=agent, conversation=message.conversation, kind="reply", data=data | {"attachments": listed})


def discard(*, agent: Agent, conversation_id: int, kind: str) -> None:
    """Forget a draft."""
    Draft.objects.filter(agent=agent, conversation_id=conversation_id, kind=kind).delete()
