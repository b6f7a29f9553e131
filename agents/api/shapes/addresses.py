"""Addresses as programs write them: read by the connectors of their space, so that each has one spelling."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from inbox import registry
from inbox.contract import Address, Connector

SPACE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class AddressShape(serializers.Serializer[Any]):
    """One address in one space."""

    space = serializers.RegexField(
        SPACE, max_length=40, help_text="email, phone, or the space of another channel."
    )
    value = serializers.CharField(max_length=320, help_text="As in ana@example.com, +34611204489.")
    name = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="The name that goes with it."
    )

    class Meta:
        ref_name = "Address"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The value in its one spelling."""
        try:
            return {**attrs, "value": spelled(attrs["space"], attrs["value"])}
        except ValueError as error:
            raise serializers.ValidationError({"value": str(error)}) from error


def address(data: dict[str, Any]) -> Address:
    """What AddressShape let through, as the actions take it."""
    return Address(space=data["space"], value=data["value"], name=data["name"])


def spelled(space: str, text: str) -> str:
    """The address in its one spelling. Raises ValueError with a sentence if no channel has such a space or such an address."""
    readers = [connector for connector in registry.kinds().values() if connector.space == space]
    if not readers:
        raise ValueError(_("No channel has addresses of this space."))
    found = [connector.typed(text, settings.DEFAULT_COUNTRY) for connector in readers if _reads(connector)]
    known = next((each for each in found if each is not None), None)
    if known is not None:
        return known.value
    if found:
        raise ValueError(_("This is not an address of this space."))
    return text


def _reads(connector: type[Connector]) -> bool:
    """Whether people type its addresses; otherwise they are a provider's ids, which have no other spelling."""
    return connector.typed.__func__ is not Connector.typed.__func__  # type: ignore[attr-defined]  # mypy takes a classmethod for a function
