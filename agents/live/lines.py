"""An open connection as the hub knows it: whose it is, what it shows, and what is to be sent over it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from agents.live.lists import Viewer
from agents.live.presence import Place
from agents.live.rights import Rights
from inbox.models import Agent

MOST_WAITING = 300
"""Frames a slow reader may be behind; then the line is cut, and the page catches up when it comes back."""

Frame = dict[str, Any]


def encoded(frame: Frame) -> str:
    """A frame as it goes over the line; encode once what goes to many."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


class Line:
    """One socket. `since` is the event of the watched customer up to which the page has been told."""

    def __init__(self, agent: Agent, rights: Rights, send: Callable[[str], Awaitable[None]]) -> None:
        self.agent = agent
        self.rights = rights
        self.language = ""
        self.view = ""
        self.customer: int | None = None
        self.since = 0
        self.place: Place | None = None
        self.counts: dict[str, int] = {}
        self.over = asyncio.Event()
        self.code = 1000
        self._send = send
        self._waiting: deque[str] = deque()
        self._writer: asyncio.Task[None] | None = None

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.agent, self.rights.desks, self.language, self.view)

    def tell(self, frame: Frame | str) -> None:
        """Send a frame when the reader is ready for it. Never waits."""
        if self.over.is_set():
            return
        if len(self._waiting) >= MOST_WAITING:
            self.end(4408)
            return
        self._waiting.append(frame if isinstance(frame, str) else encoded(frame))
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    def end(self, code: int) -> None:
        """The connection must close now, with this code."""
        if not self.over.is_set():
            self.code = code
            self._waiting.clear()
            self.over.set()

    def close(self) -> None:
        """Nothing more can be sent."""
        self.over.set()
        if self._writer is not None:
            self._writer.cancel()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._send(self._waiting.popleft())
        except (OSError, RuntimeError):
            self.end(1006)  # the other side went away: each server says it in its own way
        finally:
            self._writer = None
