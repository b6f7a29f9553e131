"""One holder in the whole installation: a session-level advisory lock of PostgreSQL, gone with its holder whatever happens."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection


def connection_params() -> dict[str, Any]:
    """What psycopg needs to reach Django's database without Django and its pool."""
    params = dict(connection.get_connection_params())
    for django_only in ("cursor_factory", "context", "pool"):
        params.pop(django_only, None)
    return params


class Lock:
    """Held by a connection of its own, because a connection out of a pool would take the lock along when it is given back."""

    def __init__(self, family: int, number: int) -> None:
        self.key = (family, number)
        self.holder: psycopg.Connection[tuple[bool]] | None = None
        self.held = False

    def hold(self) -> bool:
        """True if we hold it from now on or still do. Costs one short query."""
        question = "SELECT true" if self.held else "SELECT pg_try_advisory_lock(%s, %s)"
        try:
            if self.holder is None:
                self.holder = psycopg.connect(**connection_params(), autocommit=True, connect_timeout=5)
            row = self.holder.execute(question, None if self.held else self.key).fetchone()
        except psycopg.OperationalError:
            self.release()
            return False
        self.held = bool(row and row[0])
        return self.held

    def release(self) -> None:
        self.held = False
        if self.holder is not None:
            self.holder.close()
            self.holder = None
