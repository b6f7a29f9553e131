"""What became of a row, and writing that down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import Jsonb

from inbox.actions import rows
from inbox.models import ImportRow

BAD, CREATED, CHANGED, SAME, UNDONE, KEPT = "bad", "created", "changed", "same", "undone", "kept"
"""UNDONE: what the row had brought was taken back. KEPT: what the row had brought could not be taken back (all of it); the reason says why."""


@dataclass(slots=True)
class Outcome:
    """customer_id: whom the row made or changed. before: for undo, see undoing.py."""

    number: int
    outcome: str
    reason: str = ""
    customer_id: int | None = None
    touchpoint_id: int | None = None
    before: dict[str, Any] = field(default_factory=dict)


def keep(import_id: int, outcomes: Iterable[Outcome]) -> None:
    """Write down all but those that changed nothing."""
    rows.insert(
        ImportRow,
        ("file_id", "number", "outcome", "reason", "customer_id", "touchpoint_id", "before"),
        [
            (
                import_id,
                each.number,
                each.outcome,
                each.reason[:300],
                each.customer_id,
                each.touchpoint_id,
                Jsonb(each.before),
            )
            for each in outcomes
            if each.outcome != SAME
        ],
    )
