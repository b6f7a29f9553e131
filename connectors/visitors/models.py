"""VisitorSession: one browser's stay. The token it carries is not stored, only which of them is the newest."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from inbox.models import Channel


def session_id() -> str:
    """144 random bits: the public name of a session."""
    return secrets.token_urlsafe(18)


class Ended(models.TextChoices):
    """Why a session is over."""

    LOGGED_OUT = "logged out"
    REPLACED = "replaced"  # by the session of an identified user
    REUSED = "reused"  # an old token came back: somebody else has a copy
    BLOCKED = "blocked"


class VisitorSession(models.Model):
    """One browser on one channel.

    visitor      the part of the identity after the channel: a random id, or "user:<sub>" for somebody the host site vouches for
    generation   the number in the newest token; the one before is good until the newest has been used (answers get lost)
    became       for a replaced session: the "user:<sub>" whom this anonymous visitor turned out to be
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    sid = models.CharField(max_length=32, unique=True, default=session_id)
    visitor = models.CharField(max_length=240)
    generation = models.PositiveIntegerField(default=1)
    confirmed = models.BooleanField(default=False)
    rotated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Ended.choices, blank=True)
    became = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("channel", "became", condition=~Q(became=""), name="visitor_became"),
            models.Index("channel", "visitor", condition=Q(ended_at=None), name="visitor_live"),
            models.Index("seen_at", name="visitor_seen"),
        ]

    def __str__(self) -> str:
        return f"visitor session {self.pk}"

    @property
    def identified(self) -> bool:
        """Whether the host site vouches for this visitor."""
        return self.visitor.startswith(USER)

    @property
    def value(self) -> str:
        """The value of the visitor's identity."""
        return identity_value(self.channel, self.visitor)


USER = "user:"


def identity_value(channel: Channel, visitor: str) -> str:
    """An identity names its channel, so that the same user id on two websites is two people."""
    return f"{channel.public_id}/{visitor}"
