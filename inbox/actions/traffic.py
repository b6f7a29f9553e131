"""What traffic leaves on a channel: the cursor of what was fetched, last in, refused requests, trouble. Settings: channels.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from inbox.contract import Health
from inbox.models import Channel, ChannelHealth


def move_cursor(*, channel_id: int, cursor: Mapping[str, Any]) -> None:
    """Everything up to `cursor` is stored. Call it in the transaction that stores it. Leaves changed_at as it is."""
    Channel.objects.filter(pk=channel_id).update(cursor=dict(cursor))


def came_in(*, channel_ids: Iterable[int], at: datetime) -> None:
    """Something came in on these channels."""
    for channel_id in sorted(set(channel_ids)):
        _note(channel_id, last_in_at=at)


def went_out(*, channel_id: int) -> None:
    """Something was sent on this channel."""
    _note(channel_id, last_out_at=timezone.now())


def rejected(*, channel_id: int, number: int, reason: str, at: datetime) -> None:
    """So many more requests could not be verified; reason and time are the last one's."""
    _note(
        channel_id, rejected_count=F("rejected_count") + number, rejected_reason=reason[:300], rejected_at=at
    )


def asked_templates(*, channel_id: int, at: datetime) -> None:
    """The provider's templates were asked for."""
    _note(channel_id, templates_at=at)


def hold(*, channel_id: int, wait: timedelta | None) -> None:
    """The provider takes nothing more on this channel for so long (a minute if it does not say)."""
    _note(channel_id, held_until=timezone.now() + (timedelta(minutes=1) if wait is None else wait))


def trouble(*, channel_id: int, reason: str) -> None:
    """Fetching or sending failed with this sentence."""
    _note(channel_id, last_error=reason[:500], last_error_at=timezone.now())


def checked(*, channel_id: int, health: Health) -> None:
    """The result of a connection check."""
    _note(
        channel_id,
        checked_at=timezone.now(),
        check_ok=health.ok,
        check_lines=list(health.lines),
        expires_at=health.expires_at,
    )


def _note(channel_id: int, **values: Any) -> None:
    """Nothing happens for a channel that is gone."""
    if (
        ChannelHealth.objects.filter(pk=channel_id).update(**values)
        or not Channel.objects.filter(pk=channel_id).exists()
    ):
        return
    ChannelHealth.objects.bulk_create([ChannelHealth(pk=channel_id)], ignore_conflicts=True)
    ChannelHealth.objects.filter(pk=channel_id).update(**values)
