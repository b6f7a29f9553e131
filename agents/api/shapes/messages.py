"""Messages and notes: what they look like, and what may be written."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agents.api.shapes.conversations import Named
from agents.api.shapes.paging import IdField
from inbox.models import Attachment, Delivery, Message, Participant
from inbox.models.messages import Direction, ParticipantRole


class ChannelShape(serializers.Serializer[Any]):
    """One of our channels."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    desk = serializers.IntegerField(source="desk_id")


class ParticipantShape(serializers.ModelSerializer[Participant]):
    """Who took part, and as what."""

    identity = serializers.IntegerField(source="identity_id")
    space = serializers.CharField(source="identity.space")
    value = serializers.CharField(source="identity.value")
    name = serializers.CharField(source="identity.name", allow_blank=True)
    role = serializers.ChoiceField(ParticipantRole.choices)

    class Meta:
        model = Participant
        ref_name = "Participant"
        fields = ("role", "identity", "space", "value", "name")


class FileShape(serializers.ModelSerializer[Attachment]):
    """A file; its bytes are at /files/<id>/."""

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Attachment
        ref_name = "File"
        fields = ("id", "name", "content_type", "size", "inline", "state")


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    """How far the sending is: queued, sending, sent, delivered, read, failed, unknown, cancelled."""

    class Meta:
        model = Delivery
        ref_name = "Delivery"
        fields = ("status", "reason", "not_before", "sent_at", "delivered_at", "read_at")


class MessageShape(serializers.ModelSerializer[Message]):
    """An entry of the thread. A note has no channel and only colleagues see it."""

    customer = serializers.IntegerField(source="customer_id")
    conversation = serializers.IntegerField(source="conversation_id")
    direction = serializers.ChoiceField(Direction.choices)
    channel = ChannelShape(allow_null=True)
    author = Named(allow_null=True, help_text="The agent who wrote it.")
    text = serializers.SerializerMethodField(help_text="Empty if it was deleted.")
    participants = ParticipantShape(many=True)
    files = FileShape(many=True, source="attachments")
    delivery = DeliveryShape(allow_null=True, default=None)

    class Meta:
        model = Message
        ref_name = "Message"
        fields = (
            "id", "customer", "conversation", "direction", "kind", "nature", "subject", "text", "channel", "author",
            "participants", "files", "delivery", "occurred_at", "received_at", "edited_at", "deleted_at",
        )  # fmt: skip

    def get_text(self, message: Message) -> str:
        """What was newly written, without quoted history."""
        return "" if message.deleted_at else message.text


class WrittenAs(models.TextChoices):
    """What one may write into a conversation."""

    REPLY = "reply"
    NOTE = "note"


class NewMessage(serializers.Serializer[Any]):
    """A reply, or a note that only colleagues see. Without `channel` and `identity` a reply goes the way they wrote last."""

    type = serializers.ChoiceField(WrittenAs.choices, default=WrittenAs.REPLY)
    text = serializers.CharField(max_length=100_000, trim_whitespace=False, help_text="Markdown.")
    channel = IdField(required=False)
    identity = IdField(required=False, help_text="With `channel`.")
    subject = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    cc = serializers.ListField(
        child=serializers.EmailField(max_length=254), required=False, default=list, max_length=50
    )
    bcc = serializers.ListField(
        child=serializers.EmailField(max_length=254), required=False, default=list, max_length=50
    )
    resolve = serializers.BooleanField(required=False, default=False, help_text="Resolve with the same move.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both of the pair or none; and a note goes nowhere."""
        if ("channel" in attrs) != ("identity" in attrs):
            raise serializers.ValidationError(_("Give both a channel and an identity, or neither."))
        ways = [name for name in ("channel", "subject", "cc", "bcc", "resolve") if attrs.get(name)]
        if attrs["type"] == WrittenAs.NOTE and ways:
            raise serializers.ValidationError({ways[0]: _("A note goes to nobody.")})
        return attrs
