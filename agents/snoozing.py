"""The moments a snooze is usually until, and those a message usually goes out at, in the agent's own time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MORNING = time(9)
EVENING = time(18)
SATURDAY, SUNDAY = 5, 6

Moments = list[tuple[str, str | Promise, datetime]]


def sending(zone: ZoneInfo, now: datetime) -> Moments:
    """(name, label, moment) of "send later": in an hour, this evening while it is before, tomorrow, on Monday. The labels
    hold however long the page has been open."""
    here = now.astimezone(zone)
    found: Moments = [("hour", _("In an hour"), now + timedelta(hours=1))]
    if here.time() < EVENING:
        found.append(("evening", _("This evening at 18:00"), _on(here, 0, EVENING)))
    found.append(("tomorrow", _("Tomorrow at 9:00"), _on(here, 1, MORNING)))
    if here.weekday() != SUNDAY:
        found.append(("monday", _("Monday at 9:00"), _on(here, 7 - here.weekday(), MORNING)))
    return found


def presets(zone: ZoneInfo, now: datetime) -> Moments:
    """(name, label, moment): later today, this evening while it is before, tomorrow, after the weekend, in a week."""
    here = now.astimezone(zone)
    found: Moments = [("hours", _("In three hours"), now + timedelta(hours=3))]
    if here.time() < time(16):
        found.append(("evening", _("This evening"), _on(here, 0, EVENING)))
    found.append(("tomorrow", _("Tomorrow morning"), _on(here, 1, MORNING)))
    if here.weekday() < SATURDAY:
        found.append(("monday", _("Monday morning"), _on(here, 7 - here.weekday(), MORNING)))
    found.append(("week", _("In a week"), _on(here, 7, MORNING)))
    return found


def _on(here: datetime, days: int, at: time) -> datetime:
    return datetime.combine(here.date() + timedelta(days=days), at, here.tzinfo)
