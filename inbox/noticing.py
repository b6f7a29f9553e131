"""Speaking with colleagues in a provider's own app: notices out, and what they do there carried out. For tasks, never inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from inbox import registry
from inbox.actions import channels, surfaces, traffic
from inbox.actions.errors import Gone, Refused
from inbox.contract import (
    Address,
    AgentActed,
    ChannelBroken,
    Connector,
    ContractError,
    Notice,
    TemporaryFailure,
)
from inbox.models import Agent, Channel, ColleagueAct, Conversation, Message
from inbox.text import preview

log = logging.getLogger(__name__)

_SALT = "inbox.notice"


def make_subject(conversation_id: int) -> str:
    """What a notice is about, signed: whoever finds it learns nothing, and nobody else can make one."""
    return signing.dumps(conversation_id, salt=_SALT)


def read_subject(subject: str) -> int | None:
    """The conversation's id, or None if we did not make it."""
    try:
        found = signing.loads(subject, salt=_SALT)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None


def notify_team(message_ids: Iterable[int]) -> None:
    """Tell the team of those who have begun to wait, on every channel of their desk that has a place for that."""
    found = Message.objects.filter(pk__in=list(message_ids), conversation__waiting_since__isnull=False)
    for message in found.select_related("conversation__assignee", "customer", "channel").order_by("pk"):
        kinds = [kind for kind, known in registry.kinds().items() if known.capabilities.notices]
        for channel in Channel.objects.sending().filter(kind__in=kinds, desk=message.conversation.desk_id):
            _tell(channel, _notice(message))


def _notice(message: Message) -> Notice:
    conversation = message.conversation
    label = registry.connector_class(message.channel.kind).label if message.channel else ""
    title = _("%(customer)s waits (%(channel)s)") % {"customer": message.customer, "channel": label}
    return Notice(
        key=f"waiting-{message.pk}",
        subject=make_subject(conversation.pk),
        title=title,
        text=preview(message.text or message.subject, limit=300),
        url=f"{settings.PUBLIC_URL}/conversations/{conversation.pk}/",
        acts=surfaces.acts(),
    )


def _tell(channel: Channel, notice: Notice) -> None:
    """A notice is a courtesy: the queue shows the same. Its trouble is noted at the channel."""
    try:
        connector = registry.connector_for(channel)
        if connector.notifies:
            connector.notify(notice)
    except ChannelBroken as error:
        channels.stop_broken(channel_id=channel.pk, reason=error.reason)
    except ContractError as error:
        traffic.trouble(channel_id=channel.pk, reason=error.reason)


def carry_out(act_id: int) -> None:
    """Find out who it was and what it is about, do it as that agent, and tell them. What fails for now is tried again by the task."""
    act = ColleagueAct.objects.select_related("channel").filter(pk=act_id, done_at=None).first()
    if act is None:
        return
    try:
        connector = registry.connector_for(act.channel)
        line = _do(connector, act)
        if line:
            _answer(connector, act, line)
        surfaces.close(act_id, line)
    except TemporaryFailure:
        if surfaces.again(act_id):
            raise
        surfaces.close(act_id, "The provider could not be reached.")
    except ContractError as error:
        traffic.trouble(channel_id=act.channel.pk, reason=error.reason)
        surfaces.close(act_id, error.reason)


def _do(connector: Connector, act: ColleagueAct) -> str:
    """The line for the colleague; "" if it is nothing to us or a form was opened. Raises what the connector raises."""
    conversation_id = read_subject(act.subject or connector.subject_of(act.notice))
    if conversation_id is None:
        return ""
    who = Address(space=connector.space, value=act.who)
    agent = Agent.objects.filter(is_active=True, email__iexact=connector.email_of(who) or "-").first()
    if agent is None:
        return _("You have no account here with your mail address. Ask an admin.")
    conversation = Conversation.objects.visible_to(agent).filter(pk=conversation_id).first()
    if conversation is None:
        return _("This matter is not here, or not for you.")
    try:
        if act.form_handle and not act.text and act.act in ("reply", "note"):
            connector.open_form(_event(act, who), title=str(conversation.customer), text=conversation.preview)
            return ""
        return surfaces.carry_out(agent=agent, conversation=conversation, act=act)
    except (Refused, Gone) as error:
        return str(error)


def _event(act: ColleagueAct, who: Address) -> AgentActed:
    return AgentActed(
        event_key=act.event_key,
        who=who,
        act=act.act,
        subject=act.subject,
        notice=act.notice,
        answer_url=act.answer_url,
        form_handle=act.form_handle,
    )


def _answer(connector: Connector, act: ColleagueAct, line: str) -> None:
    try:
        if act.answer_url:
            connector.tell(act.answer_url, line)
    except ContractError as error:
        log.info("A colleague could not be told on channel %s: %s", act.channel.pk, error)
