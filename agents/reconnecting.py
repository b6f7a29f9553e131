"""Bringing a channel back: does it connect, and then everything that waited for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents import checking
from inbox.actions import files, record
from inbox.contract import Health, Status
from inbox.models import Agent, Channel, Delivery

Replay = Callable[[Channel], int]
"""Reads again what came in on the channel and could not be read; gives how many."""


@dataclass(frozen=True, slots=True)
class Reconnected:
    """What a check found and, if it was good, how much is on its way again."""

    health: Health
    messages: int = 0
    receipts: int = 0
    files: int = 0

    @property
    def told(self) -> str:
        """In one sentence each, for whoever pressed the button."""
        if not self.health.ok:
            return " ".join((_("It does not work yet."), *self.health.lines[:1]))
        parts = [
            ngettext(
                "%(n)d waiting message goes out now.", "%(n)d waiting messages go out now.", self.messages
            )
            % {"n": self.messages},
            ngettext(
                "%(n)d parked message is read again.", "%(n)d parked messages are read again.", self.receipts
            )
            % {"n": self.receipts},
            ngettext("%(n)d file is fetched again.", "%(n)d files are fetched again.", self.files)
            % {"n": self.files},
        ]
        done = [part for part, n in zip(parts, (self.messages, self.receipts, self.files), strict=True) if n]
        return " ".join((_("It works."), *(done or [_("Nothing had waited.")])))


def reconnect(channel: Channel, *, actor: Agent, replay: Replay) -> Reconnected:
    """Check the channel; if it works it is active again (inbox.actions.channels.note_check), and what waited goes on."""
    now = timezone.now()
    waiting = Delivery.objects.filter(channel=channel, status=Status.QUEUED, not_before__lte=now).count()
    health = checking.check(channel)
    if not health.ok:
        return Reconnected(health)
    done = Reconnected(health, waiting, replay(channel), files.fetch_again(channel=channel))
    record.audit(
        "channel reconnected",
        actor=actor,
        about=channel,
        data={"messages": done.messages, "receipts": done.receipts, "files": done.files},
    )
    return done
