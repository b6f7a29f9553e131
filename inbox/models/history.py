"""What happened: Event (the thread's facts, append-only) and Audit (security facts). No names and no text in either."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from inbox.models.channels import Channel
from inbox.models.conversations import Conversation
from inbox.models.messages import Message
from inbox.models.people import Customer
from inbox.models.staff import Agent, Desk


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, agent: Agent) -> EventQuerySet:
        """Events of desks the agent may read, and of no desk (facts about the person)."""
        return self.filter(Q(desk=None) | Q(desk__in=Desk.objects.readable_by(agent)))


class Event(models.Model):
    """One fact. Ids rise in commit order per customer, since they are taken under the customer's lock.

    data holds ids and enumerated values only, so that erasing a person never means rewriting history.
    `batch` ties the events of one human move together (a bulk resolve), so that undo takes back the whole of it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="events", db_index=False)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="events")
    message = models.ForeignKey(
        Message, null=True, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    desk = models.ForeignKey(Desk, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(
        Channel, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=30)
    actor = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    data = models.JSONField(default=dict)
    batch = models.CharField(max_length=32, blank=True)
    undone = models.BooleanField(default=False)
    at = models.DateTimeField()
    objects = EventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("customer", F("at").desc(), F("id").desc(), name="event_of_customer"),
            models.Index("customer", "id", name="event_since"),
            models.Index("actor", F("id").desc(), condition=Q(actor__isnull=False), name="event_of_actor"),
            BrinIndex(fields=["at"], name="event_at"),
        ]


class Audit(models.Model):
    """A security fact: who did what to what, when, from where. Written once, never changed."""

    actor = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(F("at").desc(), name="audit_at")]
