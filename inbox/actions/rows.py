"""Set-based inserts: many rows in one statement, with what the ORM's bulk_create cannot say (RETURNING beside ON CONFLICT)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    skip_conflicts: bool = False,
    returning: str = "",
) -> list[tuple[Any, ...]]:
    """Insert rows given as database columns. With skip_conflicts a row that breaks a unique constraint is left out.

    returning: a comma list of columns; the answer has one tuple per row really inserted, in no promised order.
    """
    if not rows:
        return []
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001  # _meta is Django's documented model API
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))}"  # noqa: S608  # names are ours
    if skip_conflicts:
        sql += " ON CONFLICT DO NOTHING"
    if returning:
        sql += f" RETURNING {returning}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row])
        return list(cursor.fetchall()) if returning else []


def select(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one SELECT and give all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def execute(sql: str, params: Sequence[Any]) -> int:
    """Run one statement and give the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
