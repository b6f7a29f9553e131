"""Migrations: none is missing, and every app's history has one end."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

pytestmark = pytest.mark.django_db


def test_no_change_of_a_model_lacks_its_migration() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, interactive=False, verbosity=0)


def test_two_branches_of_history_never_meet_unmerged() -> None:
    assert MigrationLoader(connection).detect_conflicts() == {}
