"""What an agent is about to send, and whether it may leave: the one check that composer, reply and start share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from inbox import permission, registry
from inbox.actions import identify, links
from inbox.actions.errors import Refused
from inbox.contract import Address, File, OutboundMessage
from inbox.models import Agent, Attachment, Channel, Conversation, Identity, Message, Purpose
from inbox.models.channels import ChannelState
from inbox.models.messages import Direction
from inbox.text import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """One message of an agent: the pair (our channel → their identity) and what it says.

    purpose: what it is for; the address must allow that. attachments: public ids of uploads of this agent. not_before: send later (aware time), else at once after the undo delay.
    """

    channel: Channel
    identity: Identity
    text: str
    subject: str = ""
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    attachments: Sequence[str] = field(default_factory=tuple)
    in_reply_to: int | None = None
    purpose: str = Purpose.SERVICE
    not_before: datetime | None = None

    @property
    def clean_text(self) -> str:
        return storable(self.text).strip()


def uploads(agent: Agent, public_ids: Sequence[str]) -> list[Attachment]:
    """The agent's own loose uploads, in the order asked for. Raises Refused if one is missing."""
    found = {
        item.public_id: item
        for item in Attachment.objects.filter(public_id__in=public_ids, message=None, uploaded_by=agent)
    }
    if missing := [public_id for public_id in public_ids if public_id not in found]:
        raise Refused(_("%(count)d attached files are gone. Attach them again.") % {"count": len(missing)})
    return [found[public_id] for public_id in public_ids]


def check(
    composition: Composition, conversation: Conversation, files: Sequence[Attachment], subject: str
) -> None:
    """Raise Refused with a plain sentence unless this can leave now. Nothing is written.

    Channel and address are read anew: a STOP or a pause counts from the moment it is stored.
    """
    channel = Channel.objects.get(pk=composition.channel.pk)
    identity = Identity.objects.get(pk=composition.identity.pk)
    if channel.state != ChannelState.ACTIVE:
        reason = channel.state_reason or _("It is paused.")
        raise Refused(
            _("“%(channel)s” cannot send now. %(reason)s") % {"channel": channel.name, "reason": reason}
        )
    if channel.desk_id != conversation.desk_id:
        raise Refused(_("This channel belongs to another desk. Choose one of this conversation's desk."))
    if identity.space != registry.connector_class(channel.kind).space or not _takes_part(
        identity, conversation
    ):
        raise Refused(
            _("This address does not fit the channel, or is not part of this conversation. Choose another.")
        )
    refusal = _unwanted(composition, identity) or links.refusal(
        text=composition.text,
        channel=channel,
        identity=identity,
        others=bool(composition.cc or composition.bcc),
    )
    refusal = refusal or registry.capabilities(channel.kind).refuse(_as_sent(composition, files, subject))
    if refusal:
        raise Refused(refusal)


def _unwanted(composition: Composition, identity: Identity) -> str:
    """Why one of those it would go to does not want it, or "". An address nobody knows yet has said neither yes nor no."""
    keys = {identify.key_of(address) for address in (*composition.cc, *composition.bcc)}
    known = identify.read(keys)
    if composition.purpose in permission.NEED_A_YES and len(known) < len(keys):
        return _("Not everybody among the recipients has allowed this. Leave the copies out.")
    return permission.refusal((person.id for person in known.values()), composition.purpose, main=identity.pk)


def _takes_part(identity: Identity, conversation: Conversation) -> bool:
    if identity.customer_id == conversation.customer_id:
        return True
    return identity.participations.filter(message__conversation=conversation).exists()


def _as_sent(composition: Composition, files: Sequence[Attachment], subject: str) -> OutboundMessage:
    return OutboundMessage(
        key="",
        public_id="",
        to=Address(space=composition.identity.space, value=composition.identity.value),
        text=composition.clean_text,
        subject=subject,
        cc=tuple(composition.cc),
        bcc=tuple(composition.bcc),
        files=tuple(File(name=item.name, content_type=item.content_type, size=item.size) for item in files),
    )


def subject_for(composition: Composition, conversation: Conversation) -> str:
    """The subject as given, or on channels that have one "Re: " and the last subject of the conversation."""
    given = " ".join(storable(composition.subject).split())[:500]
    if given or not registry.capabilities(composition.channel.kind).subject:
        return given
    last = (
        Message.objects.filter(
            conversation=conversation, direction__in=[Direction.INBOUND, Direction.OUTBOUND]
        )
        .exclude(subject="")
        .order_by("-occurred_at", "-id")
        .values_list("subject", flat=True)
        .first()
    )
    if not last:
        return conversation.title or _("Your message to %(brand)s") % {
            "brand": composition.channel.brand or composition.channel.name
        }
    return last if last.lower().startswith(("re:", "aw:", "sv:", "antw:")) else f"Re: {last}"[:500]
