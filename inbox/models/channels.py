"""Channels: the configured endpoints (a mailbox, a number, a website) and how they fare."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from inbox.models.staff import Agent, Desk, Team, public_id
from inbox.secrets import EncryptedJSONField

# So long before a channel's access ends a person is told, and so long before it is urgent.
WARNED_BEFORE = timedelta(days=14)
URGENT_BEFORE = timedelta(days=3)


class ChannelState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    BROKEN = "broken", _("Needs attention")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, agent: Agent) -> ChannelQuerySet:
        """Channels of desks the agent may read."""
        return self.filter(desk__in=Desk.objects.readable_by(agent))

    def sending(self) -> ChannelQuerySet:
        """Channels that take messages out now."""
        return self.filter(state=ChannelState.ACTIVE)


class Channel(models.Model):
    """One configured endpoint of a connector. `kind` names the connector's folder and has no choices on purpose."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120, unique=True)
    address = models.CharField(
        max_length=320, blank=True, help_text="Our own address on it, as the connector says."
    )
    scope = models.CharField(
        max_length=120, blank=True, db_default="", help_text="How the addresses begin that it can write to."
    )
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="channels")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="channels")
    brand = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    settings = EncryptedJSONField(default=dict)
    state = models.CharField(max_length=8, choices=ChannelState.choices, default=ChannelState.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [HashIndex(fields=["kind"], name="channel_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def icon(self) -> str:
        """The static path of the connector's icon."""
        return f"{self.kind}/icon.svg"

    @property
    def icon_url(self) -> str:
        return static(self.icon)


class ChannelHealth(models.Model):
    """How a channel fares. Apart from Channel, so that traffic never rewrites the settings row."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="health", primary_key=True)
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_ok = models.BooleanField(null=True)
    check_lines = models.JSONField(default=list, blank=True)
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="The provider's limit is reached: nothing leaves before."
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When a credential ends, if known.")
    templates_at = models.DateTimeField(null=True, blank=True)
    rejected_count = models.PositiveIntegerField(default=0)
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_reason = models.CharField(max_length=300, blank=True)
