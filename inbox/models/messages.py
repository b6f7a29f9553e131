"""Messages and what hangs on them: people, files, sending, the original mail, reactions."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models.channels import Channel
from inbox.models.conversations import Conversation
from inbox.models.knowledge import Purpose
from inbox.models.people import Customer, Identity
from inbox.models.staff import Agent, Desk, public_id


class Direction(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")
    NOTE = "note", _("Note")


# Statuses of a delivery that is no answer: it failed, or perhaps did.
NOT_SENT = ("failed", "unknown")
LONGEST_UNDO = timedelta(minutes=1)
"""No channel holds a message back longer for undo; what leaves later than that, somebody wanted to leave later."""
EMPTY = models.Value([], models.JSONField())
ORDER = (F("occurred_at").desc(), F("sequence").desc(), F("id").desc())


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, agent: Agent) -> MessageQuerySet:
        """Messages of conversations on desks the agent may read."""
        return self.filter(conversation__desk__in=Desk.objects.readable_by(agent))


class Message(models.Model):
    """An entry of the thread. `customer` always equals the conversation's. Thread order: occurred_at, sequence, id.

    text / html hold what was newly written; the whole mail with its quotes is in Original.
    `identity` is the other side of the pair: the author's of an inbound, the addressee's of an outbound; none on a note.

    cards     contract.Card values as JSON (a place, a contact, a pressed button)     choices   labels of buttons offered with it
    template  contract.TemplateUse as JSON      album   the provider's name for the bubble that several messages share
    quotes    external id of the message it answers; in_reply_to follows as soon as that one is here
    private   an answer to a public comment that only its author reads     hidden_at  hidden from the public, not from us
    hiding_at when that last changed, either way: news of it comes in any order
    """

    public_id = models.CharField(max_length=32, unique=True, default=public_id)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="messages", db_index=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    identity = models.ForeignKey(
        Identity, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    author = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages", db_index=False
    )
    direction = models.CharField(max_length=8, choices=Direction.choices)
    kind = models.CharField(max_length=20, default="text")
    nature = models.CharField(max_length=8, default="person")
    purpose = models.CharField(
        max_length=8, choices=Purpose.choices, default=Purpose.SERVICE, db_default=Purpose.SERVICE
    )
    proof = models.CharField(max_length=8, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    external_id = models.CharField(max_length=512, null=True, blank=True)
    reference_id = models.CharField(max_length=512, blank=True)
    client_key = models.CharField(max_length=64, null=True, blank=True)
    cards = models.JSONField(default=list, blank=True, db_default=EMPTY)
    choices = models.JSONField(default=list, blank=True, db_default=EMPTY)
    template = models.JSONField(null=True, blank=True)
    album = models.CharField(max_length=255, blank=True, db_default="")
    quotes = models.CharField(max_length=512, blank=True, db_default="")
    private = models.BooleanField(default=False, db_default=False)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hiding_at = models.DateTimeField(null=True, blank=True)
    in_reply_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    guessed = models.BooleanField(
        default=False, help_text="Which matter it belongs to was a guess; the agent may move it."
    )
    historical = models.BooleanField(default=False)
    notices = models.JSONField(default=list, blank=True)
    occurred_at = models.DateTimeField()
    sequence = models.BigIntegerField(default=0)
    received_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="message_once_per_channel"),
            models.UniqueConstraint(fields=["author", "client_key"], name="message_once_per_client_key"),
            models.UniqueConstraint(
                fields=["channel", "album"], condition=~Q(album=""), name="message_once_per_album"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("conversation", *ORDER, name="message_in_conversation"),
            models.Index("customer", *ORDER, name="message_of_customer"),
            models.Index("channel", "quotes", condition=~Q(quotes=""), name="message_quotes"),
            models.Index("reference_id", condition=~Q(reference_id=""), name="message_reference"),
            GinIndex(SearchVector("subject", "text", config="simple"), name="message_search"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"

    @property
    def is_inbound(self) -> bool:
        return self.direction == Direction.INBOUND

    @property
    def is_outbound(self) -> bool:
        return self.direction == Direction.OUTBOUND

    @property
    def is_note(self) -> bool:
        return self.direction == Direction.NOTE


class Original(models.Model):
    """The whole of a mail: full text and sanitised HTML with quoted history, and the raw bytes."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="original", primary_key=True
    )
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    raw = models.ForeignKey("inbox.Blob", null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class Arrival(models.Model):
    """One more name of a message: it came in at one more of our addresses of the same desk ("also received at …"), or what is one
    bubble here is several messages at the provider (an album, text and pictures)."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="arrivals")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=512)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="arrival_once_per_channel"),
        ]


class ParticipantRole(models.TextChoices):
    AUTHOR = "author", _("From")
    TO = "to", _("To")
    CC = "cc", _("Cc")
    BCC = "bcc", _("Bcc")


class Participant(models.Model):
    """Who took part in a message, and as what. The author may be somebody other than the customer."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=8, choices=ParticipantRole.choices)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "identity", "role"], name="participant_once_per_role"),
        ]


class Delivery(models.Model):
    """The sending of one outbound message to one pair (our channel → their identity). Moves only as inbox/actions/deliver.py says."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    identity = models.ForeignKey(
        Identity, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    status = models.CharField(max_length=10, default="queued")
    not_before = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "channel",
                "identity",
                "id",
                condition=Q(status__in=["queued", "sending"]),
                name="delivery_pending",
            ),
            models.Index("not_before", condition=Q(status="queued"), name="delivery_due"),
            models.Index("channel", "identity", F("id").desc(), name="delivery_pair"),
            # What a channel has sent, the latest first; what failed among it.
            models.Index("channel", F("id").desc(), name="delivery_of_channel"),
            models.Index(
                "channel",
                F("id").desc(),
                condition=Q(status__in=["failed", "unknown"]),
                name="delivery_failed_of_channel",
            ),
            # How many have left within the last second.
            models.Index("channel", "claimed_at", name="delivery_claimed"),
            # Deleting an address asks what was sent to it.
            models.Index("identity", name="delivery_identity"),
        ]

    @property
    def scheduled(self) -> bool:
        """Whether somebody chose a time for it that has not come yet; the channel's own delay for undo is no such time."""
        chosen = self.not_before - self.message.occurred_at > LONGEST_UNDO
        return self.status == "queued" and chosen and self.not_before > timezone.now()

    @property
    def overtaken(self) -> bool:
        """Whether the customer has written in the same conversation since this was. A query: ask of scheduled ones only."""
        since = Message.objects.filter(conversation=self.message.conversation_id, pk__gt=self.message_id)
        return since.filter(direction=Direction.INBOUND, nature="person", deleted_at=None).exists()


class Reaction(models.Model):
    """An emoji somebody put on a message. Empty: they took it away at `at`; kept, so that older news does not bring it back."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    identity = models.ForeignKey(Identity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["message", "identity", "agent"], nulls_distinct=False, name="reaction_once"
            ),
        ]


class Mention(models.Model):
    """An agent named in a note. It counts as unseen until that agent has read the conversation past it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "agent"], name="mention_once"),
        ]
