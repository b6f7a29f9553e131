"""Makes an installation ready to serve: checks, migrations, static files and, on request, demo data."""

import hashlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandParser, call_command, get_commands
from django.db import connection

from config import heartbeat
from config.celery import QUEUES


def collect_static() -> None:
    """Collects what changed since the last start; finding out that nothing did takes a moment, collecting seconds."""
    mark = Path(settings.STATIC_ROOT) / "collected-from.txt"
    found = "".join(sorted(_described_static_files()))
    state = hashlib.sha256(found.encode()).hexdigest()
    if not mark.exists() or mark.read_text() != state:
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(state)


def _described_static_files() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            yield f"{path} {stat.st_size} {stat.st_mtime_ns}\n"


class Command(BaseCommand):
    help = __doc__
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo data, unless it is there")

    def handle(self, *_args: Any, demo: bool = False, **_options: Any) -> None:
        with connection.cursor() as cursor:
            # Two machines may start at once; the second finds everything done.
            cursor.execute("SELECT pg_advisory_lock(hashtext('onethread prepare'))")
            call_command("migrate", interactive=False, verbosity=0)
        # Marks of an earlier run would make /readyz praise processes that are not there yet.
        heartbeat.forget(["beat", *(f"worker:{queue}" for queue in QUEUES)])
        if settings.COLLECT_STATIC:
            collect_static()
        if demo and "demo_data" in get_commands():
            logins = StringIO()
            call_command("demo_data", stdout=logins)
            note = settings.DATA_DIR / "demo-logins.txt"
            note.touch(mode=0o600)
            note.write_text(logins.getvalue())
