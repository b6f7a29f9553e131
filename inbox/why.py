"""Why a conversation is where it is in a list: one reason each, the most pressing first. No database, no words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox import registry
from inbox.models import Conversation
from inbox.models.conversations import State

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Why:
    """kind                 the rest
    not_sent             at: since when an answer of ours that did not get there (or perhaps not) waits for a person
    chat_waiting         at: since when somebody waits at the other end of a live channel
    promised             at: when what we promised is due (or was)
    waiting              at: since when the customer waits for an answer
    snoozed              at: until when; None: until they write
    quiet                nature: auto, bulk or spam; person: from an address the channel's rule keeps quiet
    resolved             at: when it was resolved
    assigned             agent_id: who looks after it; nothing is waiting
    waiting_on_customer  nobody has it and nothing is waiting
    """

    kind: str
    at: datetime | None = None
    agent_id: int | None = None
    nature: str = ""


def why(conversation: Conversation, *, now: datetime, nature: str = "", not_sent: bool = False) -> Why:
    """The reason, the same for every reader. `nature`: of the last message, asked for quiet conversations only; `not_sent`:
    whether what waits is (also) an answer that did not get there."""
    if conversation.quiet:
        return Why("quiet", nature=nature)
    if conversation.status == State.RESOLVED:
        return Why("resolved", at=conversation.resolved_at)
    if conversation.status == State.SNOOZED:
        return Why("snoozed", at=conversation.snoozed_until)
    since = conversation.waiting_since
    if since is not None and (not_sent or is_live(conversation)):
        return Why("not_sent" if not_sent else "chat_waiting", at=since)
    if conversation.promised_at is not None and conversation.promised_at <= now + SOON:
        return Why("promised", at=conversation.promised_at)
    if since is not None:
        return Why("waiting", at=since)
    if conversation.assignee_id is not None:
        return Why("assigned", agent_id=conversation.assignee_id)
    return Why("waiting_on_customer")


def is_live(conversation: Conversation) -> bool:
    """Whether the last message came over a channel at whose other end somebody sits and waits."""
    channel = conversation.last_channel
    return channel is not None and registry.capabilities(channel.kind).live
