"""What an agent is about to send, and whether it may leave: the one check that composer, reply and start share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from inbox import permission, reach, registry
from inbox.actions import identify, links
from inbox.actions.errors import Refused
from inbox.contract import Address, File, OutboundMessage, TemplateStatus, TemplateUse
from inbox.models import Agent, Attachment, Channel, Conversation, Identity, Message, Purpose
from inbox.models.channels import ChannelState
from inbox.models.messages import Direction
from inbox.text import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """One message of an agent: the pair (our channel → their identity) and what it says.

    template: an approved text with its values, in place of `text`. private: to the author of a public comment alone. choices: buttons.
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
    template: TemplateUse | None = None
    private: bool = False
    choices: Sequence[str] = ()

    @property
    def clean_text(self) -> str:
        if self.template is not None:
            return storable(self.template.template.filled(self.template.values)).strip()
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
    if not reach.fits(channel, identity) or not _takes_part(identity, conversation):
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
    refusal = refusal or _out_of_reach(composition, conversation, channel, identity)
    refusal = refusal or _incomplete(composition.template, files)
    if refusal:
        raise Refused(refusal)


def _out_of_reach(
    composition: Composition, conversation: Conversation, channel: Channel, identity: Identity
) -> str:
    """Why the provider would not let it through now, or ""."""
    if composition.private and (not conversation.public or composition.in_reply_to is None):
        return _("Only a public comment can be answered privately. Choose the comment first.")
    if conversation.public and channel.pk == conversation.channel_id:
        return ""  # A public thread has no reply window.
    now = reach.of(channel, identity)
    if now.mode == reach.Mode.TEMPLATE and composition.template is not None:
        return ""
    return now.reason


def _incomplete(use: TemplateUse | None, files: Sequence[Attachment]) -> str:
    """What a template still lacks, or ""."""
    if use is None:
        return ""
    if use.template.status != TemplateStatus.APPROVED:
        return _("The provider has not approved this template. Choose another one.")
    missing = [name for name in use.template.variables if not use.values.get(name, "").strip()]
    if missing:
        return _("Fill in all places of the template: %(names)s.") % {"names": ", ".join(missing)}
    if bool(use.template.header_media) != bool(files):
        return (
            _("This template begins with a file (%(kind)s). Attach it.") % {"kind": use.template.header_media}
            if use.template.header_media
            else _("This template carries no files. Remove them.")
        )
    return ""


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
        template=composition.template,
        private=composition.private,
        choices=tuple(composition.choices),
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
