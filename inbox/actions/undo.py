"""Take back the last thing an agent did, whatever it was: an assignment, a state, tags, priority, a move, a
split, spam, a mark of a customer, in bulk or alone.

Only if nobody has changed the same thing since: then Refused says so, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.actions import conversations, customers, derive, lock, moving, record, spam, status
from inbox.actions.errors import Refused
from inbox.events import UNDOABLE, Kind
from inbox.models import Agent, Conversation, ConversationTag, Customer, Event, Message, Tag, Team
from inbox.models.conversations import State

WITHIN = timedelta(hours=1)


@transaction.atomic
def last(*, agent: Agent) -> list[int]:
    """Undo the agent's last undoable move, on desks they may (still) read. Gives the ids of the conversations that changed.

    Raises Refused.
    """
    mine = Event.objects.filter(
        actor=agent,
        kind__in=UNDOABLE,
        undone=False,
        at__gte=timezone.now() - WITHIN,
    ).filter(
        Q(conversation__in=Conversation.objects.visible_to(agent))
        | Q(conversation=None, customer__in=Customer.objects.visible_to(agent))
    )
    newest = mine.exclude(data__has_key="undoes").order_by("-id").first()
    if newest is None:
        raise Refused(_("There is nothing to undo."))
    together = [newest]
    if newest.batch:
        together = list(mine.filter(batch=newest.batch).exclude(data__has_key="undoes").order_by("-id"))
    lock.customers(event.customer_id for event in together)
    touched = []
    for event in together:
        if event.conversation_id is None:
            touched += _undo_mark(agent, event)
            continue
        conversation = Conversation.objects.select_related("assignee", "team", "desk").get(events=event.pk)
        _UNDO[Kind(event.kind)](agent, event, conversation)
        touched.append(conversation.pk)
    Event.objects.filter(pk__in=[event.pk for event in together]).update(undone=True)
    return touched


def _stale() -> Refused:
    return Refused(_("Somebody has changed it since, so it cannot be undone."))


def _undo_assigned(agent: Agent, event: Event, conversation: Conversation) -> None:
    before, after = event.data["before"], event.data["after"]
    if {"assignee": conversation.assignee_id, "team": conversation.team_id} != after:
        raise _stale()
    assignee = Agent.objects.filter(pk=before["assignee"]).first()
    team = Team.objects.filter(pk=before["team"]).first()
    conversations.assign(agent=agent, conversation_ids=[conversation.pk], assignee=assignee, team=team)
    _mark(agent, event)


def _undo_status(agent: Agent, event: Event, conversation: Conversation) -> None:
    before, after = event.data["before"], event.data["after"]
    if conversation.status != after["status"] or conversation.merged_into_id is not None:
        raise _stale()
    if before["status"] != State.RESOLVED and status.goes_on_elsewhere(conversation):
        raise _stale()
    status.restore(conversation, before)
    _say(agent, event, conversation, {"from": after["status"], "to": before["status"], "by": "undo"})


def _undo_tags(agent: Agent, event: Event, conversation: Conversation) -> None:
    has = set(ConversationTag.objects.filter(conversation=conversation).values_list("tag_id", flat=True))
    if not set(event.data["added"]) <= has or set(event.data["removed"]) & has:
        raise _stale()
    conversations.tag(
        agent=agent,
        conversation_ids=[conversation.pk],
        add=Tag.objects.filter(pk__in=event.data["removed"]),
        remove=Tag.objects.filter(pk__in=event.data["added"]),
    )
    _mark(agent, event)


def _undo_priority(agent: Agent, event: Event, conversation: Conversation) -> None:
    if conversation.priority != event.data["after"]:
        raise _stale()
    conversations.prioritise(agent=agent, conversation_ids=[conversation.pk], priority=event.data["before"])
    _mark(agent, event)


def _undo_move(agent: Agent, event: Event, conversation: Conversation) -> None:
    message = Message.objects.filter(pk=event.message_id or 0, conversation_id=event.data["to"]).first()
    if message is None:
        raise _stale()
    moving.move(agent=agent, message_id=message.pk, conversation_id=event.data["from"])
    _mark(agent, event)


def _undo_split(agent: Agent, event: Event, conversation: Conversation) -> None:
    source = Conversation.objects.get(pk=event.data["from"])
    ids = list(Message.objects.filter(conversation=conversation).values_list("pk", flat=True))
    if source.customer_id != conversation.customer_id or not set(event.data["messages"]) <= set(ids):
        raise _stale()
    moving.carry(ids, source=conversation, target=source)
    _say(agent, event, source, {"from": conversation.pk, "to": source.pk}, kind=Kind.MESSAGE_MOVED)


def _undo_merge(agent: Agent, event: Event, conversation: Conversation) -> None:
    """Of two matters brought together: the closed one opens again as it was; what was said since stays where it was said."""
    gone = Conversation.objects.filter(pk=event.data["from"], merged_into=conversation).first()
    if gone is None:
        raise _stale()
    before = event.data["before"]
    if conversation.status == State.OPEN and before["keep"]["status"] != State.OPEN:
        status.restore(conversation, before["keep"])
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    status.restore(gone, before["gone"])
    derive.refresh(conversation)
    _say(agent, event, conversation, {"from": gone.pk, "to": conversation.pk}, kind=Kind.CONVERSATION_SPLIT)


def _undo_promote(agent: Agent, event: Event, conversation: Conversation) -> None:
    twin = Conversation.objects.filter(
        customer=conversation.customer_id, desk=conversation.desk_id, quiet=True
    )
    if conversation.status != State.OPEN or twin.exists():
        raise _stale()
    conversation.quiet, conversation.main, conversation.status = True, False, State.RESOLVED
    conversation.resolved_at = timezone.now()
    conversation.save(update_fields=["quiet", "main", "status", "resolved_at"])
    _say(agent, event, conversation, {"from": "open", "to": "quiet", "by": "undo"})


def _undo_spam(agent: Agent, event: Event, conversation: Conversation) -> None:
    if not spam.take_back(event, conversation):
        raise _stale()
    data = {"from": event.data["to"], "to": conversation.pk}
    _say(agent, event, conversation, data, kind=Kind.SPAM_REPORTED)


def _undo_mark(agent: Agent, event: Event) -> list[int]:
    """VIP, or blocked. Gives the conversations whose rows show it."""
    customer = Customer.objects.get(pk=event.customer_id)
    mark = event.data["mark"]
    if getattr(customer, mark) != event.data["after"]:
        raise _stale()
    values: dict[str, Any] = {mark: not event.data["after"]}
    customers.edit(agent=agent, customer_id=customer.pk, **values)
    _mark(agent, event)
    shown = Conversation.objects.visible_to(agent).unresolved().filter(customer=customer)
    return list(shown.values_list("pk", flat=True))


def _say(
    agent: Agent,
    event: Event,
    conversation: Conversation,
    data: dict[str, Any],
    kind: Kind = Kind.STATUS_CHANGED,
) -> None:
    record.of_conversation(
        kind, conversation, actor=agent, data={**data, "undoes": event.pk}, message_id=event.message_id
    )


def _mark(agent: Agent, event: Event) -> None:
    """The event that the reverse action has just recorded is itself not undoable: undo is not redo."""
    mine = (
        Event.objects.filter(actor=agent, kind=event.kind, customer=event.customer_id).order_by("-id").first()
    )
    if mine is not None and mine.pk != event.pk:
        mine.data = {**mine.data, "undoes": event.pk}
        mine.save(update_fields=["data"])


_UNDO: dict[Kind, Callable[[Agent, Event, Conversation], None]] = {
    Kind.ASSIGNED: _undo_assigned,
    Kind.STATUS_CHANGED: _undo_status,
    Kind.TAGS_CHANGED: _undo_tags,
    Kind.PRIORITY_CHANGED: _undo_priority,
    Kind.MESSAGE_MOVED: _undo_move,
    Kind.CONVERSATION_SPLIT: _undo_split,
    Kind.CONVERSATION_MERGED: _undo_merge,
    Kind.CONVERSATION_PROMOTED: _undo_promote,
    Kind.SPAM_REPORTED: _undo_spam,
}
