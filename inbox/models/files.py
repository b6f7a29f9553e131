"""Files: the bytes, kept once (Blob), and where they hang (Attachment)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models.staff import Agent, public_id


class Blob(models.Model):
    """Bytes by their sha256, kept once however often they are referred to; gone with the last reference."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    file = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)


class AttachmentState(models.TextChoices):
    READY = "ready", _("Ready")
    WAITING = "waiting", _("Being fetched")
    FAILED = "failed", _("Could not be fetched")


class Attachment(models.Model):
    """A file of a message, or one uploaded for a draft (no message yet, `uploaded_by` set).

    `source` is the provider's reference while it waits to be copied to our own storage. In an album, external_id names the message it
    came with, and position keeps the album's order.
    """

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    message = models.ForeignKey(
        "inbox.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    blob = models.ForeignKey(
        Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    uploaded_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    size = models.BigIntegerField(default=0)
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    external_id = models.CharField(max_length=512, blank=True, db_default="")
    position = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, choices=AttachmentState.choices, default=AttachmentState.READY)
    source = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["created_at"], condition=Q(state="waiting") | Q(message=None), name="attachment_loose"
            ),
        ]

    @property
    def is_image(self) -> bool:
        """Shown inline. SVG is not: it can carry script."""
        return self.content_type in ("image/png", "image/jpeg", "image/gif", "image/webp")

    @property
    def is_audio(self) -> bool:
        return self.content_type.startswith("audio/")

    @property
    def is_video(self) -> bool:
        """Played in the page: what every browser can."""
        return self.content_type in ("video/mp4", "video/webm", "video/ogg")
