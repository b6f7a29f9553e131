"""Taking a customer apart: some of their identities, and what was said with them, become another customer's.

Used to undo a merge and to split an address off (merging.py). Every message stays exactly once; each goes where its identity goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from inbox.actions import derive, status
from inbox.events import Kind
from inbox.models import Conversation, Customer, Event, Identity, Message, ReadMark, Touchpoint
from inbox.models.conversations import UNRESOLVED


def identities(ids: Collection[int], *, source: Customer, target: Customer) -> None:
    """Hand over addresses, and the touchpoints that came by them. Call under both customers' locks."""
    Identity.objects.filter(pk__in=ids, customer=source).update(customer=target)
    Touchpoint.objects.filter(identity__in=ids, customer=source).update(customer=target)
    if source.preferred_identity_id in ids:
        source.preferred_identity = None
        source.save(update_fields=["preferred_identity"])


def conversations(
    ids: Collection[int], *, source: Customer, target: Customer, mains: Iterable[int] = ()
) -> None:
    """Hand over whole conversations with all that is in them. Of `mains`, those become main ones where there is none."""
    moving = Conversation.objects.filter(pk__in=ids, customer=source)
    moved = list(moving.values_list("pk", flat=True))
    moving.update(main=False)
    _settle_quiet(moved, target)
    Conversation.objects.filter(pk__in=moved).update(customer=target)
    Message.objects.filter(conversation__in=moved).update(customer=target)
    Event.objects.filter(conversation__in=moved).update(customer=target)
    for conversation in Conversation.objects.filter(pk__in=set(mains) & set(moved)).order_by(
        "-last_activity"
    ):
        _make_main(conversation)
    _cut_across(source, target)


def messages(ids: Iterable[int], *, target: Customer) -> None:
    """Hand over messages out of conversations that stay: each desk's go into the target's open matter there, or a new one."""
    by_conversation: defaultdict[int, list[int]] = defaultdict(list)
    for pk, conversation_id in Message.objects.filter(pk__in=list(ids)).values_list("pk", "conversation_id"):
        by_conversation[conversation_id].append(pk)
    for conversation_id, theirs in sorted(by_conversation.items()):
        source = Conversation.objects.get(pk=conversation_id)
        home = _home(source, target, theirs)
        Message.objects.filter(pk__in=theirs).update(conversation=home, customer=target)
        Event.objects.filter(message__in=theirs).update(conversation=home, customer=target)
        for mark in ReadMark.objects.filter(conversation=source):
            ReadMark.objects.get_or_create(
                agent=mark.agent, conversation=home, defaults={"message_id": mark.message_id}
            )
        for changed in (source, home):
            derive.refresh(changed)


def only_with(ids: Collection[int], customer: Customer) -> list[int]:
    """The customer's conversations in which nobody spoke, or was spoken to, but by these addresses."""
    said = Message.objects.filter(conversation__customer=customer).exclude(identity=None)
    with_them = set(said.filter(identity__in=ids).values_list("conversation", flat=True))
    with_others = set(
        said.filter(conversation__in=with_them)
        .exclude(identity__in=ids)
        .values_list("conversation", flat=True)
    )
    return sorted(with_them - with_others)


def _home(source: Conversation, target: Customer, message_ids: list[int]) -> Conversation:
    theirs = Conversation.objects.filter(customer=target, desk=source.desk_id)
    if source.quiet:
        found = theirs.filter(quiet=True).first()
    elif source.thread_key:
        found = theirs.filter(thread_key=source.thread_key, channel=source.channel_id).first()
    else:
        open_ones = theirs.filter(UNRESOLVED, quiet=False, thread_key="")
        found = open_ones.order_by("-main", "-last_activity").first()
    if found is not None:
        return found
    first = Message.objects.filter(pk__in=message_ids).order_by("occurred_at", "sequence", "pk")[0]
    fresh = Conversation(
        customer=target,
        desk_id=source.desk_id,
        main=False,
        quiet=source.quiet,
        channel_id=source.channel_id,
        thread_key=source.thread_key,
        status=source.status,
        snoozed_until=source.snoozed_until,
        assignee_id=source.assignee_id,
        team_id=source.team_id,
        priority=source.priority,
        opened_at=first.occurred_at,
        resolved_at=source.resolved_at,
        last_activity=first.occurred_at,
    )
    fresh.save()
    if fresh.unresolved and not fresh.thread_key:
        _make_main(fresh)
    return fresh


def _make_main(conversation: Conversation) -> None:
    if conversation.quiet:
        return
    if conversation.unresolved and status.has_other_main(conversation):
        return
    conversation.main = True
    conversation.save(update_fields=["main"])


def _settle_quiet(moved: list[int], target: Customer) -> None:
    """The target has one quiet conversation per desk, too: what comes along joins it."""
    for quiet in Conversation.objects.filter(pk__in=moved, quiet=True):
        home = Conversation.objects.filter(customer=target, desk=quiet.desk_id, quiet=True).first()
        if home is not None:
            Message.objects.filter(conversation=quiet).update(conversation=home, customer=target)
            Conversation.objects.filter(pk=quiet.pk).update(quiet=False, merged_into=home)


def _cut_across(one: Customer, other: Customer) -> None:
    """A matter that was made part of another one stands by itself again once the two are not the same person's."""
    across = Q(customer=one, merged_into__customer=other) | Q(customer=other, merged_into__customer=one)
    for conversation in Conversation.objects.filter(across).select_related("merged_into"):
        home, conversation.merged_into = conversation.merged_into, None
        conversation.save(update_fields=["merged_into"])
        before = _before_it_was_joined(conversation)
        if before is not None and not conversation.quiet:
            status.restore(conversation, {**before, "main": before["main"] or conversation.main})
        for changed in (conversation, home):
            if changed is not None:
                derive.refresh(changed)


def _before_it_was_joined(conversation: Conversation) -> dict[str, Any] | None:
    """The state it had when it was made part of another matter (moving.merge, absorb.into); None if nobody wrote it down."""
    joined = Event.objects.filter(
        kind=Kind.CONVERSATION_MERGED, data__from=conversation.pk, undone=False
    ).order_by("-pk")
    event = joined.first()
    return event.data["before"]["gone"] if event is not None else None
