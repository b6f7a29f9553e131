"""An agent's websocket: hello, a few frames in, news out. Raw ASGI: the hub hears the doorbell for all, so none has a channel.

Close codes: 4400 not understood · 4401 log in again or open the page anew · 4408 silent or too slow · 4429 too much.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie

from agents.live import feed, hub, lists, presence, rights
from agents.live.lines import Line
from agents.live.offload import aside, in_thread
from agents.live.rights import Rights
from inbox.models import Agent

log = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_BYTES = 4_096
HELLO_SECONDS = 10
SILENT_SECONDS = 60
"""A page says something at least every 25 seconds."""
MOST_SOCKETS = 40
"""Of one agent in one process: as many open pages."""
BURST, RATE = 40.0, 8.0
"""Frames a page may send at once, and a second in the long run."""

_open: Counter[int] = Counter()


class Closed(Exception):
    """The connection ends with this code; 0: the browser has gone."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def socket(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application at /live/socket/. Who is not logged in is refused before the handshake."""
    await receive()  # websocket.connect
    # Not by Channels' AuthMiddleware: it leaves its database connection behind in a context nobody closes.
    known = await in_thread(rights.recognise, session_key(scope))
    if known is None:
        await send({"type": "websocket.close", "code": 4401})
        return
    agent, held = known
    if _open[agent.pk] >= MOST_SOCKETS:
        await send({"type": "websocket.close", "code": 4429})
        return
    _open[agent.pk] += 1
    try:
        await send({"type": "websocket.accept"})
        await Socket(agent, held, receive, send).run()
    finally:
        _open[agent.pk] -= 1
        if not _open[agent.pk]:
            del _open[agent.pk]


def session_key(scope: MutableMapping[str, Any]) -> str:
    """The session named by the browser's cookie; "" for none."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""


class Socket:
    """One connection from its opening to its end."""

    def __init__(self, agent: Agent, held: Rights, receive: Receive, send: Send) -> None:
        self.agent = agent
        self.held = held
        self.receive, self.send = receive, send
        self.line: Line | None = None
        self.allowance, self.counted_at = BURST, asyncio.get_running_loop().time()

    async def run(self) -> None:
        try:
            await self.talk()
        except Closed as closed:
            await self.close(closed.code)
        except (DatabaseError, OSError) as error:
            # The page comes back and asks for what it has missed.
            log.warning("live_socket_closed", error=type(error).__name__)
            await self.close(1011)
        finally:
            await self.leave()

    async def talk(self) -> None:
        """Raises Closed, always."""
        hello = await self.next_frame(HELLO_SECONDS)
        if hello["t"] != "hello":
            raise Closed(4400)
        self.line = line = Line(self.agent, self.held, self.write)
        await hub.current().join(line)
        line.language = language(hello.get("language"))
        await self.look_at(line, hello, first=True)
        await hub.current().catch_up(line, age(hello))
        listening = asyncio.create_task(self.listen(line))
        ending = asyncio.create_task(line.over.wait())
        try:
            await asyncio.wait({listening, ending}, return_when=asyncio.FIRST_COMPLETED)
            if line.over.is_set():
                raise Closed(line.code)
            listening.result()
        finally:
            for task in (listening, ending):
                task.cancel()
            await asyncio.gather(listening, ending, return_exceptions=True)

    async def listen(self, line: Line) -> None:
        """Frames in, until the browser goes. Raises Closed."""
        while True:
            frame = await self.next_frame(SILENT_SECONDS)
            if frame["t"] == "ping":
                line.tell({"t": "pong"})
                if line.place is not None:
                    await in_thread(presence.stay, self.agent.pk, line.place)
            elif frame["t"] == "look":
                await self.look_at(line, frame)
            elif frame["t"] == "typing":
                await self.types(line, frame)
            else:
                raise Closed(4400)

    # ------------------------------------------------------------ what the page says

    async def look_at(self, line: Line, frame: dict[str, Any], *, first: bool = False) -> None:
        """The page shows this list and this thread now. What the agent may not see is the same as nothing."""
        looked = await in_thread(look, self.agent, frame)
        line.view = looked.view
        if looked.customer:
            hub.current().watch(line, looked.customer, _number(frame, "since"))
        else:
            hub.current().unwatch(line)
        if first:
            line.tell({"t": "ready"})
        before, line.place = line.place, looked.place
        await in_thread(presence.move, self.agent.pk, before, looked.place)
        await hub.current().crowd.greet(line)

    async def types(self, line: Line, frame: dict[str, Any]) -> None:
        """The agent writes in the thread they have open."""
        mode = _text(frame, "mode")
        if line.place is None or mode not in ("", "reply", "note"):
            return
        await in_thread(presence.types, self.agent.pk, line.place, mode=mode)
        channel, identity = _number(frame, "channel"), _number(frame, "identity")
        if channel and identity and mode != "note":
            hub.current().start(
                aside(
                    presence.show_customer,
                    self.agent,
                    line.place,
                    channel_id=channel,
                    identity_id=identity,
                    active=bool(mode),
                )
            )

    # ------------------------------------------------------------ the wire

    async def next_frame(self, patience: float) -> dict[str, Any]:
        """One frame: a small JSON object with a type. Raises Closed."""
        try:
            message = await asyncio.wait_for(self.receive(), patience)
        except TimeoutError as error:
            raise Closed(4408) from error
        if message["type"] == "websocket.disconnect":
            raise Closed(0)
        self.spend()
        text = message.get("text") or ""
        if len(text) > MOST_BYTES or message.get("bytes"):
            raise Closed(1009)
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Closed(4400) from error
        if not isinstance(frame, dict) or not isinstance(frame.get("t"), str):
            raise Closed(4400)
        return frame

    def spend(self) -> None:
        """One frame of the page's allowance. Raises Closed when it is used up."""
        now = asyncio.get_running_loop().time()
        self.allowance = min(BURST, self.allowance + (now - self.counted_at) * RATE) - 1
        self.counted_at = now
        if self.allowance < 0:
            raise Closed(4429)

    async def write(self, text: str) -> None:
        await self.send({"type": "websocket.send", "text": text})

    async def close(self, code: int) -> None:
        if code not in (0, 1006):
            await self.send({"type": "websocket.close", "code": code})

    async def leave(self) -> None:
        if self.line is None:
            return
        line, self.line = self.line, None
        line.close()
        hub.current().leave(line)
        if line.place is not None:
            await in_thread(presence.move, self.agent.pk, line.place, None)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a page shows, as far as its agent may see it."""

    view: str
    customer: int
    place: presence.Place | None


def look(agent: Agent, frame: dict[str, Any]) -> Looked:
    """What the page says it shows, checked."""
    customer = _number(frame, "customer")
    if not customer or not feed.may_watch(agent, customer):
        return Looked(lists.view_of(agent, _text(frame, "view")), 0, None)
    place = presence.place(agent, customer, _number(frame, "conversation"))
    return Looked(lists.view_of(agent, _text(frame, "view")), customer, place)


def language(wanted: object) -> str:
    """The page's language if we have it."""
    return (
        wanted if isinstance(wanted, str) and wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    )


def age(frame: dict[str, Any]) -> float:
    """How many seconds ago the page knew everything."""
    value = frame.get("age")
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 1e9


def _number(frame: dict[str, Any], name: str) -> int:
    """A key of the database; 0 for anything else."""
    value = frame.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else 0


def _text(frame: dict[str, Any], name: str) -> str:
    value = frame.get(name)
    return value[:64] if isinstance(value, str) else ""
