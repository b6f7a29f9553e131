"""b1, b2: one message of a customer → every open page, beside a bare loop and beside a Channels group, on the same server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from django.conf import settings
from django.db import connections
from django.test import Client

from benchmarks import limits, load
from benchmarks.crowd import Crowd
from benchmarks.receiving import bench_channel, inbound
from benchmarks.rounds import interleaved
from benchmarks.sizes import Size
from benchmarks.stage import web_server
from benchmarks.table import Result
from inbox.actions.receive import receive
from inbox.models import Agent, Event, Identity

# A process lets an agent have forty open pages.
PAGES_OF_ONE = 25
OURS, BARE = b'"t":"thread"', b"broadcast-marker"
# About what the frame of one message weighs.
FRAME_BYTES = 4_000

Trigger = Callable[[], Awaitable[None]]


def to_all(size: Size) -> list[Result]:
    """b1 and b2 behind both servers."""
    return [result for server in ("uvicorn", "daphne") for result in _behind(server, size)]


def _behind(server: str, size: Size) -> list[Result]:
    room = _Room(server, size)
    with (
        web_server("config.asgi:application", server) as ours,
        web_server("benchmarks.limits:broadcast", server) as bare,
        web_server("benchmarks.group:application", server) as layer,
    ):
        found = interleaved(
            max(1, size.rounds // 2),
            {
                "ours": lambda: asyncio.run(_hub(ours, room, size)),
                "bare": lambda: asyncio.run(_bare(bare, size)),
                "layer": lambda: asyncio.run(_bare(layer, size)),
            },
        )
    words = f"{size.sockets} sockets, {server}"
    return [
        _result("b1", f"one message to {words} / bare loop", found["ours"], found["bare"], (0.6, 0.9)),
        _result("b2", f"one message to {words} / Channels group", found["ours"], found["layer"], (4.0, 8.0)),
    ]


def _result(work: str, measure: str, ours: float, limit: float, goals: tuple[float, float]) -> Result:
    return Result(
        work=work, measure=measure, ours=ours, limit=limit, unit="/s", floor=goals[0], stretch=goals[1]
    )


class _Room:
    """Agents who have the thread of the same customer open, and that customer."""

    def __init__(self, server: str, size: Size) -> None:
        self.channel = bench_channel()
        self.crowd = Crowd(f"b1-{server}", 1)
        self.say()
        (customer,) = Identity.objects.filter(value=f"b1-{server}-0").values_list("customer", flat=True)
        self.customer = customer
        amount = -(-size.sockets // PAGES_OF_ONE)
        self.cookies = [_logged_in(f"{server}-{number}@shop.example") for number in range(amount)]

    def say(self) -> None:
        """The customer writes."""
        (saying,) = self.crowd.regulars()
        receive([inbound(self.channel, saying)])

    def last_event(self) -> int:
        return Event.objects.filter(customer=self.customer).order_by("-pk").values_list("pk", flat=True)[0]


def _logged_in(email: str) -> str:
    agent = Agent.objects.create_user(email, None, name="Sam Reed")
    client = Client()
    client.force_login(agent)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def _hub(port: int, room: _Room, size: Size) -> float:
    headers = [
        {"Cookie": room.cookies[number % len(room.cookies)], "Origin": "http://localhost"}
        for number in range(size.sockets)
    ]
    since = await _in_thread(room.last_event)
    hello = {
        "t": "hello",
        "language": "en",
        "view": "mine",
        "customer": room.customer,
        "since": since,
        "age": 0,
    }
    async with _sockets(port, "/live/socket/", b'"t":"lists"', headers, json.dumps(hello)) as sockets:
        await _settled(sockets)
        for socket in sockets:
            socket.marker, socket.seen = OURS, 0
        return await _deliveries(sockets, lambda: _in_thread(room.say), size.events)


async def _settled(sockets: list[load.Socket]) -> None:
    """Wait until each has its counts, the last thing a page is told when it connects; who waits says so, as a page does."""
    settled = asyncio.gather(*(socket.until(1) for socket in sockets))
    while not (await asyncio.wait({settled}, timeout=20))[0]:
        for socket in sockets:
            socket.say('{"t":"ping"}')
    await settled


async def _bare(port: int, size: Size) -> float:
    text = limits.text_of(FRAME_BYTES, BARE.decode())
    async with _sockets(port, "/", BARE, [{} for _ in range(size.sockets)]) as sockets:

        async def say() -> None:
            sockets[0].say(text)

        return await _deliveries(sockets, say, size.events)


async def _deliveries(sockets: list[load.Socket], trigger: Trigger, events: int) -> float:
    """Deliveries a second: from the moment something has happened (is committed) until the last socket knows it."""
    taken = 0.0
    for number in range(events + 1):
        before = [socket.seen for socket in sockets]
        await trigger()
        begun = time.perf_counter()
        told = [socket.until(seen + 1) for socket, seen in zip(sockets, before, strict=True)]
        await asyncio.wait_for(asyncio.gather(*told), 60)
        if number:  # the first warms up
            taken += max(time.perf_counter() - begun, 1e-6)
    return len(sockets) * events / taken


@asynccontextmanager
async def _sockets(
    port: int, path: str, marker: bytes, headers: list[dict[str, str]], first_words: str = ""
) -> AsyncIterator[list[load.Socket]]:
    """That many open sockets; connected twenty at a time, which every server's backlog takes."""
    sockets: list[load.Socket] = []
    try:
        for start in range(0, len(headers), 20):
            opening = [load.Socket.open(port, path, marker, each) for each in headers[start : start + 20]]
            opened = await asyncio.gather(*opening)
            sockets += opened
            for socket in opened:
                if first_words:
                    socket.say(first_words)
        yield sockets
    finally:
        for socket in sockets:
            await socket.close()


async def _in_thread(work: Callable[[], object]) -> object:
    def run() -> object:
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)
