"""Conversations: episodes of attention that belong to a customer, not to a channel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.channels import Channel
from inbox.models.people import Customer
from inbox.models.staff import Agent, Desk, Team


class State(models.TextChoices):
    OPEN = "open", _("Open")
    SNOOZED = "snoozed", _("Snoozed")
    RESOLVED = "resolved", _("Resolved")


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


UNRESOLVED = Q(status__in=[State.OPEN, State.SNOOZED])
OPEN = Q(status=State.OPEN)
RECENT = (F("last_activity").desc(), F("id").desc())


class Tag(models.Model):
    """A word agents sort by."""

    name = models.CharField(max_length=60, unique=True)
    colour = models.CharField(max_length=12, default="grey")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, agent: Agent) -> ConversationQuerySet:
        """Conversations on desks the agent may read."""
        return self.filter(desk__in=Desk.objects.readable_by(agent))

    def unresolved(self) -> ConversationQuerySet:
        return self.filter(UNRESOLVED)


class Conversation(models.Model):
    """An episode of attention. At most one unresolved main one per customer and desk (by constraint); others stand beside.

    `quiet` holds what automatons sent: never open, never unread, in a view of its own until somebody promotes it.
    `thread_key` ties it to a provider's own thread on one channel (a group, a public post).
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="conversations", db_index=False)
    main = models.BooleanField(default=True)
    quiet = models.BooleanField(default=False)
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    thread_key = models.CharField(max_length=255, blank=True)
    public = models.BooleanField(
        default=False, db_default=False, help_text="Everybody can read it, and what we answer there."
    )
    status = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    assignee = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    title = models.CharField(max_length=200, blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    tags = models.ManyToManyField(Tag, through="ConversationTag", related_name="conversations", blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="absorbed"
    )
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    last_activity = models.DateTimeField()
    last_channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    preview = models.CharField(max_length=200, blank=True)
    preview_by = models.CharField(
        max_length=10, blank=True, help_text="Direction of the message the preview shows."
    )
    last_inbound_id = models.BigIntegerField(
        null=True, blank=True, help_text="Highest id of an inbound that counts as unread."
    )
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="received_at of the oldest unanswered inbound."
    )
    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "desk"],
                condition=Q(main=True) & UNRESOLVED,
                name="one_unresolved_main_per_customer_and_desk",
            ),
            models.UniqueConstraint(
                fields=["customer", "desk"], condition=Q(quiet=True), name="one_quiet_per_customer_and_desk"
            ),
            models.UniqueConstraint(
                fields=["channel", "customer", "thread_key"],
                condition=~Q(thread_key="") & UNRESOLVED,
                name="one_unresolved_per_provider_thread",
            ),
            models.CheckConstraint(
                condition=~Q(quiet=True) | Q(status="resolved", main=False), name="quiet_is_never_open"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("assignee", *RECENT, condition=OPEN, name="conv_mine"),
            models.Index("team", *RECENT, condition=OPEN, name="conv_team"),
            models.Index(
                fields=["desk", "status", "team", "assignee"],
                include=["waiting_since"],
                condition=UNRESOLVED,
                name="conv_badges",
            ),
            models.Index(
                "waiting_since", "id", condition=OPEN & Q(waiting_since__isnull=False), name="conv_waiting"
            ),
            models.Index(*RECENT, condition=OPEN & Q(assignee=None), name="conv_unassigned"),
            models.Index(*RECENT, condition=OPEN, name="conv_open"),
            models.Index(*RECENT, condition=Q(status="snoozed"), name="conv_snoozed"),
            models.Index(*RECENT, condition=Q(status="resolved", quiet=False), name="conv_resolved"),
            models.Index(*RECENT, condition=Q(quiet=True), name="conv_quiet"),
            models.Index("customer", *RECENT, name="conv_customer"),
            models.Index("snoozed_until", condition=Q(status="snoozed"), name="conv_wake"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def unresolved(self) -> bool:
        return self.status != State.RESOLVED


class ConversationTag(models.Model):
    """A tag on a conversation."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "tag"], name="tag_once"),
        ]
