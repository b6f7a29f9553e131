"""Colleagues in a provider's own app: what they did there is kept, carried out as the agent they are, and answered. Asking the provider who
they are, and telling them, is inbox/noticing.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import queueing, registry
from inbox.actions import conversations, reply, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import AgentActed
from inbox.models import Agent, Channel, ColleagueAct, Conversation, Message
from inbox.models.messages import Direction
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving


def acts() -> tuple[tuple[str, str], ...]:
    """What can be done from a notice: name and label of each button."""
    return (
        ("assign", _("Take it")),
        ("snooze", _("Snooze")),
        ("resolve", _("Resolve")),
        ("reply", _("Answer…")),
        ("note", _("Note…")),
    )


def announce(stored: Sequence[Arriving]) -> None:
    """Colleagues elsewhere hear of those who begin to wait, after the commit; no query for what waits already."""
    beginning = [item for item in stored if item.begins_to_wait]
    if not beginning:
        return
    kinds = [kind for kind, connector in registry.kinds().items() if connector.capabilities.notices]
    desks = {item.channel.desk_id for item in beginning}
    if kinds and Channel.objects.sending().filter(kind__in=kinds, desk__in=desks).exists():
        queueing.after_commit("inbox.tasks.notify_team", [item.id for item in beginning])


def keep(*, channel: Channel, event: AgentActed, at: datetime) -> None:
    """Note what a colleague did, once; it is carried out after the commit, since that asks the provider who they are."""
    act, made = ColleagueAct.objects.get_or_create(
        channel=channel,
        event_key=storable(event.event_key)[:512],
        defaults={
            "who": storable(event.who.value)[:320],
            "act": storable(event.act)[:20],
            "subject": storable(event.subject)[:200],
            "notice": storable(event.notice)[:200],
            "text": storable(event.text),
            "answer_url": storable(event.answer_url)[:500],
            "form_handle": storable(event.form_handle)[:500],
            "at": at,
        },
    )
    if made:
        queueing.after_commit("inbox.tasks.carry_out_act", act.pk)


def carry_out(*, agent: Agent, conversation: Conversation, act: ColleagueAct) -> str:
    """Do it as this agent, who may read the conversation; gives the line they are told. Raises Refused with a sentence."""
    ids = [conversation.pk]
    match act.act:
        case "assign":
            conversations.assign(agent=agent, conversation_ids=ids, assignee=agent, team=conversation.team)
            return _("It is yours now.")
        case "snooze":
            status.snooze(agent=agent, conversation_ids=ids, until=None)
            return _("Snoozed until they write.")
        case "resolve":
            status.resolve(agent=agent, conversation_ids=ids)
            return _("Resolved.")
        case "note":
            reply.note(
                agent=agent, conversation_id=conversation.pk, text=act.text, client_key=f"act-{act.pk}"
            )
            return _("Your note is in the thread. The customer does not see it.")
        case "reply":
            return _answer(agent, conversation, act)
    raise Refused(_("This button is not known here any more."))


def _answer(agent: Agent, conversation: Conversation, act: ColleagueAct) -> str:
    """Over the pair of the message it answers: their last one."""
    last = (
        Message.objects.filter(conversation=conversation, direction=Direction.INBOUND)
        .exclude(channel=None)
        .exclude(identity=None)
        .select_related("channel", "identity")
        .order_by("-occurred_at", "-pk")
        .first()
    )
    if last is None or last.channel is None or last.identity is None:
        raise Refused(_("There is no message to answer. Write from the thread instead."))
    composition = Composition(channel=last.channel, identity=last.identity, text=act.text)
    reply.reply(
        agent=agent, conversation_id=conversation.pk, composition=composition, client_key=f"act-{act.pk}"
    )
    kind = registry.connector_class(last.channel.kind).label
    return _("Your answer goes to the customer by %(kind)s.") % {"kind": kind}


@transaction.atomic
def close(act_id: int, outcome: str) -> None:
    """It has been carried out, or refused, with this line."""
    ColleagueAct.objects.filter(pk=act_id).update(
        done_at=timezone.now(), outcome=storable(outcome)[:300], text="", form_handle="", answer_url=""
    )


def waiting() -> list[int]:
    """Kept for a minute and not carried out: their task was lost."""
    late = ColleagueAct.objects.filter(done_at=None, at__lt=timezone.now() - timedelta(minutes=1))
    return list(late.order_by("pk").values_list("pk", flat=True)[:100])


def again(act_id: int) -> bool:
    """It could not be done for now: counted. False once it has been tried often enough."""
    act = ColleagueAct.objects.get(pk=act_id)
    act.tries += 1
    act.save(update_fields=["tries"])
    return act.tries < 3
