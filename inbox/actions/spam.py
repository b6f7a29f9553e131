"""Spam that got through: what came in by a matter counts as spam from now on, and lies in Quiet. Undo is in undo.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from inbox.actions import customers, derive, lock, moving, record, status
from inbox.contract import Nature
from inbox.events import Kind
from inbox.models import Agent, Conversation, Event, Message
from inbox.models.conversations import State
from inbox.models.messages import Direction


@transaction.atomic
def report(*, agent: Agent, conversation_ids: Iterable[int], block: bool = False, batch: str = "") -> int:
    """What came in by these matters is spam; they lie in Quiet, and block: so will all that their senders write from now on.

    Gives how many changed. Nobody is told; nothing is deleted.
    """
    changed = 0
    for conversation in lock.conversations(conversation_ids):
        if conversation.merged_into_id is None:
            changed += _put_away(agent, conversation, batch)
            if block:
                customers.edit(agent=agent, customer_id=conversation.customer_id, batch=batch, blocked=True)
    return changed


def _put_away(agent: Agent, conversation: Conversation, batch: str) -> bool:
    inbound = Message.objects.filter(conversation=conversation, direction=Direction.INBOUND)
    natures = {
        str(pk): nature
        for pk, nature in inbound.exclude(nature=Nature.SPAM).order_by("pk").values_list("pk", "nature")
    }
    if not natures and conversation.quiet:
        return False
    ids = list(Message.objects.filter(conversation=conversation).order_by("pk").values_list("pk", flat=True))
    data: dict[str, Any] = {"from": conversation.pk, "to": conversation.pk, "natures": natures}
    data |= {"before": {**status.state_of(conversation), "quiet": conversation.quiet}}
    inbound.update(nature=Nature.SPAM)
    home = _quiet_of(conversation)
    if home is not None:
        moving.carry(ids, source=conversation, target=home)
        data |= {"to": home.pk, "messages": ids}
    else:
        conversation.quiet, conversation.main, conversation.status = True, False, State.RESOLVED
        conversation.resolved_at, conversation.snoozed_until = timezone.now(), None
        conversation.save(update_fields=["quiet", "main", "status", "resolved_at", "snoozed_until"])
        derive.refresh(conversation)
    record.of_conversation(Kind.SPAM_REPORTED, conversation, actor=agent, data=data, batch=batch)
    return True


def _quiet_of(conversation: Conversation) -> Conversation | None:
    """The quiet conversation the customer has on this desk already, if it is another one."""
    quiet = Conversation.objects.filter(
        customer=conversation.customer_id, desk=conversation.desk_id, quiet=True
    )
    return quiet.exclude(pk=conversation.pk).first()


def take_back(event: Event, conversation: Conversation) -> bool:
    """The matter and its messages are as they were. False if somebody has taken it out of Quiet since. Call under the lock."""
    data = event.data
    home = Conversation.objects.filter(pk=data["to"], quiet=True, customer=conversation.customer_id).first()
    if home is None or home.pk not in (conversation.pk, conversation.merged_into_id):
        return False
    if home.pk != conversation.pk:
        there = Message.objects.filter(pk__in=data["messages"], conversation=home)
        moving.carry(list(there.values_list("pk", flat=True)), source=home, target=conversation)
    conversation.quiet = bool(data["before"]["quiet"])
    conversation.save(update_fields=["quiet"])
    for nature in set(data["natures"].values()):
        ids = [int(pk) for pk, was in data["natures"].items() if was == nature]
        Message.objects.filter(pk__in=ids, nature=Nature.SPAM).update(nature=nature)
    status.restore(conversation, data["before"])
    derive.refresh(conversation)
    return True
