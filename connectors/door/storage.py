"""One INSERT per request through an async psycopg pool, within four seconds whatever the database does."""

from __future__ import annotations

import asyncio
import weakref
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import psycopg
import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from connectors.locks import connection_params

log = structlog.get_logger(__name__)

# The provider must hear 503 within five seconds (trust.md F6), so that it tries again.
SECONDS = 4.0
SIZE = 4

# The channel's version is compared in the same statement: nothing checked with an old secret is stored.
INSERT = """
    INSERT INTO connectors_receipt (channel_id, method, url, headers, body, received_at)
    SELECT id, %(method)s, %(url)s, %(headers)s, %(body)s, %(received_at)s
    FROM inbox_channel WHERE id = %(channel)s AND changed_at = %(version)s
"""


class Stored(Enum):
    """YES: committed. OUTDATED: the channel has changed since it was read. NO: the database did not take it in time."""

    YES = "yes"
    OUTDATED = "outdated"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a receipt keeps of a request, secrets already taken out."""

    channel: int
    version: datetime
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime


class Storage:
    """A pool per event loop (a server process has one), opened on first use."""

    def __init__(self) -> None:
        self.pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncConnectionPool[Any]] = (
            weakref.WeakKeyDictionary()
        )
        self.running: set[asyncio.Task[Stored]] = set()

    async def store(self, row: Row) -> Stored:
        """Never raises for a database that is away. After NO the row may still come in: a second delivery is harmless."""
        task = asyncio.get_running_loop().create_task(self._insert(row))
        # A frozen database would hold a cancelled query too, so the task is left to end by itself.
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        done, _pending = await asyncio.wait({task}, timeout=SECONDS)
        return task.result() if done else Stored.NO

    async def _insert(self, row: Row) -> Stored:
        pool = await self._pool()
        values = {name: getattr(row, name) for name in Row.__slots__} | {"headers": Jsonb(row.headers)}
        # After a restart of the database every connection of the pool may be dead: one more try than there are.
        for _ in range(SIZE + 1):
            try:
                async with pool.connection() as db:
                    inserted = await db.execute(INSERT, values)
                    return Stored.YES if inserted.rowcount else Stored.OUTDATED
            except PoolTimeout:
                return Stored.NO
            except psycopg.Error as error:
                if not db.closed:
                    log.warning(
                        "A request could not be stored.", error=type(error).__name__, reason=str(error)
                    )
                    return Stored.NO
        return Stored.NO

    async def _pool(self) -> AsyncConnectionPool[Any]:
        loop = asyncio.get_running_loop()
        if loop not in self.pools:
            self.pools[loop] = make_pool()
            await self.pools[loop].open()
        return self.pools[loop]

    async def close(self) -> None:
        """Give back this loop's connections."""
        pool = self.pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.close(timeout=SECONDS)


def make_pool() -> AsyncConnectionPool[Any]:
    """Django's own database, outside Django. Read-only, out of space, restarting: all end in an error and in 503."""
    params = connection_params()
    params["options"] = (
        f"{params.get('options', '')} -c statement_timeout={int(SECONDS * 1000) - 500}".strip()
    )
    return AsyncConnectionPool(
        kwargs={**params, "autocommit": True, "connect_timeout": 3},
        min_size=1,
        max_size=SIZE,
        timeout=SECONDS - 0.5,
        # Give up on a dead server soon: the next request then tries at once instead of after a long back-off.
        reconnect_timeout=SECONDS,
        open=False,
    )
