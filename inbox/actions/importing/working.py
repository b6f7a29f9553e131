"""Taking a file in, batch by batch: each in one transaction that also moves `position`, so that work goes on after any crash.

The row of the import is locked while a batch is written: two workers never do the same one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from inbox import blobs
from inbox.actions import record
from inbox.actions.importing import outcome, people_writing, reading, story, undoing
from inbox.actions.importing.cells import Cells, Options
from inbox.actions.importing.outcome import BAD, CHANGED, CREATED, SAME, Outcome
from inbox.actions.importing.reading import Dialect, Row
from inbox.models import Agent, Import
from inbox.models.imports import ImportKind, ImportState

BATCH = 300
READING = (ImportState.CHECKING, ImportState.RUNNING)
WORKING = (*READING, ImportState.UNDOING)


def work(import_id: int, *, seconds: float = 20.0) -> bool:
    """Go on with an import for about so long. True if there is more to do. Another worker's batch is never waited for."""
    end = time.monotonic() + seconds
    job = Import.objects.select_related("blob").filter(pk=import_id, state__in=WORKING).first()
    if job is None:
        return False
    if job.state == ImportState.UNDOING:
        return undoing.work(import_id, until=end)
    try:
        with source(job) as left:
            for _row in islice(left, job.position + 1):
                pass  # the header, and what has been done
            position = job.position
            while time.monotonic() < end:
                batch = list(islice(left, BATCH))
                if not _step(job, position, batch):
                    return False
                position += len(batch)
    except FileNotFoundError:
        stop(import_id, _("The file is not in the storage any more. Upload it again."))
        return False
    return True


@contextmanager
def source(job: Import) -> Iterator[Iterator[Row]]:
    """The rows of its file, the header first. Raises FileNotFoundError."""
    if job.blob is None:
        raise FileNotFoundError(job.name)
    options = Options.of(job.options)
    dialect = Dialect(options.charset, options.delimiter)
    with blobs.open_file(job.blob) as file, closing(reading.rows(file, dialect)) as rows:
        yield rows


def _step(seen: Import, position: int, batch: Sequence[Row]) -> bool:
    """Do one batch. False if there is nothing more to do here: it is over, or somebody else is at it."""
    with transaction.atomic():
        job = claim(seen.pk)
        if job is None or (job.state, job.position) != (seen.state, position):
            return False
        agent = job.by
        if agent is None or not agent.is_active or not agent.is_manager:
            stop(job.pk, _("Who started this may not import any more. Start it anew."))
            return False
        if not batch:
            _finish(job)
            return False
        outcomes = _outcomes(job, batch, agent)
        dry = job.state == ImportState.CHECKING
        outcome.keep(job.pk, [each for each in outcomes if each.outcome == BAD] if dry else outcomes)
        _count(job, outcomes)
        job.position += len(batch)
        job.rows = max(job.rows, job.position)
        job.save(update_fields=["position", "rows", "created", "changed", "same", "bad", "touched_at"])
    return True


def claim(import_id: int) -> Import | None:
    """Lock the import, unless somebody else has."""
    found = Import.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=import_id)
    return found.select_related("by").first()


def _outcomes(job: Import, batch: Sequence[Row], agent: Agent) -> list[Outcome]:
    """What becomes of these rows. If the database refuses them together, each is tried alone: one never holds another."""
    bad = [Outcome(row.number, BAD, row.problem) for row in batch if row.problem]
    options = Options.of(job.options)
    listed = [Cells(row, job.mapping, options) for row in batch if not row.problem and not row.empty]
    try:
        return [*bad, *_together(job, listed, agent)]
    except (DataError, IntegrityError):
        return [*bad, *(each for row in listed for each in _alone(job, row, agent))]


def _alone(job: Import, row: Cells, agent: Agent) -> list[Outcome]:
    try:
        return _together(job, [row], agent)
    except (DataError, IntegrityError):
        return [Outcome(row.row.number, BAD, _("The database does not take this row."))]


def _together(job: Import, listed: Sequence[Cells], agent: Agent) -> list[Outcome]:
    batch = people_writing.batch if job.kind == ImportKind.CUSTOMERS else story.batch
    with transaction.atomic():
        return batch(job, listed, agent=agent, dry=job.state == ImportState.CHECKING)


def _count(job: Import, outcomes: Sequence[Outcome]) -> None:
    for kind in (CREATED, CHANGED, SAME, BAD):
        setattr(job, kind, getattr(job, kind) + sum(each.outcome == kind for each in outcomes))


def _finish(job: Import) -> None:
    checked = job.state == ImportState.CHECKING
    job.state = ImportState.CHECKED if checked else ImportState.DONE
    job.save(update_fields=["state", "touched_at"])
    if not checked:
        counted = {name: getattr(job, name) for name in (CREATED, CHANGED, SAME, BAD)}
        record.audit("import done", actor=job.by, about=job, data=counted)


def stop(import_id: int, reason: str) -> None:
    """It cannot go on. What was written stays, and can be taken back."""
    job = Import.objects.select_for_update().get(pk=import_id)
    job.state = ImportState.MAPPING if job.state == ImportState.CHECKING else ImportState.FAILED
    job.reason = reason[:300]
    job.save(update_fields=["state", "reason", "touched_at"])
