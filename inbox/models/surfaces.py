"""What colleagues do in a provider's own app (Slack): kept before it is carried out, so that nothing they wrote is lost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inbox.models.channels import Channel


class ColleagueAct(models.Model):
    """A button a colleague pressed, or a text they wrote, under a notice of ours. Fields: inbox.contract.AgentActed.

    `outcome` is what they were told; empty while it waits.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_key = models.CharField(max_length=512)
    who = models.CharField(max_length=320)
    act = models.CharField(max_length=20)
    subject = models.CharField(max_length=200, blank=True)
    notice = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    answer_url = models.CharField(max_length=500, blank=True)
    form_handle = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "event_key"], name="act_once_per_channel"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("id", condition=Q(done_at=None), name="act_waiting"),
        ]
