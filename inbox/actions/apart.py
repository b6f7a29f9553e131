"""What leaves outside the thread: codes and links that somebody asked for themselves. No agent ever reads it."""

from __future__ import annotations

from django.db.models import QuerySet

from inbox import permission, registry
from inbox.actions import identify
from inbox.contract import Address, Nature, OutboundMessage
from inbox.models import Channel, Purpose
from inbox.models.channels import ChannelState


def possible(*, desk_id: int) -> bool:
    """Whether this desk can send such a message to anybody at all."""
    return _carriers(desk_id).exists()


def carrier(address: Address, *, desk_id: int) -> Channel | None:
    """The channel of this desk that can bring something to the address, or None."""
    return _carriers(desk_id, address.space).order_by("pk").first()


def _carriers(desk_id: int, space: str = "") -> QuerySet[Channel]:
    kinds = [
        kind
        for kind, connector in registry.kinds().items()
        if connector.capabilities.can_start and space in ("", connector.space)
    ]
    return Channel.objects.filter(kind__in=kinds, desk=desk_id, state=ChannelState.ACTIVE)


def brand(channel: Channel) -> str:
    """Who we are to whoever reads it."""
    return channel.brand or channel.name


def send(*, to: Address, channel: Channel, key: str, subject: str, text: str) -> bool:
    """Send one such message. False if its address takes nothing from us: after a STOP not even what somebody asked for, since
    whoever asks may be somebody else than whoever said it. Raises contract errors.
    """
    known = identify.find(to)
    if known is not None and permission.refusal([], Purpose.SERVICE, main=known.id):
        return False
    connector = registry.connector_for(channel)
    message = OutboundMessage(
        key=key,
        public_id=key,
        to=to,
        text=text,
        subject=subject if connector.capabilities.subject else "",
        reference_id=connector.reference_for(key),
        nature=Nature.AUTO,
    )
    connector.send(message)
    return True
