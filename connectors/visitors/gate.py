"""Who gets in: the channel, the website, the session; the same for the socket and for HTTP."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings

from connectors.visitors import origins
from connectors.visitors.settings import VisitorSettings
from inbox import registry
from inbox.contract import ContractError
from inbox.models import Channel
from inbox.models.channels import ChannelState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A channel that is open to visitors, with its settings."""

    channel: Channel
    settings: VisitorSettings


def open_channel(kind: str, public_id: str) -> Opened | None:
    """The channel a visitor asks for, or None if there is none that is open to visitors now."""
    if not registry.capabilities(kind).live:
        return None
    channel = Channel.objects.filter(kind=kind, public_id=public_id, state=ChannelState.ACTIVE).first()
    if channel is None:
        return None
    try:
        found = registry.build_settings(kind, channel.settings)
    except ContractError as error:
        log.warning("A chat is closed: %s", error.reason)
        return None
    return Opened(channel, found) if isinstance(found, VisitorSettings) else None


def lets_in(found: VisitorSettings, origin: str) -> bool:
    """Whether a page of this origin may show the channel's chat."""
    return origins.allowed(origin, found.origins, own=settings.PUBLIC_URL)
