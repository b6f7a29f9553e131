"""Which matter an entry belongs to, decided by a person: move, split off, bring two together, continue the previous one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.actions import derive, lock, record, status
from inbox.actions.errors import Refused
from inbox.events import Kind
from inbox.models import Agent, Conversation, Message
from inbox.models.conversations import State
from inbox.text import storable


@transaction.atomic
def move(*, agent: Agent, message_id: int, conversation_id: int, batch: str = "") -> Message:
    """Put an entry into another matter of the same customer and desk. Raises Refused if the target is somebody else's."""
    message = lock.message(message_id)
    source = message.conversation
    target = Conversation.objects.filter(
        pk=conversation_id, customer=message.customer_id, desk=source.desk_id, quiet=False
    ).first()
    if target is None:
        raise Refused(_("Choose another matter of the same customer and desk."))
    if target.pk == source.pk:
        return message
    carry([message.pk], source=source, target=target)
    data = {"from": source.pk, "to": target.pk}
    record.of_conversation(
        Kind.MESSAGE_MOVED, target, actor=agent, message_id=message.pk, data=data, batch=batch
    )
    message.refresh_from_db()
    return message


@transaction.atomic
def split(*, agent: Agent, message_ids: Iterable[int], title: str = "") -> Conversation:
    """Make another matter out of some entries of one conversation. It stands beside the main one, same team and agent."""
    ids = sorted(set(message_ids))
    if not ids:
        raise Refused(_("Choose at least one message for the new matter."))
    source = lock.message(ids[0]).conversation
    if Message.objects.filter(pk__in=ids, conversation=source).count() != len(ids):
        raise Refused(_("Choose messages of one conversation."))
    now = timezone.now()
    fresh = Conversation.objects.create(
        customer_id=source.customer_id,
        desk_id=source.desk_id,
        main=False,
        team_id=source.team_id,
        assignee_id=source.assignee_id,
        title=" ".join(storable(title).split())[:200],
        opened_at=now,
        last_activity=now,
    )
    carry(ids, source=source, target=fresh)
    data = {"from": source.pk, "to": fresh.pk, "messages": ids}
    record.of_conversation(Kind.CONVERSATION_SPLIT, fresh, actor=agent, data=data)
    return fresh


@transaction.atomic
def merge(*, agent: Agent, conversation_id: int, into_id: int) -> Conversation:
    """Two matters are one: the first is closed and points to the second, which is open. Messages stay where they are."""
    gone = lock.conversation(conversation_id)
    keep = Conversation.objects.filter(
        pk=into_id, customer=gone.customer_id, desk=gone.desk_id, quiet=False
    ).first()
    if keep is None or keep.pk == gone.pk or keep.merged_into_id is not None or gone.quiet:
        raise Refused(_("Choose another matter of the same customer and desk."))
    before = {"gone": status.state_of(gone), "keep": status.state_of(keep)}
    was_main = gone.main
    gone.status, gone.main, gone.resolved_at, gone.merged_into = State.RESOLVED, False, timezone.now(), keep
    gone.waiting_since, waiting = None, gone.waiting_since
    gone.save(update_fields=["status", "main", "resolved_at", "merged_into", "waiting_since"])
    keep.main = (keep.main or was_main) and not status.has_other_main(keep)
    keep.status, keep.snoozed_until, keep.resolved_at = State.OPEN, None, None
    keep.waiting_since = min(filter(None, (keep.waiting_since, waiting)), default=None)
    keep.last_activity = max(keep.last_activity, gone.last_activity)
    keep.last_inbound_id = max(filter(None, (keep.last_inbound_id, gone.last_inbound_id)), default=None)
    keep.save(update_fields=["last_activity", "last_inbound_id"])
    status.put(keep)
    data = {"from": gone.pk, "to": keep.pk, "before": before}
    record.of_conversation(Kind.CONVERSATION_MERGED, keep, actor=agent, data=data)
    return keep


@transaction.atomic
def continue_previous(*, agent: Agent, conversation_id: int) -> Conversation:
    """This new matter continues the last resolved one. Raises Refused if there is none."""
    current = lock.conversation(conversation_id)
    earlier = Conversation.objects.filter(
        customer=current.customer_id,
        desk=current.desk_id,
        status=State.RESOLVED,
        quiet=False,
        merged_into=None,
    ).exclude(pk=current.pk)
    previous = earlier.order_by("-resolved_at", "-pk").first()
    if previous is None:
        raise Refused(_("There is no earlier matter to continue."))
    return merge(agent=agent, conversation_id=current.pk, into_id=previous.pk)


def carry(ids: Sequence[int], *, source: Conversation, target: Conversation) -> None:
    """Re-point messages and work out both conversations anew. Call under the lock.

    What went with the last message: an emptied conversation is closed and points to where its messages are.
    """
    Message.objects.filter(pk__in=ids).update(conversation=target, guessed=False)
    if target.merged_into_id is not None:
        target.merged_into = None
        target.save(update_fields=["merged_into"])
    derive.refresh(target)
    if Message.objects.filter(conversation=source).exists():
        derive.refresh(source)
        return
    source.status, source.main, source.merged_into, source.resolved_at = (
        State.RESOLVED,
        False,
        target,
        timezone.now(),
    )
    source.waiting_since = None
    source.save(update_fields=["status", "main", "merged_into", "resolved_at", "waiting_since"])
    if target.quiet:
        return
    if target.status == State.RESOLVED:
        target.status, target.resolved_at = State.OPEN, None
    target.main = target.main or not status.has_other_main(target)
    status.put(target)
