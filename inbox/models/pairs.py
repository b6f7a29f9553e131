"""What a channel's provider allows towards one address, and outside its window: reply windows, templates, and gestures to be made."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.contract import Template, TemplateStatus
from inbox.models.channels import Channel
from inbox.models.messages import Message
from inbox.models.people import Identity
from inbox.models.staff import Agent


class ReplyWindow(models.Model):
    """Until when (None: without end) the provider lets us answer this address on this channel. No row: they have not written there yet.

    wrote_at   when they last did        closed_at  when the provider last said that it is closed: until they write again
    handle   what the provider wants back with the answer (LINE's reply token)
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="windows", db_index=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="windows")
    until = models.DateTimeField(null=True, blank=True)
    wrote_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    handle = models.CharField(max_length=512, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "identity"], name="window_once_per_pair"),
        ]

    def is_open(self, now: datetime) -> bool:
        """Whether the provider lets a free answer through now, as far as we know."""
        if self.closed_at is not None and (self.wrote_at is None or self.wrote_at <= self.closed_at):
            return False
        return self.until is None or self.until > now


class MessageTemplate(models.Model):
    """A text the provider has approved for messages outside the window, as last asked for. Fields: inbox.contract.Template."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="templates", db_index=False)
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    status = models.CharField(max_length=10)
    category = models.CharField(max_length=40, blank=True)
    header = models.TextField(blank=True)
    header_media = models.CharField(max_length=20, blank=True)
    body = models.TextField()
    footer = models.TextField(blank=True)
    buttons = models.JSONField(default=list, blank=True)
    variables = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "language"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="template_once_per_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def usable(self) -> bool:
        return self.status == TemplateStatus.APPROVED

    def value(self) -> Template:
        """As the contract has it."""
        return Template(
            external_id=self.external_id,
            name=self.name,
            language=self.language,
            status=TemplateStatus(self.status),
            category=self.category,
            header=self.header,
            header_media=self.header_media,
            body=self.body,
            footer=self.footer,
            buttons=tuple(self.buttons),
            variables=tuple(self.variables),
            reason=self.reason,
        )


class GestureState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class GestureOrder(models.Model):
    """Something an agent did to a message that still has to happen at the provider's: a reaction, an edit, taking back, hiding.

    The message itself shows it only once the provider has taken it. Fields: inbox.contract.Gesture.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="gestures")
    agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    emoji = models.CharField(max_length=32, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=GestureState.choices, default=GestureState.QUEUED)
    reason = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("not_before", condition=Q(state="queued"), name="gesture_due"),
        ]
