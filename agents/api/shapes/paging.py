"""Lists: how a page is asked for, and what one is."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

BIGGEST_ID = 2**63 - 1


class Paging(serializers.Serializer[Any]):
    """Lists go newest first."""

    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)
    cursor = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="`next` of the page before; the other parameters must stay as they were.",
    )


class IdField(serializers.IntegerField):
    """An id of ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


@cache
def page(shape: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """A page of these, for the schema."""
    after = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")
    name = getattr(shape, "Meta").ref_name  # noqa: B009  # every shape of ours has one, which the base class cannot know
    return inline_serializer(f"{name}Page", {"results": shape(many=True), "next": after})
