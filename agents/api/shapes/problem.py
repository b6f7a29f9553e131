"""A problem (RFC 9457), as the schema describes it; agents/api/problems.py makes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class FieldProblem(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField(
        allow_blank=True, help_text="Its path, as in `identities.0.value`; empty for the whole."
    )
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemShape(serializers.Serializer[Any]):
    """What went wrong: `code` for the program, `detail` for people."""

    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; the sentences are not.")
    detail = serializers.CharField()
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # DRF takes fields out of the class, so the attribute of that name stays

    class Meta:
        ref_name = "Problem"
