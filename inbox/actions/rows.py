"""Set-based SQL: many rows in one statement, several statements in one round trip, RETURNING beside ON CONFLICT: what the ORM lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

Row = Sequence[Any]
Statement = tuple[str, Sequence[Any]]


def insert(
    model: type[models.Model],
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    skip_conflicts: bool = False,
    returning: str = "",
) -> list[tuple[Any, ...]]:
    """Insert rows given as database columns. With skip_conflicts a row that breaks a unique constraint is left out.

    returning: a comma list of columns; the answer has one tuple per row really inserted, in no promised order.
    """
    return together([insertion(model, columns, rows, skip_conflicts=skip_conflicts, returning=returning)])[0]


def insertion(
    model: type[models.Model],
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    skip_conflicts: bool = False,
    returning: str = "",
) -> Statement | None:
    """The statement that `insert` runs; None for no rows. Its text is the same for any number of rows."""
    if not rows:
        return None
    return _insertion(model, columns, skip_conflicts, returning), [
        list(column) for column in zip(*rows, strict=True)
    ]


@cache
def _insertion(
    model: type[models.Model], columns: tuple[str, ...], skip_conflicts: bool, returning: str
) -> str:
    meta = model._meta  # noqa: SLF001  # Django's documented model API
    # Without the length: a cast to varchar(9) would cut what is too long, the column refuses it.
    types = {
        field.column: str(field.rel_db_type(connection)).partition("(")[0] for field in meta.concrete_fields
    }
    arrays = ", ".join(f"%s::{types[column]}[]" for column in columns)
    sql = f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({', '.join(columns)}) SELECT * FROM unnest({arrays})"  # noqa: S608  # names are ours
    if skip_conflicts:
        sql += " ON CONFLICT DO NOTHING"
    return f"{sql} RETURNING {returning}" if returning else sql


def together(statements: Sequence[Statement | None]) -> list[list[tuple[Any, ...]]]:
    """Run several statements in one round trip, in their order; the answers of each, none for None.

    Each sees what those before it did and, as ever, what others have committed by then: so what follows a lock is read under it.
    Works because Django binds parameters on the client's side unless it is told otherwise (OPTIONS: server_side_binding).
    """
    asked = [statement for statement in statements if statement is not None]
    if not asked:
        return [[] for _statement in statements]
    with connection.cursor() as cursor:
        cursor.execute(
            ";\n".join(sql for sql, _params in asked), [value for _sql, params in asked for value in params]
        )
        answers = []
        for statement in statements:
            answers.append(list(cursor.fetchall()) if statement is not None and cursor.description else [])
            if statement is not None:
                cursor.nextset()
        return answers


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
