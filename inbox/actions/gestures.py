"""What an agent does to a message that is there already: react, edit, take back, hide, show. Asked for here, made at the provider's by
inbox/gesturing.py, and shown once the provider has taken it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import queueing, registry
from inbox.actions import links, lock, previewing, public, record
from inbox.actions.errors import Refused
from inbox.contract import Capabilities, GestureKind
from inbox.events import Kind
from inbox.models import Agent, Attachment, GestureOrder, Message, Original, Reaction
from inbox.models.pairs import GestureState
from inbox.text import storable, to_html

MAX_TRIES = 5


@transaction.atomic
def order(
    *, agent: Agent, message_id: int, kind: GestureKind, emoji: str = "", text: str = ""
) -> GestureOrder:
    """Ask for it. Raises Refused with one sentence if this channel cannot do that to this message (any more), Gone."""
    message = lock.message(message_id)
    refusal = refuses(message, kind, agent) or _lacks(kind, text)
    if refusal:
        raise Refused(refusal)
    # A later gesture of the same kind takes the place of one that has not been made.
    message.gestures.filter(kind=kind, agent=agent).exclude(state=GestureState.DONE).delete()
    made = GestureOrder.objects.create(
        message=message,
        agent=agent,
        kind=kind,
        emoji=storable(emoji)[:32],
        text=storable(text).strip(),
        not_before=timezone.now(),
    )
    queueing.after_commit("inbox.tasks.perform_gestures")
    record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, actor=agent, message_id=message.pk)
    return made


@transaction.atomic
def again(*, agent: Agent, message_id: int, order_id: int) -> GestureOrder:
    """Try once more what has failed, now as asked for by this agent. Raises Refused as `order` does, Gone."""
    message = lock.message(message_id)
    found = message.gestures.filter(pk=order_id, state=GestureState.FAILED).first()
    if found is None:
        raise Refused(_("This has been settled meanwhile."))
    found.delete()
    return order(
        agent=agent,
        message_id=message_id,
        kind=GestureKind(found.kind),
        emoji=found.emoji,
        text=found.text,
    )


@transaction.atomic
def let_be(*, message_id: int, order_id: int) -> None:
    """Nobody tries what has failed any more: its reason goes from the message. Raises Gone."""
    message = lock.message(message_id)
    message.gestures.filter(pk=order_id, state=GestureState.FAILED).delete()
    record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, message_id=message.pk)


def refuses(message: Message, kind: GestureKind, agent: Agent) -> str:
    """Why this cannot be done to this message now, as one sentence, or "" if it can."""
    if message.channel is None or message.deleted_at is not None or not message.external_id:
        return _("This cannot be done to this message.")
    can = registry.capabilities(message.channel.kind)
    if kind in (GestureKind.HIDE, GestureKind.SHOW):
        allowed = can.hides and message.conversation.public and message.is_inbound
        return "" if allowed else _("Only a public comment can be hidden.")
    if kind == GestureKind.REACT:
        return "" if can.own_reactions else _("This channel carries no reactions of ours.")
    return _refuses_change(message, kind, agent, can)


def _refuses_change(message: Message, kind: GestureKind, agent: Agent, can: Capabilities) -> str:
    """Editing and taking back: one's own message, on a channel that has it, for as long as the provider allows."""
    edits, in_public = kind == GestureKind.EDIT, message.conversation.public and not message.private
    usual, public_too = (
        (can.own_edits, can.own_public_edits) if edits else (can.own_deletes, can.own_public_deletes)
    )
    if not (usual or (in_public and public_too)):
        return _("This channel cannot change a message that has left.")
    if not message.is_outbound or message.author_id != agent.pk:
        return _("Only whoever wrote it can change it.")
    window = can.own_edit_window if edits else can.own_delete_window
    if window is not None and message.occurred_at + window < timezone.now():
        return _("It is too late: this channel allows that for a while only.")
    return ""


def _lacks(kind: GestureKind, text: str) -> str:
    return _("Write what it shall say.") if kind == GestureKind.EDIT and not text.strip() else ""


@transaction.atomic
def done(order_id: int) -> None:
    """The provider has taken it: the message shows it."""
    found = GestureOrder.objects.filter(pk=order_id).first()
    if found is None:
        return
    message = lock.message(found.message_id)
    GestureOrder.objects.filter(pk=order_id).update(state=GestureState.DONE, reason="")
    match found.kind:
        case GestureKind.REACT:
            _react(message, found)
        case GestureKind.EDIT:
            message.text, message.html = found.text, to_html(found.text)
            message.edited_at = timezone.now()
            message.save(update_fields=["text", "html", "edited_at"])
            previewing.follow(message, links.shown(message.text))
            record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, message_id=message.pk)
        case GestureKind.DELETE:
            take_back(message, at=timezone.now())
        case GestureKind.HIDE | GestureKind.SHOW:
            public.show_hidden(message, hidden=found.kind == GestureKind.HIDE, at=timezone.now())
            # The provider may have told of it already: then this alone says that nothing is on its way any more.
            record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, message_id=message.pk)


def _react(message: Message, found: GestureOrder) -> None:
    Reaction.objects.update_or_create(
        message=message,
        identity=None,
        agent=found.agent,
        defaults={"emoji": found.emoji, "at": timezone.now()},
    )
    record.of_conversation(Kind.REACTION_CHANGED, message.conversation, message_id=message.pk)


def take_back(message: Message, *, at: datetime) -> None:
    """The content goes, a tombstone stays. Call under the lock."""
    Message.objects.filter(pk=message.pk).update(
        text="", html="", subject="", notices=[], cards=[], edited_at=None, deleted_at=at
    )
    previewing.follow(message, "")
    Original.objects.filter(message=message).delete()
    Attachment.objects.filter(message=message).delete()
    record.of_conversation(Kind.MESSAGE_DELETED, message.conversation, message_id=message.pk)


@transaction.atomic
def failed(order_id: int, reason: str, *, again: timedelta | None = None) -> None:
    """It was not made: tried again after `again` until MAX_TRIES, else the reason is shown at the message."""
    found = GestureOrder.objects.filter(pk=order_id).first()
    if found is None:
        return
    message = lock.message(found.message_id)
    found.tries, found.reason = found.tries + 1, storable(reason)[:500]
    if again is not None and found.tries < MAX_TRIES:
        found.not_before = timezone.now() + again
    else:
        found.state = GestureState.FAILED
    found.save(update_fields=["tries", "reason", "state", "not_before"])
    record.of_conversation(Kind.MESSAGE_EDITED, message.conversation, message_id=message.pk)
