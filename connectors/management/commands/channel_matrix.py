"""`manage.py channel_matrix`: writes docs/channels.md, or prints it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from connectors import matrix

FILE = Path(settings.BASE_DIR) / "docs" / "channels.md"


class Command(BaseCommand):
    help = "Writes docs/channels.md: what each channel can do, from the connectors' capabilities."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print", action="store_true", dest="show", help="Print it, write nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["show"]:
            self.stdout.write(matrix.text(), ending="")
            return
        FILE.write_text(matrix.text(), encoding="utf-8")
        self.stdout.write(f"Written: {FILE.relative_to(settings.BASE_DIR)}")
