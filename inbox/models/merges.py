"""What was brought together by whom, so that it can be taken apart again; and pairs that are known to be two."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from inbox.models.people import Customer
from inbox.models.staff import Agent


class Merge(models.Model):
    """One customer became part of another. `moved` keeps what was theirs: ids only, see actions/merging.py.

    how: "agent", or "proof" when both sides were proven to be one person.
    values: what `keep` knew of themselves before ({"name": …}), to be given back if nobody has changed it since.
    """

    keep = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    how = models.CharField(max_length=10, default="agent")
    moved = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    last_message_id = models.BigIntegerField(default=0)
    last_event_id = models.BigIntegerField(default=0)
    actor = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="merged_into_one_at_a_time"
            ),
        ]


class Dismissal(models.Model):
    """An agent said that these two customers are not one person: it is never suggested again. `one` is the lower id."""

    one = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["one", "other"], name="dismissed_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="dismissal_lower_first"),
        ]
