"""The customer's story outside of messages: touchpoints, and what was noted of a visit, call or letter taken by hand."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.messages import Message
from inbox.models.people import Customer, Identity
from inbox.models.staff import Desk


class TouchpointKind(models.TextChoices):
    PAGE = "page", _("Page viewed")
    SEARCH = "search", _("Searched")
    CART = "cart", _("Cart")
    ORDER = "order", _("Order")
    READY = "ready", _("Ready for pickup")
    DELIVERY = "delivery", _("Delivery")
    REVIEW = "review", _("Review")
    VISIT = "visit", _("Store visit")
    CAMPAIGN = "campaign", _("Campaign")
    APP = "app", _("App event")


class Touchpoint(models.Model):
    """Something the customer did elsewhere. It stands in the thread and never raises a conversation.

    source, external_id   who says so, and their own id for it: the same pair twice is one touchpoint
    reference             what it is about (an order's or a cart's number): its touchpoints belong together
    identity              by which address it became theirs; it goes where its identity goes
    told_of               the customer it was told of, if it came by their id: it returns with them when a merge is undone
    value, currency       an amount (ISO 4217); data: more of it as told, shown as it is (items, place, rating)
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="touchpoints", db_index=False
    )
    identity = models.ForeignKey(
        Identity, null=True, blank=True, on_delete=models.SET_NULL, related_name="touchpoints"
    )
    told_of = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=TouchpointKind.choices)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    reference = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    data = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "external_id"], name="touchpoint_once_per_source"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("customer", F("occurred_at").desc(), F("id").desc(), name="touchpoint_of_customer"),
            models.Index(
                "customer",
                "kind",
                F("occurred_at").desc(),
                condition=~Q(kind="page"),
                name="touchpoint_by_kind",
            ),
            models.Index("occurred_at", condition=Q(kind="page"), name="touchpoint_old_pages"),
            # Deleting a customer asks what was told of them.
            models.Index("told_of", condition=Q(told_of__isnull=False), name="touchpoint_told_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference or self.external_id}"


class Place(models.Model):
    """A shop or counter where staff meet customers. Visits noted there belong to its desk."""

    name = models.CharField(max_length=120, unique=True)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="places")
    closed = models.BooleanField(default=False, help_text=_("Not offered any more; earlier visits keep it."))

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class ByHand(models.TextChoices):
    """The kinds of message that people note, rather than a channel bringing them."""

    VISIT = "visit", _("Visit")
    CALL = "call", _("Call")
    LETTER = "letter", _("Letter")
    FAX = "fax", _("Fax")


class Encounter(models.Model):
    """What was noted of a visit, a call, a letter or a fax taken by hand (the message's kind says which)."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, related_name="encounter", primary_key=True
    )
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="encounters"
    )
    outcome = models.CharField(max_length=300, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True, help_text=_("How long it took."))
    outbound = models.BooleanField(default=False, help_text=_("We called, wrote or went to them."))
