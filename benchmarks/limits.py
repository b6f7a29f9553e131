"""The least an ASGI application must do for the same work; each is started behind the same server as the product.

insert     one INSERT of the body, then 200
broadcast  what one socket says goes to all, in a loop
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from psycopg_pool import AsyncConnectionPool

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TABLE = "CREATE TABLE IF NOT EXISTS bench_raw (id bigserial PRIMARY KEY, body bytea NOT NULL)"
_pools: list[AsyncConnectionPool[Any]] = []
_sockets: set[Send] = set()


async def insert(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if not _pools:
        conninfo = os.environ["DATABASE_URL"]
        _pools.append(
            AsyncConnectionPool(conninfo, min_size=1, max_size=4, open=False, kwargs={"autocommit": True})
        )
        await _pools[0].open()
    async with _pools[0].connection() as connection:
        await connection.execute("INSERT INTO bench_raw (body) VALUES (%s)", (body,))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def broadcast(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    _sockets.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            for each in list(_sockets):
                await each({"type": "websocket.send", "text": message["text"]})
    finally:
        _sockets.discard(send)


def text_of(size: int, marker: str) -> str:
    """A frame of about so many bytes that contains the marker once."""
    return json.dumps({"t": marker, "fill": "x" * max(0, size - len(marker) - 20)})
