"""Open, snoozed, resolved: the three states of a conversation and what moves it between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.actions import lock, record
from inbox.actions.errors import Refused
from inbox.events import Kind
from inbox.models import Agent, Conversation, Event
from inbox.models.conversations import UNRESOLVED, State


@transaction.atomic
def resolve(*, agent: Agent, conversation_ids: Iterable[int], batch: str = "") -> int:
    """The matter is dealt with. Gives how many changed."""
    return sum(
        _change(conversation, State.RESOLVED, actor=agent, batch=batch)
        for conversation in lock.conversations(conversation_ids)
    )


@transaction.atomic
def reopen(*, agent: Agent, conversation_ids: Iterable[int], batch: str = "") -> int:
    """Take matters up again; one beside another unresolved main stands beside it. Wakes snoozed ones too."""
    return sum(
        _change(conversation, State.OPEN, actor=agent, batch=batch)
        for conversation in lock.conversations(conversation_ids)
    )


@transaction.atomic
def snooze(*, agent: Agent, conversation_ids: Iterable[int], until: datetime | None, batch: str = "") -> int:
    """Put aside until a time, or (None) until the customer writes. A customer's message wakes it in either case.

    Raises Refused for a time in the past.
    """
    if until is not None and until <= timezone.now():
        raise Refused(_("Choose a time in the future."))
    return sum(
        _change(conversation, State.SNOOZED, actor=agent, batch=batch, until=until)
        for conversation in lock.conversations(conversation_ids)
    )


def due_to_wake(*, limit: int = 200) -> list[int]:
    """Snoozed conversations whose time has come."""
    due = Conversation.objects.filter(status=State.SNOOZED, snoozed_until__lte=timezone.now())
    return list(due.order_by("snoozed_until").values_list("pk", flat=True)[:limit])


@transaction.atomic
def wake(*, conversation_id: int) -> bool:
    """The snooze is over. False if somebody was faster."""
    conversation = lock.conversation(conversation_id)
    over = conversation.status == State.SNOOZED and conversation.snoozed_until is not None
    if not over or conversation.snoozed_until > timezone.now():  # type: ignore[operator]  # `over` says it is set
        return False
    return _change(conversation, State.OPEN, actor=None, by="clock")


@transaction.atomic
def promote(*, agent: Agent, conversation_id: int) -> Conversation:
    """What an automaton sent needs a person after all: it becomes a matter, the main one if there is none."""
    conversation = lock.conversation(conversation_id)
    if not conversation.quiet:
        raise Refused(_("This conversation is not in Quiet."))
    conversation.quiet, conversation.main = False, not has_other_main(conversation)
    conversation.status, conversation.resolved_at = State.OPEN, None
    conversation.save(update_fields=["quiet", "main", "status", "resolved_at"])
    record.of_conversation(Kind.CONVERSATION_PROMOTED, conversation, actor=agent)
    return conversation


def after_reply(conversation: Conversation, agent: Agent, *, resolve: bool, batch: str = "") -> None:
    """Answering takes a matter up again, unless the agent resolves it with the same move. Call under the lock."""
    if conversation.quiet:
        promote(agent=agent, conversation_id=conversation.pk)
        conversation.refresh_from_db(fields=["quiet", "main", "status", "resolved_at"])
    if resolve or not goes_on_elsewhere(conversation):
        _change(conversation, State.RESOLVED if resolve else State.OPEN, actor=agent, batch=batch)


def not_sent(conversation: Conversation) -> None:
    """An answer of ours did not get there, so the matter is open again. Call under the lock."""
    if not conversation.quiet and not goes_on_elsewhere(conversation):
        _change(conversation, State.OPEN, actor=None, by="delivery")


def put_back(conversation: Conversation, agent: Agent, *, batch: str) -> None:
    """Take back what one move of the agent did to the state, as far as nobody has changed it since. Call under the lock."""
    events = Event.objects.filter(
        conversation=conversation, kind=Kind.STATUS_CHANGED, batch=batch, actor=agent, undone=False
    )
    for event in events.order_by("-pk"):
        before, after = event.data["before"], event.data["after"]
        if state_of(conversation) | {"waiting_since": None} != after | {"waiting_since": None}:
            return
        if before["status"] != State.RESOLVED and goes_on_elsewhere(conversation):
            return
        restore(conversation, before)
        Event.objects.filter(pk=event.pk).update(undone=True)
        data = {"from": after["status"], "to": before["status"], "by": "undo", "undoes": event.pk}
        record.of_conversation(Kind.STATUS_CHANGED, conversation, actor=agent, data=data)


def restore(conversation: Conversation, before: dict[str, Any]) -> None:
    """The state that `state_of` gave; main only if no other unresolved one has taken its place, and resolved if its
    provider's thread goes on elsewhere."""
    if before["status"] != State.RESOLVED and goes_on_elsewhere(conversation):
        gone_on = {"status": State.RESOLVED, "snoozed_until": None, "waiting_since": None}
        before = {**before, **gone_on, "resolved_at": timezone.now().isoformat()}
    conversation.status, conversation.main = before["status"], bool(before["main"])
    if conversation.unresolved and conversation.main:
        conversation.main = not has_other_main(conversation)
    for name in ("snoozed_until", "resolved_at", "waiting_since"):
        setattr(conversation, name, datetime.fromisoformat(before[name]) if before[name] else None)
    put(conversation)


def has_other_main(conversation: Conversation) -> bool:
    """Whether the customer has another unresolved main conversation on this desk."""
    others = Conversation.objects.filter(
        UNRESOLVED, customer=conversation.customer_id, desk=conversation.desk_id, main=True
    )
    return others.exclude(pk=conversation.pk).exists()


def goes_on_elsewhere(conversation: Conversation) -> bool:
    """Whether the provider's thread goes on in another unresolved conversation, which by constraint is the only one."""
    if not conversation.thread_key:
        return False
    others = Conversation.objects.filter(
        UNRESOLVED,
        customer=conversation.customer_id,
        channel=conversation.channel_id,
        thread_key=conversation.thread_key,
    )
    return others.exclude(pk=conversation.pk).exists()


def _change(
    conversation: Conversation,
    to: State,
    *,
    actor: Agent | None,
    batch: str = "",
    until: datetime | None = None,
    by: str = "agent",
) -> bool:
    before = state_of(conversation)
    if conversation.status == to and (to != State.SNOOZED or conversation.snoozed_until == until):
        return False
    if conversation.quiet:
        raise Refused(_("Quiet conversations have no state. Promote it first."))
    if to != State.RESOLVED and goes_on_elsewhere(conversation):
        raise Refused(_("This thread goes on in another open matter. Go on there."))
    if conversation.status == State.RESOLVED and to != State.RESOLVED and conversation.main:
        conversation.main = not has_other_main(conversation)
    conversation.status = to
    conversation.snoozed_until = until if to == State.SNOOZED else None
    conversation.resolved_at = timezone.now() if to == State.RESOLVED else None
    if to == State.RESOLVED:
        conversation.waiting_since = None
    put(conversation)
    data = {
        "from": before["status"],
        "to": str(to),
        "by": by,
        "before": before,
        "after": state_of(conversation),
    }
    record.of_conversation(Kind.STATUS_CHANGED, conversation, actor=actor, data=data, batch=batch)
    return True


def state_of(conversation: Conversation) -> dict[str, Any]:
    """What undo needs to put a state back: enumerated values and times only."""

    def stamp(value: datetime | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "status": str(conversation.status),
        "main": conversation.main,
        "snoozed_until": stamp(conversation.snoozed_until),
        "resolved_at": stamp(conversation.resolved_at),
        "waiting_since": stamp(conversation.waiting_since),
    }


def put(conversation: Conversation) -> None:
    """Save the columns that make up the state."""
    conversation.save(update_fields=["status", "main", "snoozed_until", "resolved_at", "waiting_since"])
