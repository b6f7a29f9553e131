"""Taking customers and touchpoints in from CSV files: upload, choose the columns, check, run, stop, take back.

The verbs are here; the work itself is done by inbox.tasks.run_import, batch by batch (working.py, undoing.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import queueing
from inbox.actions import files, record
from inbox.actions.errors import Gone, Refused
from inbox.actions.importing import columns, reading, working
from inbox.actions.importing.cells import Options
from inbox.actions.importing.columns import Mapping
from inbox.actions.importing.reading import CHARSETS, DELIMITERS, MOST_COLUMNS, Row
from inbox.actions.importing.working import work
from inbox.models import Agent, Import, ImportRow
from inbox.models.imports import ImportKind, ImportState
from inbox.text import storable

__all__ = ["cancel", "check", "configure", "create", "preview", "purge", "run", "stuck", "undo", "work"]

MOST_BYTES = 200_000_000
KEPT = timedelta(days=30)
"""How long a file and its report are kept, and an import can be taken back."""
STUCK = timedelta(seconds=20)
_OPEN = (ImportState.MAPPING, ImportState.CHECKED)


@transaction.atomic
def create(*, agent: Agent, kind: str, name: str, file: IO[bytes]) -> Import:
    """Keep a file, and guess how it is written and which column holds what. Raises Refused."""
    if kind not in ImportKind.values:
        raise Refused(_("Choose whether it holds customers or touchpoints."))
    if file.seek(0, os.SEEK_END) > MOST_BYTES:
        raise Refused(_("The file is larger than %(size)d MB.") % {"size": MOST_BYTES // 1_000_000})
    dialect = reading.guess(file)
    with closing(reading.rows(file, dialect)) as rows:
        header = _header(rows)
    blob = files.store_file(file)
    options = {
        "charset": dialect.charset,
        "delimiter": dialect.delimiter,
        "country": settings.DEFAULT_COUNTRY,
        "zone": agent.time_zone or settings.TIME_ZONE,
        "decimal": "," if dialect.delimiter == ";" else ".",
    }
    mapping = columns.guess(kind, header)
    made = Import.objects.create(
        kind=kind, name=files.clean_name(name), blob=blob, mapping=mapping, options=options, by=agent
    )
    record.audit("import uploaded", actor=agent, about=made, data={"kind": kind})
    return made


def _header(rows: Iterable[Row]) -> tuple[str, ...]:
    """The words of the first row. Raises Refused."""
    first = next(iter(rows), None)
    if first is None or first.empty:
        raise Refused(_("The first row is empty. It must hold the names of the columns."))
    if first.problem:
        raise Refused(first.problem)
    if len(first.cells) > MOST_COLUMNS:
        raise Refused(_("The file has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    return tuple(storable(cell).strip() for cell in first.cells)


def preview(job: Import, *, rows: int = 5) -> tuple[tuple[str, ...], list[Row]]:
    """The header and the first rows. Raises Refused if the file is gone or cannot be read that way."""
    try:
        with working.source(job) as source:
            header = _header(islice(source, 1))
            return header, list(islice((row for row in source if not row.empty), rows))
    except FileNotFoundError:
        raise Refused(_("The file is not in the storage any more. Upload it again.")) from None


@transaction.atomic
def configure(*, agent: Agent, import_id: int, mapping: Mapping, options: dict[str, Any]) -> Import:
    """Say which column holds what (field → columns), and how cells are read (see cells.Options). Raises Refused, Gone.

    Only an admin may say that the addresses are verified: whoever writes from them is then this customer, to every desk.
    """
    job = _locked(import_id, *_OPEN, ImportState.CHECKING)
    chosen = Options.of({**job.options, **options})
    if chosen.verified and not agent.is_admin:
        raise Refused(_("Only an admin can say that the addresses are verified."))
    if chosen.charset not in CHARSETS or chosen.delimiter not in DELIMITERS:
        raise Refused(_("Choose how the file is written."))
    job.options = {**job.options, **options}
    header, _rows = preview(job)
    given = [name for name in ("kind", "source") if getattr(chosen, name)]
    wrong = columns.problems(job.kind, mapping, columns=len(header), given=given)
    if wrong:
        raise Refused(" ".join(wrong))
    job.mapping, job.state = mapping, ImportState.MAPPING
    job.save(update_fields=["mapping", "options", "state", "touched_at"])
    return job


@transaction.atomic
def reread(*, import_id: int, charset: str, delimiter: str) -> Import:
    """Read the file another way, and guess the columns anew. Raises Refused, Gone."""
    job = _locked(import_id, *_OPEN)
    if charset not in CHARSETS or delimiter not in DELIMITERS:
        raise Refused(_("Choose how the file is written."))
    job.options = {**job.options, "charset": charset, "delimiter": delimiter}
    header, _rows = preview(job)
    job.mapping, job.state = columns.guess(job.kind, header), ImportState.MAPPING
    job.save(update_fields=["mapping", "options", "state", "touched_at"])
    return job


@transaction.atomic
def check(*, agent: Agent, import_id: int) -> Import:
    """Look through every row for what is wrong with it; nothing else is written. Raises Refused, Gone."""
    job = _locked(import_id, *_OPEN)
    return _begin(job, agent, ImportState.CHECKING)


@transaction.atomic
def run(*, agent: Agent, import_id: int) -> Import:
    """Take the good rows in; after a stop it goes on where it was. Raises Refused, Gone."""
    job = _locked(import_id, ImportState.CHECKED, ImportState.FAILED)
    record.audit("import started", actor=agent, about=job, data={"kind": job.kind})
    if job.state == ImportState.CHECKED:
        return _begin(job, agent, ImportState.RUNNING)
    if job.blob_id is None:
        raise Refused(_("The file is not kept any more. Upload it again."))
    return _go(job, agent, ImportState.RUNNING)


def _begin(job: Import, agent: Agent, state: ImportState) -> Import:
    ImportRow.objects.filter(file=job).delete()
    job.position = job.created = job.changed = job.same = job.bad = 0
    return _go(job, agent, state)


def _go(job: Import, agent: Agent, state: ImportState) -> Import:
    """Whoever starts it answers for it: it finds only people that they may know."""
    job.state, job.by, job.reason = state, agent, ""
    job.save()
    queueing.after_commit("inbox.tasks.run_import", job.pk)
    return job


@transaction.atomic
def undo(*, agent: Agent, import_id: int) -> Import:
    """Take back what it created and changed, unless somebody has changed it since. Raises Refused, Gone."""
    job = _locked(import_id, ImportState.DONE, ImportState.FAILED)
    if job.created_at < timezone.now() - KEPT:
        raise Refused(_("It is too long ago: what it did is not known any more."))
    record.audit("import being undone", actor=agent, about=job)
    job.position = job.rows + 1
    return _go(job, agent, ImportState.UNDOING)


@transaction.atomic
def cancel(*, agent: Agent, import_id: int) -> Import | None:
    """Stop it. One that has written nothing yet is thrown away (None); what others wrote stays and can be taken back.

    Raises Refused, Gone.
    """
    job = _locked(import_id, *_OPEN, *working.READING)
    record.audit("import cancelled", actor=agent, about=job)
    if job.state in _OPEN:
        job.delete()
        return None
    working.stop(job.pk, _("Stopped by %(name)s.") % {"name": agent.name})
    return Import.objects.get(pk=job.pk)


def _locked(import_id: int, *states: ImportState) -> Import:
    """The import, locked, if it is in one of these states. Raises Refused, Gone."""
    job = Import.objects.select_for_update(of=("self",)).select_related("blob").filter(pk=import_id).first()
    if job is None:
        raise Gone(_("This import does not exist any more."))
    if job.state not in states:
        raise Refused(
            _("This import has moved on: %(state)s. Open it again.") % {"state": job.get_state_display()}
        )
    return job


def stuck() -> list[int]:
    """Those that should be going on, and that nobody has touched for a while: a worker died, a task was lost."""
    idle = Import.objects.filter(state__in=working.WORKING, touched_at__lt=timezone.now() - STUCK)
    return list(idle.values_list("pk", flat=True))


def purge() -> None:
    """Files and reports are kept for KEPT; that there was an import stays known."""
    old = Import.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(blob=None)
    for job in old.exclude(state__in=working.WORKING):
        with transaction.atomic():
            ImportRow.objects.filter(file=job).delete()
            Import.objects.filter(pk=job.pk).update(blob=None)
