"""When the visitor has left: which unread answers go after them by mail, and when. The sending is inbox/actions/carry_unread.py."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from connectors.visitors import presence
from connectors.visitors.settings import VisitorSettings
from inbox import registry
from inbox.actions import carry_unread
from inbox.contract import ContractError
from inbox.models import Channel, Delivery, Identity

# A channel's setting is in minutes: nothing is due sooner.
SOONEST = timedelta(minutes=1)


def carry_on() -> int:
    """Send what is due now, one mail for each visitor; gives how many. Channels decide by their own settings."""
    waiting = carry_unread.unread(older_than=SOONEST, is_present=_is_present)
    return sum(carry_unread.carry(listed) is not None for listed in waiting if _is_due(listed))


def _is_present(_channel: Channel, identity: Identity) -> bool:
    return presence.online(identity)


def _is_due(listed: list[Delivery]) -> bool:
    """The oldest unread one has waited as long as its channel wants."""
    minutes = minutes_of(listed[0].channel)
    sent_at = min(delivery.sent_at or timezone.now() for delivery in listed)
    return minutes > 0 and sent_at <= timezone.now() - timedelta(minutes=minutes)


def minutes_of(channel: Channel) -> int:
    """After how many minutes; 0 for never, and for a channel whose settings cannot be read."""
    try:
        found = registry.build_settings(channel.kind, channel.settings)
    except ContractError:
        return 0
    return int(found.continuity_minutes) if isinstance(found, VisitorSettings) else 0
