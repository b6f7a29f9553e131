"""CSV files being taken in, row by row, so that an import can go on after a crash and be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.files import Blob
from inbox.models.staff import Agent, Desk


class ImportKind(models.TextChoices):
    CUSTOMERS = "customers", _("Customers")
    TOUCHPOINTS = "touchpoints", _("Touchpoints")


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("Choose the columns")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")
    FAILED = "failed", _("Stopped")


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, agent: Agent) -> ImportQuerySet:
        """For managers and admins: the imports of those who read no desk that this agent may not read. What a file did
        depends on whom its importer may know, so it would tell the others of them."""
        if not agent.is_manager:
            return self.none()
        further = Desk.objects.filter(restricted=True, members=OuterRef("by"))
        return self.filter(~Exists(further.exclude(pk__in=Desk.objects.readable_by(agent).values("pk"))))


class Import(models.Model):
    """One file. mapping: our field → the places of the file's columns. `position`: so many rows are done; work goes on there after a crash."""

    kind = models.CharField(max_length=12, choices=ImportKind.choices)
    name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=ImportState.choices, default=ImportState.MAPPING)
    reason = models.CharField(max_length=300, blank=True)
    rows = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def under_way(self) -> bool:
        """A worker is at it, or will be."""
        return self.state in (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)

    @property
    def done(self) -> int:
        """How many rows are done; taking back goes from the last row to the first."""
        return max(self.rows - self.position, 0) if self.state == ImportState.UNDOING else self.position


class ImportRow(models.Model):
    """What became of one row: bad (with the reason), or what it created or changed (`before`: for taking it back). See actions/importing/outcome.py."""

    file = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=300, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    touchpoint_id = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "number"], name="import_row_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("file", "number", condition=Q(outcome="bad"), name="import_bad_rows"),
        ]
