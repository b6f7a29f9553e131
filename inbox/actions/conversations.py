"""Conversations as such: opening one, who looks after it, tags, priority, title, what has been read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import live, queueing, registry
from inbox.actions import lock, record
from inbox.actions.errors import Refused
from inbox.events import Kind
from inbox.models import Agent, Conversation, ConversationTag, Customer, Desk, ReadMark, Tag, Team
from inbox.models.conversations import UNRESOLVED, Priority
from inbox.text import storable


def unresolved_main(customer: Customer, desk: Desk) -> Conversation | None:
    """The one unresolved main conversation of this customer and desk, if there is one."""
    return Conversation.objects.filter(UNRESOLVED, customer=customer, desk=desk, main=True).first()


def open_main(
    *, customer: Customer, desk: Desk, actor: Agent, team: Team | None = None, title: str = ""
) -> Conversation:
    """Open the main conversation. Call under the customer's lock, after unresolved_main gave none."""
    now = timezone.now()
    conversation = Conversation.objects.create(
        customer=customer,
        desk=desk,
        team=team,
        assignee=actor,
        title=storable(title)[:200],
        opened_at=now,
        last_activity=now,
    )
    record.of_conversation(Kind.CONVERSATION_OPENED, conversation, actor=actor, data={"how": "agent"})
    return conversation


def take(conversation: Conversation, agent: Agent) -> None:
    """Who answers an unassigned conversation takes it on, if they can open it: shop staff cannot. Call under the lock."""
    if conversation.assignee_id is None and not agent.is_store:
        _assign(conversation, agent, assignee=agent, team=conversation.team, batch="")


@transaction.atomic
def assign(
    *,
    agent: Agent,
    conversation_ids: Iterable[int],
    assignee: Agent | None,
    team: Team | None,
    batch: str = "",
) -> int:
    """Give conversations to a colleague and a team (None takes it away). Gives how many changed.

    Raises Refused if the colleague may not read the desk: they could not open what they are given.
    """
    changed = 0
    for conversation in lock.conversations(conversation_ids):
        if (
            assignee is not None
            and not Desk.objects.readable_by(assignee).filter(pk=conversation.desk_id).exists()
        ):
            raise Refused(
                _("%(name)s may not read the desk “%(desk)s”. Choose somebody else.")
                % {"name": assignee.name, "desk": conversation.desk.name}
            )
        if team is not None and team.desk_id != conversation.desk_id:
            raise Refused(_("The team “%(team)s” works for another desk.") % {"team": team.name})
        changed += _assign(conversation, agent, assignee=assignee, team=team, batch=batch)
    return changed


def _assign(
    conversation: Conversation, actor: Agent, *, assignee: Agent | None, team: Team | None, batch: str
) -> bool:
    before = {"assignee": conversation.assignee_id, "team": conversation.team_id}
    after = {"assignee": assignee.pk if assignee else None, "team": team.pk if team else None}
    if before == after:
        return False
    conversation.assignee, conversation.team = assignee, team
    conversation.save(update_fields=["assignee", "team"])
    record.of_conversation(
        Kind.ASSIGNED, conversation, actor=actor, data={"before": before, "after": after}, batch=batch
    )
    return True


@transaction.atomic
def tag(
    *,
    agent: Agent,
    conversation_ids: Iterable[int],
    add: Iterable[Tag] = (),
    remove: Iterable[Tag] = (),
    batch: str = "",
) -> int:
    """Put tags on conversations and take others off. Gives how many conversations changed."""
    adding, removing = {item.pk for item in add}, {item.pk for item in remove}
    changed = 0
    for conversation in lock.conversations(conversation_ids):
        has = set(ConversationTag.objects.filter(conversation=conversation).values_list("tag_id", flat=True))
        new, gone = sorted(adding - has), sorted(removing & has)
        if not new and not gone:
            continue
        ConversationTag.objects.bulk_create(
            [ConversationTag(conversation=conversation, tag_id=pk) for pk in new]
        )
        ConversationTag.objects.filter(conversation=conversation, tag_id__in=gone).delete()
        data = {"added": new, "removed": gone}
        record.of_conversation(Kind.TAGS_CHANGED, conversation, actor=agent, data=data, batch=batch)
        changed += 1
    return changed


def tag_named(name: str) -> Tag:
    """The tag with this name, made if it is new. Raises Refused for an empty name."""
    clean = " ".join(storable(name).split())[:60]
    if not clean:
        raise Refused(_("A tag needs a name."))
    found = Tag.objects.filter(name__iexact=clean).first()
    return found or Tag.objects.get_or_create(name=clean)[0]


@transaction.atomic
def prioritise(*, agent: Agent, conversation_ids: Iterable[int], priority: int, batch: str = "") -> int:
    """Set the priority. Gives how many changed. Raises Refused for an unknown one."""
    if priority not in Priority.values:
        raise Refused(_("There is no such priority."))
    changed = 0
    for conversation in lock.conversations(conversation_ids):
        if conversation.priority == priority:
            continue
        data = {"before": conversation.priority, "after": priority}
        conversation.priority = priority
        conversation.save(update_fields=["priority"])
        record.of_conversation(Kind.PRIORITY_CHANGED, conversation, actor=agent, data=data, batch=batch)
        changed += 1
    return changed


@transaction.atomic
def describe(
    *,
    agent: Agent,
    conversation_id: int,
    title: str | None = None,
    next_step: str | None = None,
    promised_at: datetime | None = None,
) -> Conversation:
    """Name a matter, and say what comes next and until when it is promised. None leaves a text as it is."""
    conversation = lock.conversation(conversation_id)
    if title is not None:
        conversation.title = " ".join(storable(title).split())[:200]
    if next_step is not None:
        conversation.next_step = " ".join(storable(next_step).split())[:300]
        conversation.promised_at = promised_at
    conversation.save(update_fields=["title", "next_step", "promised_at"])
    record.of_conversation(Kind.CONVERSATION_CHANGED, conversation, actor=agent)
    return conversation


def mark_read(*, agent: Agent, conversation: Conversation, up_to: int | None = None) -> None:
    """The agent has read the conversation up to this message (default: everything). Never goes back by itself."""
    top = up_to or max(
        conversation.messages.order_by("-pk").values_list("pk", flat=True).first() or 0,
        conversation.last_inbound_id or 0,
    )
    mark, made = ReadMark.objects.get_or_create(
        agent=agent, conversation=conversation, defaults={"message_id": top}
    )
    changed = made
    if not made and mark.message_id < top:
        changed = bool(ReadMark.objects.filter(pk=mark.pk, message_id__lt=top).update(message_id=top))
    if changed:
        live.read(conversation.customer_id, agent_id=agent.pk, conversation_id=conversation.pk)
        if conversation.last_channel and registry.capabilities(conversation.last_channel.kind).marks_read:
            queueing.after_commit("inbox.tasks.tell_read", conversation.pk)


def mark_unread(*, agent: Agent, conversation: Conversation) -> None:
    """Make the last inbound count as unread again, for this agent only."""
    last = conversation.last_inbound_id or 0
    ReadMark.objects.update_or_create(
        agent=agent, conversation=conversation, defaults={"message_id": max(last - 1, 0)}
    )
