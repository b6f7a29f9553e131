"""a1: a signed webhook → stored in raw form and answered, beside an application that only inserts the body."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from itertools import count

from django.db import connection

from benchmarks import limits, load
from benchmarks.receiving import bench_channel
from benchmarks.rounds import interleaved
from benchmarks.sizes import Size
from benchmarks.stage import web_server
from benchmarks.table import Result

SECRET = "a long secret"
_number = count(1)


def stored(size: Size) -> list[Result]:
    """a1, behind uvicorn and behind daphne."""
    channel = bench_channel(secret=SECRET)
    with connection.cursor() as cursor:
        cursor.execute(limits.TABLE)
    return [_behind(server, f"/hooks/{channel.public_id}/", size) for server in ("uvicorn", "daphne")]


def _behind(server: str, path: str, size: Size) -> Result:
    with (
        web_server("config.asgi:application", server) as ours,
        web_server("benchmarks.limits:insert", server) as bare,
    ):
        for port in (ours, bare):
            _warm_up(port, path)
        found = interleaved(
            size.rounds,
            {"ours": lambda: _post(ours, path, size.posts), "limit": lambda: _post(bare, path, size.posts)},
        )
    return Result(
        work="a1",
        measure=f"webhook stored / bare one INSERT, {server}",
        ours=found["ours"],
        limit=found["limit"],
        unit="/s",
        floor=0.2,
        stretch=0.35,
    )


def _warm_up(port: int, path: str) -> None:
    """Until pools and the list of channels are there; a busy machine may need more than the door's four seconds."""
    for _attempt in range(5):
        with contextlib.suppress(load.Refused):
            _post(port, path, 20)
            return


def _post(port: int, path: str, amount: int) -> float:
    return asyncio.run(load.post_all(port, [_signed(path) for _ in range(amount)]))


def _signed(path: str) -> bytes:
    """A message as the sandbox signs it: connectors/sandbox/README.md."""
    number = next(_number)
    event = {
        "id": f"event-{number}",
        "type": "message",
        "at": "2026-03-02T09:00:00+00:00",
        "message": f"hook-{number}",
        "from": {"id": f"person-{number % 50}", "name": "Ana Silva"},
        "text": "Hello, my lamp arrived broken. " * 6,
    }
    body = json.dumps({"events": [event]}).encode()
    sent = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    return load.request(path, body, {"X-Sandbox-Signature": f"t={sent},v1={digest}"})
