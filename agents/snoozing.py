"""The moments a snooze is usually until, in the agent's own time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MORNING = time(9)
EVENING = time(18)
SATURDAY = 5


def presets(zone: ZoneInfo, now: datetime) -> list[tuple[str, str | Promise, datetime]]:
    """(name, label, moment): later today, this evening while it is before, tomorrow, after the weekend, in a week."""
    here = now.astimezone(zone)

    def on(days: int, at: time) -> datetime:
        return datetime.combine(here.date() + timedelta(days=days), at, zone)

    until_monday = 7 - here.weekday()
    found: list[tuple[str, str | Promise, datetime]] = [
        ("hours", _("In three hours"), now + timedelta(hours=3))
    ]
    if here.time() < time(16):
        found.append(("evening", _("This evening"), on(0, EVENING)))
    found.append(("tomorrow", _("Tomorrow morning"), on(1, MORNING)))
    if here.weekday() < SATURDAY:
        found.append(("monday", _("Monday morning"), on(until_monday, MORNING)))
    found.append(("week", _("In a week"), on(7, MORNING)))
    return found
