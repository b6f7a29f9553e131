"""Conversations: what they look like, which are asked for, what may be changed, how one is started."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agents.api.shapes.addresses import AddressShape
from agents.api.shapes.paging import IdField, Paging
from inbox.models import Conversation, Tag
from inbox.models.conversations import Priority, State


class PriorityName(models.TextChoices):
    """Priorities as programs call them."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class PriorityField(serializers.ChoiceField):
    """A number of ours, a word of theirs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=PriorityName.choices, **kwargs)

    def to_representation(self, value: int) -> str:  # type: ignore[override]  # the stubs know only texts
        """2 → normal"""
        return Priority(value).name.lower()

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]  # the same
        """normal → 2"""
        return int(Priority[str(super().to_internal_value(data)).upper()])


class Named(serializers.Serializer[Any]):
    """Somebody or something with a name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ConversationShape(serializers.ModelSerializer[Conversation]):
    """An episode of attention. It belongs to a customer, not to a channel."""

    customer = serializers.IntegerField(source="customer_id")
    desk = Named()
    team = Named(allow_null=True)
    assignee = Named(allow_null=True)
    priority = PriorityField()
    tags: Any = serializers.SlugRelatedField("name", many=True, read_only=True)
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)

    class Meta:
        model = Conversation
        ref_name = "Conversation"
        fields = (
            "id", "customer", "desk", "title", "status", "snoozed_until", "priority", "assignee", "team", "tags",
            "next_step", "promised_at", "main", "quiet", "preview", "opened_at", "resolved_at", "last_activity",
            "waiting_since", "merged_into",
        )  # fmt: skip


class ConversationQuery(Paging):
    """Which conversations."""

    status = serializers.ChoiceField(State.choices, required=False)
    customer = IdField(required=False)
    desk = IdField(required=False)
    team = IdField(required=False)
    assignee = IdField(required=False)
    unassigned = serializers.BooleanField(required=False, help_text="true: those that nobody looks after.")
    tag = serializers.CharField(required=False, max_length=60)


class ConversationChange(serializers.Serializer[Any]):
    """What may be set. What is left out stays as it is."""

    status = serializers.ChoiceField(State.choices, required=False)
    snoozed_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="With status snoozed; without it, until they write."
    )
    assignee = IdField(required=False, allow_null=True, help_text="An agent who may read the desk.")
    team = IdField(required=False, allow_null=True, help_text="A team of the same desk.")
    priority = PriorityField(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=Tag._meta.get_field("name").max_length),  # noqa: SLF001  # Django's documented model API
        required=False,
        max_length=50,
        help_text="All of them; those that are new are made.",
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    next_step = serializers.CharField(required=False, allow_blank=True, max_length=300)
    promised_at = serializers.DateTimeField(required=False, allow_null=True, help_text="With `next_step`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What goes only with something else."""
        if "snoozed_until" in attrs and attrs.get("status") != State.SNOOZED:
            raise serializers.ValidationError({"snoozed_until": _("This goes with the status snoozed.")})
        if "promised_at" in attrs and "next_step" not in attrs:
            raise serializers.ValidationError({"promised_at": _("This goes with a next step.")})
        return attrs


class NewConversation(serializers.Serializer[Any]):
    """A first message to somebody: to one of a customer's addresses, or to one that may be new."""

    channel = IdField(help_text="The channel it goes out on; see /me/.")
    identity = IdField(required=False, help_text="An address of a customer, or else `address`.")
    address = AddressShape(required=False)
    text = serializers.CharField(max_length=100_000, trim_whitespace=False, help_text="Markdown.")
    subject = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("identity" in attrs) == ("address" in attrs):
            raise serializers.ValidationError(_("Say to whom: either an identity or an address."))
        return attrs
