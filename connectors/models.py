"""What came in (Receipt), kept as it came before anything is parsed, and which news has been carried out (CarriedOut).

The rows are the truth; Celery only hurries.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, TypeVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inbox.contract import Request
from inbox.models import Channel
from inbox.models.channels import ChannelState

KEPT = timedelta(days=30)
PURGED_AT_ONCE = 1_000


class ReceiptState(models.TextChoices):
    NEW = "new", _("New")
    CLAIMED = "claimed", _("Being read")
    WAITING = "waiting", _("Waiting for its message")
    PARKED = "parked", _("Parked")
    DONE = "done", _("Done")


M = TypeVar("M", bound=models.Model)


class PurgeableQuerySet(models.QuerySet[M]):
    def purge(self) -> None:
        """Delete these, a thousand in each statement: one for a flood of them would end at its time limit, and never get on."""
        while self.filter(pk__in=list(self.values_list("pk", flat=True)[:PURGED_AT_ONCE])).delete()[0]:
            pass


class ReceiptQuerySet(PurgeableQuerySet["Receipt"]):
    def due(self) -> ReceiptQuerySet:
        """Ready to be read now, oldest first."""
        ready = self.filter(state__in=(ReceiptState.NEW, ReceiptState.WAITING), next_attempt_at__lte=Now())
        return ready.exclude(channel__state=ChannelState.PAUSED).order_by("next_attempt_at", "id")

    def parked(self) -> ReceiptQuerySet:
        """Given up after their tries, newest first: an admin looks at them."""
        return self.filter(state=ReceiptState.PARKED).order_by("-id")

    def waiting(self) -> ReceiptQuerySet:
        """They speak of a message that has not come yet, newest first."""
        return self.filter(state=ReceiptState.WAITING).order_by("-id")

    def outlived(self) -> ReceiptQuerySet:
        """Done, and older than we keep them."""
        return self.filter(state=ReceiptState.DONE, received_at__lt=Now() - KEPT)

    def on(self, channels: Iterable[Channel]) -> ReceiptQuerySet:
        return self.filter(channel__in=channels)


class Receipt(models.Model):
    """A raw inbound request, or an item that was polled.

    key     what the poller calls it (mail: folder, UIDVALIDITY, UID), once per channel; "" for a hook's request
    state   new → claimed → done; waiting: refers to a message not known yet; parked: given up, replayable
    error   one plain sentence why it is waiting or parked
    events  what it became: [{"type": "InboundMessage", "event_key": "…"}], for the eye only
    Kept for 30 days; a parked one until somebody deals with it.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    key = models.CharField(max_length=300, blank=True, db_default="")
    method = models.CharField(max_length=10)
    url = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ReceiptState.choices, db_default=ReceiptState.NEW)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, db_default="")
    events = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["channel", "key"], condition=~Q(key=""), name="receipt_once_per_key"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "next_attempt_at", "id", condition=Q(state__in=["new", "waiting"]), name="receipt_pending"
            ),
            models.Index("claimed_at", condition=Q(state="claimed"), name="receipt_claimed"),
            models.Index("channel", F("id").desc(), condition=Q(state="parked"), name="receipt_parked"),
            models.Index("received_at", condition=Q(state="done"), name="receipt_age"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    def request(self) -> Request:
        """The request as the connector's parse wants it."""
        return Request(
            body=bytes(self.body),
            headers=self.headers,
            method=self.method,
            url=self.url,
            received_at=self.received_at,
        )


class CarriedOut(models.Model):
    """News about a message or a person that has had its effect: a second delivery, or a late one, does not take back what came
    after it. Messages need no row here: their external id is unique. Kept as long as receipts."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    objects = PurgeableQuerySet["CarriedOut"].as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "key"], name="carried_out_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            BrinIndex(fields=["at"], name="carried_out_at"),
        ]
