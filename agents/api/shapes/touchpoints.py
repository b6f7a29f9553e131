"""Touchpoints: what customers did elsewhere. What fits is said by inbox/actions/told.py; here it is said to programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from agents.api.shapes.addresses import AddressShape, address
from agents.api.shapes.paging import IdField, Paging
from inbox.actions import told
from inbox.actions.told import Told
from inbox.models import Touchpoint
from inbox.models.story import TouchpointKind

MOST_AT_ONCE = 500


class TouchpointShape(serializers.ModelSerializer[Touchpoint]):
    """Something a customer did elsewhere."""

    customer = serializers.IntegerField(source="customer_id")
    value = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # DRF takes fields out of the class, so the attribute of that name stays

    class Meta:
        model = Touchpoint
        ref_name = "Touchpoint"
        fields = (
            "id", "customer", "kind", "source", "external_id", "reference", "title", "url", "value", "currency", "data",
            "occurred_at", "received_at",
        )  # fmt: skip


class NewTouchpoint(serializers.Serializer[Any]):
    """Told of a customer or of an address, one of the two. The same source and external_id twice is one touchpoint, the first."""

    kind = serializers.ChoiceField(TouchpointKind.choices)
    source = serializers.CharField(  # type: ignore[assignment]  # as above
        max_length=told.SOURCE, help_text="Who says so: your shop's name for itself."
    )
    external_id = serializers.CharField(
        max_length=told.EXTERNAL_ID, help_text="The source's own id for this."
    )
    occurred_at = serializers.DateTimeField(help_text="ISO 8601 with a time zone.")
    customer = IdField(required=False, allow_null=True, default=None)
    address = AddressShape(required=False, allow_null=True, default=None)
    reference = serializers.CharField(
        max_length=told.REFERENCE,
        required=False,
        default="",
        allow_blank=True,
        help_text="The number of the order, the cart …",
    )
    title = serializers.CharField(max_length=told.TITLE, required=False, default="", allow_blank=True)
    url = serializers.CharField(max_length=told.URL, required=False, default="", allow_blank=True)
    value = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, allow_null=True, default=None
    )
    currency = serializers.CharField(
        max_length=3, required=False, default="", allow_blank=True, help_text="ISO 4217, with `value`."
    )
    data = serializers.DictField(  # type: ignore[assignment]  # as above
        required=False, default=dict, help_text="More of it, shown as it is: items, place, rating."
    )

    def validate_value(self, value: Decimal | None) -> Decimal | None:
        """An amount, not minus nothing."""
        return value + 0 if value is not None else None

    def validate(self, attrs: dict[str, Any]) -> Any:
        """What told.py has to say."""
        item = Told(
            customer_id=attrs.pop("customer"),
            address=address(attrs.pop("address")) if attrs["address"] else attrs.pop("address"),
            **attrs,
        )
        if wrong := told.problem(item):
            raise serializers.ValidationError(wrong)
        visible: set[int] = self.context["customers"]
        if item.customer_id is not None and item.customer_id not in visible:
            raise serializers.ValidationError({"customer": _("There is no such customer.")})
        return {"item": item}


class KeptTouchpoint(serializers.Serializer[Any]):
    """One that is kept; `created` is false if it was known."""

    id = serializers.IntegerField(source="touchpoint_id")
    created = serializers.BooleanField()


class TouchpointQuery(Paging):
    """Which of them."""

    kind = serializers.ChoiceField(TouchpointKind.choices, required=False)
