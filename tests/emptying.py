"""How the tables are emptied after a test that commits. Django's own way truncates every table and then makes every permission
anew: half a second for each of many hundred tests. This deletes from the tables that have something in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""What Django fills when it makes the tables, and no test changes."""


def empty() -> None:
    """Delete everything, whatever refers to it and however it is guarded; wait for whoever is still writing."""
    quote = connection.ops.quote_name
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    names = ", ".join(map(quote, tables))
    some = " UNION ALL ".join(f"(SELECT '{table}' FROM {quote(table)} LIMIT 1)" for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        # As Django's flush does, no trigger is asked: neither those of foreign keys nor our own that forbid deleting.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(some)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(table)}")


def patiently(_case: TransactionTestCase) -> None:
    """A server of a test may still be writing: PostgreSQL then ends one of the two."""
    for left in reversed(range(8)):
        try:
            empty()
        except OperationalError:
            if not left:
                raise
        else:
            return


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", patiently)
        yield
