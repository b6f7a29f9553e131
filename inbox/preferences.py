"""When a customer wants to hear from us, in their own time. Reads only; set by inbox/actions/customers.py."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, time

from inbox.models import Customer


def local_time(customer: Customer, now: datetime) -> time | None:
    """What time it is where they are; None if we do not know where that is."""
    try:
        zone = zoneinfo.ZoneInfo(customer.time_zone) if customer.time_zone else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
    return now.astimezone(zone).time() if zone else None


def outside_hours(customer: Customer, now: datetime) -> bool:
    """Whether `now` (aware) is outside the hours they prefer. False while we do not know the hours or their zone.

    The hours may reach over midnight; those that begin and end at the same time are the whole day.
    """
    local, start, end = local_time(customer, now), customer.preferred_from, customer.preferred_until
    if local is None or start is None or end is None or start == end:
        return False
    inside = start <= local < end if start < end else local >= start or local < end
    return not inside
