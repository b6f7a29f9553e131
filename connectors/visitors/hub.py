"""One ear per process: hears the doorbell and wakes the lines (sockets, long polls) whose visitor it concerns.

What has happened is read from the event log by each line; the doorbell only says when. It may drop: a line also looks by itself.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from connectors.visitors import audience
from connectors.visitors.offload import in_thread
from connectors.visitors.sessions import SESSION_ENDED
from inbox import live

log = structlog.get_logger(__name__)

# Events within this time are looked up together.
GATHER_SECONDS = 0.03
# After the doorbell's connection broke, it is tried again this often.
DEAF_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class Line:
    """One visitor's open connection, as the hub knows it: what it is about, and what it should do next."""

    sid: str = ""
    names: frozenset[tuple[str, str]] = frozenset()
    customers: frozenset[int] = frozenset()
    over: str = ""
    _typing: dict[str, Any] | None = None
    _news: bool = False
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Until something is to be done; after `seconds` that is looking for news."""
        try:
            await asyncio.wait_for(self._something.wait(), seconds)
        except TimeoutError:
            self._news = True
        self._something.clear()

    def wake(self) -> None:
        """There may be news."""
        self._news = True
        self._something.set()

    def types(self, message: dict[str, Any]) -> None:
        """An agent types, or has stopped."""
        self._typing = message
        self._something.set()

    def end(self, why: str) -> None:
        """The line must close now."""
        self.over = why
        self._something.set()

    def take_news(self) -> bool:
        """Whether news is to be looked for; asked once."""
        taken, self._news = self._news, False
        return taken

    def take_typing(self) -> dict[str, Any] | None:
        """The doorbell's word of an agent who types; asked once."""
        taken, self._typing = self._typing, None
        return taken


class Hub:
    """The lines of one process (of one event loop), by identity and by session."""

    def __init__(self) -> None:
        self.by_name: defaultdict[tuple[str, str], set[Line]] = defaultdict(set)
        self.lines: set[Line] = set()
        self.rung: set[int] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.ear: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    async def join(self, line: Line) -> None:
        """From when this returns, no doorbell is missed for this line; unless there is none now: then the line looks by itself."""
        self.lines.add(line)
        for name in line.names:
            self.by_name[name].add(line)
        if self.ear is None or self.ear.done():
            self.ear = asyncio.get_running_loop().create_task(self._listen())
        with suppress(TimeoutError):
            await asyncio.wait_for(self.listening.wait(), timeout=2)

    def leave(self, line: Line) -> None:
        self.lines.discard(line)
        for name in line.names:
            left = self.by_name.get(name, set())
            left.discard(line)
            if not left:
                self.by_name.pop(name, None)

    async def close(self) -> None:
        """Stop listening."""
        tasks = [task for task in (self.ear, *self.tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        """Hear the doorbell for as long as the process lives; after a failure everything is looked for once."""
        while True:
            try:
                await self._subscribe()
            except (RedisError, OSError) as error:
                log.warning("Visitors hear no doorbell now.", error=type(error).__name__)
            finally:
                self.listening.clear()
            await asyncio.sleep(DEAF_SECONDS)

    async def _subscribe(self) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("There is no channel layer: set REDIS_URL.")
        channel = await layer.new_channel()
        await layer.group_add(live.GROUP, channel)
        self.listening.set()
        for line in self.lines:
            line.wake()
        while True:
            self.hear(await layer.receive(channel))

    def hear(self, message: dict[str, Any]) -> None:
        """One message of the doorbell. Anything we do not know is somebody else's."""
        kind = message.get("type")
        if kind == "doorbell.events" and self.lines:
            self._gather(event[2] for event in message["events"])
        elif kind == "doorbell.typing":
            self._typing(message)
        elif kind == "doorbell.read":
            for line in self._of_customer(message["customer"]):
                line.wake()
        elif kind == SESSION_ENDED:
            for line in [line for line in self.lines if line.sid == message["sid"]]:
                line.end("session")

    def _gather(self, event_ids: Iterable[int]) -> None:
        first = not self.rung
        self.rung.update(event_ids)
        if first:
            self._start(self._look_up())

    async def _look_up(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        ids, self.rung = self.rung, set()
        found = await in_thread(audience.of, ids)
        for name in found.told:
            for line in self.by_name.get(name, ()):
                line.wake()
        for name in found.blocked:
            for line in self.by_name.get(name, ()):
                line.end("blocked")

    def _typing(self, message: dict[str, Any]) -> None:
        """An agent types an answer on the visitor's channel. A visitor's own typing is no news to them."""
        if not str(message["who"]).startswith("agent:"):
            return
        for line in self._of_customer(message["customer"]):
            line.types(message)

    def _of_customer(self, customer_id: int) -> list[Line]:
        return [line for line in self.lines if customer_id in line.customers]

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The lines look by themselves before long.
            log.warning("Visitors could not be told of news.", error=type(task.exception()).__name__)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def here() -> Hub:
    """The hub of this process (a server process has one event loop)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
