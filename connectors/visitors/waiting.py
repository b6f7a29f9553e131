"""How long visitors really waited for an answer of late: what the widget may promise. Without enough figures it promises nothing."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from inbox.models import Channel, Message
from inbox.models.messages import Direction

DAYS = timedelta(days=14)
MOST = 2000
LEAST_ANSWERS = 5
KEPT_SECONDS = 600
# Three of four were answered within it.
SHARE = 0.75


def usual_minutes(channel: Channel) -> int | None:
    """Within how many minutes three of four waits ended in the last 14 days, rounded up; None with fewer than five waits."""
    key = f"visitors:wait:{channel.pk}"
    try:
        kept = cache.get(key)
        if kept is None:
            kept = measure(channel, timezone.now()) or 0
            cache.set(key, kept, KEPT_SECONDS)
    except (RedisError, OSError):
        # Measuring at every visit would be too much: nothing is promised while the cache is away.
        return None
    return kept or None


def measure(channel: Channel, now: datetime) -> int | None:
    """A wait begins with a visitor's message that nobody's question stands before, and ends with the next answer of a person."""
    recent = Message.objects.filter(channel=channel, received_at__gt=now - DAYS, historical=False).exclude(
        nature="spam"
    )
    rows = recent.order_by("-id").values_list("identity_id", "direction", "author_id", "received_at")[:MOST]
    since: dict[int | None, datetime] = {}
    waits: list[timedelta] = []
    for identity_id, direction, author_id, at in reversed(rows):
        if direction == Direction.INBOUND:
            since.setdefault(identity_id, at)
        elif author_id is not None and identity_id in since:
            waits.append(at - since.pop(identity_id))
    if len(waits) < LEAST_ANSWERS:
        return None
    usual = sorted(waits)[math.ceil(len(waits) * SHARE) - 1]
    return max(1, math.ceil(usual.total_seconds() / 60))
