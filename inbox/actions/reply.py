"""The agent answers, or writes first, or leaves a note. One transaction; the sending itself follows (deliver.py, sending.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import cards, queueing, registry
from inbox.actions import composing, conversations, drafts, identify, links, lock, record, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Changed, Refused
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import (
    Agent,
    Attachment,
    Conversation,
    Customer,
    Delivery,
    Desk,
    Mention,
    Message,
    Participant,
    Purpose,
)
from inbox.models.messages import Direction, ParticipantRole
from inbox.text import preview, storable, to_html


@transaction.atomic
def reply(
    *,
    agent: Agent,
    conversation_id: int,
    composition: Composition,
    client_key: str,
    resolve: bool = False,
    seen: int | None = None,
) -> Message:
    """Answer in a conversation. The same client_key of the same agent twice is one message.

    seen: highest message id the agent had on screen; if somebody wrote since, Changed is raised and nothing is sent.
    Raises Refused with a plain sentence when it cannot leave (channel paused, opted out, too long …), Gone.
    """
    conversation = lock.conversation(conversation_id)
    known = _already_written(agent, client_key)
    if known is not None:
        return known
    if seen is not None:
        _unchanged(conversation, agent, seen)
    write = _privately if composition.private else _write
    message = write(agent, conversation, composition, client_key)
    conversations.take(conversation, agent)
    status.after_reply(conversation, agent, resolve=resolve, batch=message.public_id)
    drafts.discard(agent=agent, conversation_id=conversation.pk, kind="reply")
    conversations.mark_read(agent=agent, conversation=conversation)
    return message


@transaction.atomic
def start(
    *, agent: Agent, customer_id: int, desk: Desk, composition: Composition, client_key: str, title: str = ""
) -> Message:
    """Write first: joins the customer's unresolved main conversation on this desk, or opens one."""
    customer = lock.customer(customer_id)
    known = _already_written(agent, client_key)
    if known is not None:
        return known
    conversation = conversations.unresolved_main(customer, desk) or conversations.open_main(
        customer=customer,
        desk=desk,
        actor=agent,
        team=composition.channel.team,
        title=title or composition.subject,
    )
    return reply(agent=agent, conversation_id=conversation.pk, composition=composition, client_key=client_key)


@transaction.atomic
def customer_at(*, address: Address) -> Customer:
    """The customer at an address, made if nobody has used it (the agent writes to somebody new)."""
    known = identify.resolve([address])[identify.key_of(address)]
    return Customer.objects.get(pk=known.customer_id)


@transaction.atomic
def note(
    *,
    agent: Agent,
    conversation_id: int,
    text: str,
    client_key: str,
    mentions: Iterable[Agent] = (),
    attachments: Sequence[str] = (),
) -> Message:
    """Leave a note only colleagues see. Mentioned agents who may not read the desk are left out. Raises Refused when empty."""
    conversation = lock.conversation(conversation_id)
    known = _already_written(agent, client_key)
    if known is not None:
        return known
    files = composing.uploads(agent, attachments)
    if not text.strip() and not files:
        raise Refused(_("The note is empty. Write something first."))
    message = _insert(conversation, agent, direction=Direction.NOTE, text=text, client_key=client_key)
    _take_files(files, message)
    Mention.objects.bulk_create(
        Mention(message=message, agent=mentioned)
        for mentioned in {item.pk: item for item in mentions}.values()
        if Desk.objects.readable_by(mentioned).filter(pk=conversation.desk_id).exists()
    )
    record.of_conversation(Kind.NOTE_ADDED, conversation, actor=agent, message_id=message.pk)
    drafts.discard(agent=agent, conversation_id=conversation.pk, kind="note")
    conversations.mark_read(agent=agent, conversation=conversation)
    return message


def _already_written(agent: Agent | None, client_key: str) -> Message | None:
    return Message.objects.filter(author=agent, client_key=client_key[:64]).first()


def _unchanged(conversation: Conversation, agent: Agent, seen: int) -> None:
    newer = Message.objects.filter(conversation=conversation, pk__gt=seen).exclude(author=agent)
    ids = list(
        newer.exclude(nature__in=["auto", "bulk", "spam"]).order_by("pk").values_list("pk", flat=True)[:20]
    )
    if ids:
        raise Changed(_("Somebody wrote here while you were typing. Read it, then send again."), ids)


def _privately(agent: Agent, public: Conversation, composition: Composition, client_key: str) -> Message:
    """The private answer to a public comment is part of their own thread, where their answer to it will come; the comment has been
    answered by it."""
    own = conversations.unresolved_main(public.customer, public.desk) or conversations.open_main(
        customer=public.customer, desk=public.desk, actor=agent, team=composition.channel.team
    )
    message = _write(agent, own, composition, client_key, answers=public)
    public.waiting_since = None
    public.save(update_fields=["waiting_since"])
    record.of_conversation(Kind.CONVERSATION_CHANGED, public, actor=agent)
    return message


def _write(
    agent: Agent,
    conversation: Conversation,
    composition: Composition,
    client_key: str,
    *,
    answers: Conversation | None = None,
) -> Message:
    """answers: the public thread that is answered, if the message itself stands elsewhere."""
    files = composing.uploads(agent, composition.attachments)
    subject = composing.subject_for(composition, conversation)
    composing.check(composition, answers or conversation, files, subject)
    message = _insert(
        conversation,
        agent,
        direction=Direction.OUTBOUND,
        text=composition.clean_text,
        client_key=client_key,
        subject=subject,
        composition=composition,
    )
    _take_files(files, message)
    _address(message, composition)
    send(message, composition.not_before)
    _show(conversation, message)
    record.of_conversation(Kind.MESSAGE_SENT, conversation, actor=agent, message_id=message.pk)
    return message


def _insert(
    conversation: Conversation,
    agent: Agent | None,
    *,
    direction: str,
    text: str,
    client_key: str,
    subject: str = "",
    nature: str = "person",
    composition: Composition | None = None,
) -> Message:
    now = timezone.now()
    return Message.objects.create(
        customer_id=conversation.customer_id,
        conversation=conversation,
        channel=composition.channel if composition else None,
        identity=composition.identity if composition else None,
        author=agent,
        direction=direction,
        nature=nature,
        subject=subject,
        text=storable(text).strip(),
        html=to_html(storable(text).strip()),
        client_key=client_key[:64],
        purpose=composition.purpose if composition else Purpose.SERVICE,
        in_reply_to_id=composition.in_reply_to if composition else None,
        private=composition.private if composition else False,
        choices=list(composition.choices) if composition else [],
        template=cards.use_to_json(composition.template) if composition and composition.template else None,
        occurred_at=now,
        received_at=now,
    )


def _take_files(files: Sequence[Attachment], message: Message) -> None:
    Attachment.objects.filter(pk__in=[item.pk for item in files]).update(message=message)


def _address(message: Message, composition: Composition) -> None:
    book = identify.resolve([*composition.cc, *composition.bcc])
    people = [(composition.identity.pk, ParticipantRole.TO)]
    people += [(book[identify.key_of(address)].id, ParticipantRole.CC) for address in composition.cc]
    people += [(book[identify.key_of(address)].id, ParticipantRole.BCC) for address in composition.bcc]
    Participant.objects.bulk_create(
        [
            Participant(message=message, identity_id=identity_id, role=role)
            for identity_id, role in dict.fromkeys(people)
        ]
    )


def send(message: Message, not_before: datetime | None = None) -> Delivery:
    """Put a written message into the outbox. It leaves after the channel's undo delay, or at `not_before` if that is later."""
    if message.channel is None or message.identity is None:
        raise ValueError("Only a message with a pair can be sent.")
    delay = registry.capabilities(message.channel.kind).undo_delay
    due = max(message.occurred_at + delay, not_before or message.occurred_at)
    delivery = Delivery.objects.create(
        message=message, channel=message.channel, identity=message.identity, status="queued", not_before=due
    )
    if not_before is None:
        queueing.after_commit("inbox.tasks.send_due", countdown=delay.total_seconds() + 0.05)
    return delivery


def _show(conversation: Conversation, message: Message) -> None:
    conversation.last_activity = max(conversation.last_activity, message.occurred_at)
    conversation.last_channel = message.channel
    names = ", ".join(message.attachments.values_list("name", flat=True)) if not message.text else ""
    conversation.preview = preview(links.shown(message.text) or names)
    conversation.preview_by = Direction.OUTBOUND
    conversation.waiting_since = None
    conversation.save(
        update_fields=["last_activity", "last_channel", "preview", "preview_by", "waiting_since"]
    )


@transaction.atomic
def automatic(*, conversation_id: int, composition: Composition, client_key: str) -> Message | None:
    """Send something no person wrote (unread chat carried over by mail). It settles no clock. None if it was sent before."""
    conversation = lock.conversation(conversation_id)
    if _already_sent_by_nobody(conversation, client_key):
        return None
    subject = composing.subject_for(composition, conversation)
    composing.check(composition, conversation, [], subject)
    message = _insert(
        conversation,
        None,
        direction=Direction.OUTBOUND,
        text=composition.clean_text,
        client_key=client_key,
        subject=subject,
        nature="auto",
        composition=composition,
    )
    _address(message, composition)
    send(message)
    record.of_conversation(Kind.MESSAGE_SENT, conversation, message_id=message.pk)
    return message


def _already_sent_by_nobody(conversation: Conversation, client_key: str) -> bool:
    return Message.objects.filter(conversation=conversation, author=None, client_key=client_key[:64]).exists()
