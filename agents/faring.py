"""How a channel fares, at a glance: one word, a tone and a picture; what waits on it, what failed, and what a person should do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import registry
from inbox.contract import Status
from inbox.models import Channel, ChannelHealth, Delivery
from inbox.models.channels import URGENT_BEFORE, WARNED_BEFORE, ChannelState

FAILED_WITHIN = timedelta(days=7)
OK, WARN, LATE, PLAIN = "is-ok", "is-warn", "is-late", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faring:
    """`tone` is a class of chip.css, `icon` one of Lucide's. `todo` is "" while nobody needs to do anything.

    queued   messages that would go now if the channel let them       failed   within the last seven days
    held_until, expires_at   only while they mean something: a hold that is over is none
    """

    channel: Channel
    word: str
    tone: str
    icon: str
    todo: str = ""
    queued: int = 0
    failed: int = 0
    held_until: datetime | None = None
    expires_at: datetime | None = None
    expiry_tone: str = PLAIN


def of_all(channels: Iterable[Channel]) -> list[Faring]:
    """How these fare, with one query for all. The channels come with their health."""
    listed = list(channels)
    now = timezone.now()
    due = Q(status__in=(Status.QUEUED, Status.SENDING), not_before__lte=now)
    lost = Q(status__in=(Status.FAILED, Status.UNKNOWN), claimed_at__gte=now - FAILED_WITHIN)
    counted = (
        Delivery.objects.filter(due | lost, channel__in=listed)
        .values_list("channel")
        .annotate(queued=Count("pk", filter=due), failed=Count("pk", filter=lost))
    )
    numbers = {channel_id: (queued, failed) for channel_id, queued, failed in counted}
    return [_faring(channel, numbers.get(channel.pk, (0, 0)), now) for channel in listed]


def of(channel: Channel) -> Faring:
    """How this one fares."""
    return of_all([channel])[0]


def _faring(channel: Channel, numbers: tuple[int, int], now: datetime) -> Faring:
    health = getattr(channel, "health", None) or ChannelHealth(channel=channel)
    word, tone, icon = _glance(channel, health, now)
    held, ends = health.held_until, health.expires_at
    return Faring(
        channel=channel,
        word=word,
        tone=tone,
        icon=icon,
        todo=_todo(channel, ends, now),
        queued=numbers[0],
        failed=numbers[1],
        held_until=held if held and held > now else None,
        expires_at=ends,
        expiry_tone=_expiry_tone(ends, now),
    )


def _glance(channel: Channel, health: ChannelHealth, now: datetime) -> tuple[str, str, str]:
    """The worst that is true of it: its word, tone and picture."""
    ending = _expiry_tone(health.expires_at, now)
    successes = [at for at in (health.last_in_at, health.last_out_at) if at]
    trouble = health.last_error_at is not None and all(at < health.last_error_at for at in successes)
    said = (
        (channel.kind not in registry.kinds(), _("Folder missing"), LATE, "folder-x"),
        (channel.state == ChannelState.BROKEN, _("Broken"), LATE, "unplug"),
        (channel.state == ChannelState.PAUSED, _("Paused"), WARN, "circle-pause"),
        (ending == LATE, _("Access ends"), LATE, "key-round"),
        (health.check_ok is False, _("Check failed"), LATE, "triangle-alert"),
        (health.held_until is not None and health.held_until > now, _("On hold"), WARN, "hourglass"),
        (ending == WARN, _("Access ends"), WARN, "key-round"),
        (trouble, _("Had trouble"), WARN, "triangle-alert"),
        (not successes and health.checked_at is None, _("New"), PLAIN, "circle-dashed"),
    )
    return next(((w, tone, icon) for true, w, tone, icon in said if true), (_("Works"), OK, "circle-check"))


def _expiry_tone(ends: datetime | None, now: datetime) -> str:
    if ends is None or ends - now >= WARNED_BEFORE:
        return PLAIN
    return LATE if ends - now < URGENT_BEFORE else WARN


def _todo(channel: Channel, ends: datetime | None, now: datetime) -> str:
    if channel.state == ChannelState.BROKEN:
        reason = channel.state_reason or _("The provider refused its credentials.")
        return _("%(reason)s Put that right, then press “Reconnect” on its page.") % {"reason": reason}
    if not _expiry_tone(ends, now) or ends is None:
        return ""
    if ends <= now:
        return _("Its access has ended. Make a new one at the provider and save it on the channel's page.")
    days = (ends - now).days
    left = ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days} if days else _("today")
    when = {"date": formats.date_format(timezone.localtime(ends), "j F"), "left": left}
    return (
        _(
            "Access ends on %(date)s, %(left)s. Make a new one at the provider and save it on the channel's page."
        )
        % when
    )
