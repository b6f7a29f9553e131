"""Customers and their addresses."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agents.api.shapes.addresses import SPACE, AddressShape, spelled
from agents.api.shapes.paging import Paging
from inbox import attributes
from inbox.actions.errors import Refused
from inbox.models import Attribute, Customer, Identity


class IdentityShape(serializers.ModelSerializer[Identity]):
    """An address of a customer: verified once its holder proved it, claimed until then."""

    customer = serializers.IntegerField(source="customer_id")
    verified = serializers.BooleanField()

    class Meta:
        model = Identity
        ref_name = "Identity"
        fields = (
            "id", "customer", "space", "value", "name", "verified", "verified_at", "shared",
            "opted_out_at", "undeliverable_at", "created_at",
        )  # fmt: skip


class CustomerShape(serializers.ModelSerializer[Customer]):
    """Whom a thread belongs to."""

    company = serializers.CharField(source="company.name", allow_null=True, default=None)
    identities = IdentityShape(many=True)

    class Meta:
        model = Customer
        ref_name = "Customer"
        fields = (
            "id", "kind", "name", "company", "vip", "blocked", "language", "time_zone", "about", "attributes",
            "identities", "created_at",
        )  # fmt: skip


def _misfit(field: Attribute, raw: object) -> dict[str, str]:
    """What is wrong with a value for a field, by its key; empty if it fits."""
    try:
        attributes.value(field, raw)
    except Refused as error:
        return {field.key: str(error)}
    return {}


class CustomerChange(serializers.Serializer[Any]):
    """What may be set. What is left out stays as it is."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    company = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Its name; made if it is new."
    )
    vip = serializers.BooleanField(required=False)
    blocked = serializers.BooleanField(required=False)
    language = serializers.CharField(
        max_length=12, required=False, allow_blank=True, help_text="As in en or pt-BR."
    )
    time_zone = serializers.CharField(
        max_length=64, required=False, allow_blank=True, help_text="As in Europe/Madrid."
    )
    about = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, help_text="Notes only colleagues see."
    )

    attributes = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        required=False,
        help_text="Fields of your own, by key (Settings › Customer fields); null empties one, the others stay.",
    )

    def validate_attributes(self, values: dict[str, Any]) -> dict[str, Any]:
        """Keys of fields there are, and for each a value that fits."""
        known = {field.key: field for field in Attribute.objects.all()}
        wrong: dict[str, Any] = {}
        for key, raw in values.items():
            if key not in known:
                wrong[key] = _("There is no such customer field.")
            elif isinstance(raw, dict | list):
                wrong[key] = _("Give one text, number, yes or no.")
            else:
                wrong |= _misfit(known[key], raw)
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def validate_time_zone(self, value: str) -> str:
        """Empty, or a zone that exists."""
        if value and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no such time zone. Example: Europe/Madrid."))
        return value


class NewCustomer(CustomerChange):
    """A customer with their addresses, which count as claimed until somebody proves them."""

    identities = serializers.ListField(child=AddressShape(), required=False, default=list, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must be known of them."""
        if not attrs.get("name") and not attrs["identities"]:
            raise serializers.ValidationError(_("A new customer needs a name or an address."))
        return attrs


class CustomerQuery(Paging):
    """Which customers. With `q` the best hits, at most `limit`, without a cursor."""

    q = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Part of a name (a slip is allowed), of an address, or a phone's last digits.",
    )
    address = serializers.CharField(
        required=False, max_length=361, help_text="Exactly this one, as in email:ana@example.com."
    )

    def validate_address(self, value: str) -> tuple[str, str]:
        """(space, value)."""
        space, _colon, rest = value.partition(":")
        if not rest or not SPACE.fullmatch(space):
            raise serializers.ValidationError(_("Write it with its space, as in email:ana@example.com."))
        try:
            return space, spelled(space, rest)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
