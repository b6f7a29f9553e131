"""Agents' sockets in tests: the whole ASGI application, without a server in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings

from agents.live import hub, offload
from config.asgi import application
from inbox import timeline
from inbox.models import Agent, Conversation
from tests.live.conftest import session_of

ORIGIN = "http://localhost"
T = TypeVar("T")


class Line(WebsocketCommunicator):
    """One page's socket, and what it knows of the thread it shows."""

    since = 0
    told: list[dict[str, Any]]

    async def say(self, **frame: Any) -> None:
        await self.send_to(text_data=json.dumps(frame))

    async def hears(self, kind: str, *, within: float = 20) -> dict[str, Any]:
        """The next frame of this kind; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                frame: dict[str, Any] = json.loads(await self.receive_from(within))
                if frame["t"] == kind:
                    return frame

    async def events(self, number: int, *, within: float = 20) -> list[dict[str, Any]]:
        """The next so many events of the thread, which the page then knows."""
        heard: list[dict[str, Any]] = []
        while len(heard) < number:
            heard += (await self.hears("thread", within=within))["events"]
        self.since = heard[-1]["id"]
        return heard

    async def hears_nothing(self, kind: str, *, within: float = 1.5) -> None:
        """No frame of this kind comes for a while."""
        with pytest.raises(TimeoutError):
            await self.hears(kind, within=within)

    async def closes(self, *, within: float = 20) -> int:
        async with asyncio.timeout(within):
            while True:
                message = await self.receive_output(within)
                if message["type"] == "websocket.close":
                    return int(message["code"])


def in_thread(work: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    """The database from a test that runs in the event loop; the connection is given back."""
    return partial(offload.in_thread, work)


def line(session_key: str = "", *, origin: str | None = ORIGIN, path: str = "/live/socket/") -> Line:
    """A socket not yet connected."""
    headers = [(b"host", b"localhost")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if session_key:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()))
    return Line(application, path, headers)


async def connected(agent: Agent, matter: Conversation | None = None, **hello: Any) -> Line:
    """A socket of this agent that shows this matter's thread, as a page just opened would."""
    made = line(await in_thread(session_of)(agent))
    assert (await made.connect(timeout=5))[0]
    hello.setdefault("age", 0)
    hello.setdefault("language", "en")
    if matter is not None:
        since = await in_thread(lambda: timeline.position(agent, matter.customer))()
        hello = {"customer": matter.customer_id, "conversation": matter.pk, "since": since} | hello
    await made.say(t="hello", **hello)
    await made.hears("ready")
    return made


@pytest.fixture
async def hung_up() -> AsyncIterator[None]:
    """At the end nobody listens any more."""
    yield
    await hub.current().close()
    layer = get_channel_layer()
    assert layer is not None
    await layer.flush()
