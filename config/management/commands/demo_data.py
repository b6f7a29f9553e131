"""Loads Northwool, the made-up shop of the demo. Run again, it changes nothing and prints who may log in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from config.demo import cast, telling
from inbox.models import Agent


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        note = settings.DATA_DIR / "demo-password.txt"
        if not Agent.objects.filter(email="sam@northwool.example").exists():
            with transaction.atomic():
                company = cast.assemble()
                telling.Telling(company).run()
            note.write_text(company.password)
            note.chmod(0o600)
        password = note.read_text() if note.exists() else "(chosen when the demo was loaded)"
        self.stdout.write("Log in as one of these; the password is the same for all:")
        for agent in Agent.objects.filter(email__endswith="@northwool.example").order_by("pk"):
            self.stdout.write(f"  {agent.email:<26} {agent.name} ({agent.get_role_display()})")
        self.stdout.write(f"  password: {password}")
        for line in cast.pages():
            self.stdout.write(line)
