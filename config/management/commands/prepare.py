"""Makes an installation ready to serve: checks, migrations, static files and, on request, demo data."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser, call_command, get_commands
from django.db import connection


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
        if settings.COLLECT_STATIC:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo and "demo_data" in get_commands():
            logins = StringIO()
            call_command("demo_data", stdout=logins)
            (settings.DATA_DIR / "demo-logins.txt").write_text(logins.getvalue())
