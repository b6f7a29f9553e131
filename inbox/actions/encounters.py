"""What was met by hand: a visit, a call, a letter or a fax noted as an entry of the thread, with what follows from it.

It joins a matter as anything that comes in does (joining.py), on the desk of its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import registry
from inbox.actions import composing, conversations, derive, meeting, record, reply, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused, Taken
from inbox.actions.joining import How
from inbox.actions.meeting import NewPerson, Target, line
from inbox.events import Kind
from inbox.models import (
    Agent,
    Attachment,
    Channel,
    Conversation,
    Desk,
    Encounter,
    Identity,
    Message,
    Place,
)
from inbox.models.messages import Direction
from inbox.models.story import ByHand
from inbox.text import storable

__all__ = ["FollowUp", "NewPerson", "Noted", "Taken", "note_encounter"]

LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What somebody of us notes.

    subject      what it was about, in a word or two; the title of a matter that it opens
    outbound     we went, called or wrote to them
    done         dealt with: no clock starts, nobody finds it unread, and a matter that it opened is resolved. Else it waits
    occurred_at  aware; never later than now, which is also the default
    files        public ids of the agent's own uploads
    """

    kind: str
    subject: str = ""
    text: str = ""
    outcome: str = ""
    seconds: int | None = None
    outbound: bool = False
    done: bool = True
    occurred_at: datetime | None = None
    place: Place | None = None
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What they get on another channel. identity None: the address of this channel's space that the new person just gave."""

    channel: Channel
    identity: Identity | None
    text: str


def note_encounter(
    *,
    agent: Agent,
    who: int | NewPerson,
    noted: Noted,
    client_key: str,
    desk: Desk | None = None,
    conversation_id: int | None = None,
    follow_up: FollowUp | None = None,
) -> Message:
    """Note a visit, call, letter or fax with a customer (their id) or a new person. The same client_key of the same agent
    twice is one entry. It belongs to `conversation_id`, else to the matter that joining.py finds on the place's desk or `desk`.

    All or nothing: a follow-up that cannot leave leaves no entry behind. Raises Refused, Taken, Gone.
    """
    desk = desk or (noted.place.desk if noted.place else None)
    target = Target(agent=agent, who=who, desk=desk, conversation_id=conversation_id)
    try:
        with transaction.atomic():
            return _already_noted(agent, client_key) or _note(target, noted, client_key, follow_up)
    except IntegrityError:
        # The same form was sent twice at one moment, with a new person whom no lock could guard.
        known = _already_noted(agent, client_key)
        if known is None:
            raise
        return known


def _already_noted(agent: Agent, client_key: str) -> Message | None:
    return Message.objects.filter(author=agent, client_key=client_key[:64]).first()


def _note(target: Target, noted: Noted, client_key: str, follow_up: FollowUp | None) -> Message:
    _check(noted)
    agent = target.agent
    customer = meeting.customer(target)
    known = _already_noted(agent, client_key)  # now under the lock
    if known is not None:
        # The other tap was faster; a new person whom this one has just made goes again.
        transaction.set_rollback(True)
        return known
    files = composing.uploads(agent, noted.files)
    conversation, how = meeting.join(customer, target, title=line(noted.subject, 200), at=_moment(noted))
    message = _insert(conversation, agent, noted, client_key, guessed=how == How.GUESSED)
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message=message)
    if not noted.done:
        status.after_reply(conversation, agent, resolve=False)
    derive.refresh(conversation)
    kind = Kind.MESSAGE_SENT if noted.outbound else Kind.MESSAGE_RECEIVED
    data = {"nature": message.nature}
    record.of_conversation(kind, conversation, actor=agent, message_id=message.pk, data=data)
    over = noted.done and how == How.NEW
    if follow_up is not None:
        _follow(conversation, agent, follow_up, key=f"{client_key[:60]}-f", resolve=over)
    elif over:
        status.resolve(agent=agent, conversation_ids=[conversation.pk])
    conversations.mark_read(agent=agent, conversation=conversation)
    return message


def _check(noted: Noted) -> None:
    if noted.kind not in ByHand.values:
        raise Refused(_("Choose what it was: a visit, a call, a letter or a fax."))
    if not (noted.text.strip() or noted.subject.strip() or noted.files):
        raise Refused(_("Say in a word what it was about."))
    if noted.place is not None and noted.place.closed:
        raise Refused(_("“%(place)s” is closed. Choose another place.") % {"place": noted.place.name})
    if noted.seconds is not None and not 0 <= noted.seconds <= LONGEST.total_seconds():
        raise Refused(_("It cannot have taken longer than a day."))


def _insert(
    conversation: Conversation, agent: Agent, noted: Noted, client_key: str, *, guessed: bool
) -> Message:
    message = Message.objects.create(
        customer_id=conversation.customer_id,
        conversation=conversation,
        author=agent,
        direction=Direction.OUTBOUND if noted.outbound else Direction.INBOUND,
        kind=noted.kind,
        subject=line(noted.subject, 500),
        text=storable(noted.text).strip(),
        client_key=client_key[:64],
        guessed=guessed,
        # Dealt with is past: unread marks, clocks and derive.py leave it alone, now and when it is moved.
        historical=noted.done,
        occurred_at=_moment(noted),
        received_at=timezone.now(),
    )
    Encounter.objects.create(
        message=message,
        place=noted.place,
        outcome=line(noted.outcome, 300),
        seconds=noted.seconds,
        outbound=noted.outbound,
    )
    return message


def _moment(noted: Noted) -> datetime:
    now = timezone.now()
    return min(noted.occurred_at or now, now)


def _follow(
    conversation: Conversation, agent: Agent, follow_up: FollowUp, *, key: str, resolve: bool
) -> None:
    """Write to them on the channel they chose, in the same matter. Raises Refused if it cannot leave."""
    identity = follow_up.identity
    if identity is None:
        space = registry.connector_class(follow_up.channel.kind).space
        identity = Identity.objects.filter(customer=conversation.customer_id, space=space).first()
    if identity is None:
        raise Refused(
            _("There is no address that this channel could write to. Ask for one, or choose another.")
        )
    composition = Composition(channel=follow_up.channel, identity=identity, text=follow_up.text)
    reply.reply(
        agent=agent, conversation_id=conversation.pk, composition=composition, client_key=key, resolve=resolve
    )
