"""Socket Mode's side of the stand-in: envelopes on a connection the app opens; what is not acknowledged comes again on the next one."""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

QUIET = logging.getLogger("connectors.slack.standin")
QUIET.setLevel(logging.WARNING)


class Socket:
    """`waiting` are the envelopes nobody has acknowledged, oldest first; `acknowledged` the ids in the order they came."""

    def __init__(self) -> None:
        self.waiting: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.acknowledged: list[str] = []
        self.lines: list[ServerConnection] = []
        self.news = threading.Condition()
        self.server: Server | None = None
        self.used = False

    @property
    def url(self) -> str:
        """A ticket makes each connection's address its own."""
        port = self.server.socket.getsockname()[1] if self.server else 0
        return f"ws://127.0.0.1:{port}/link/?ticket={secrets.token_hex(4)}"

    def push(self, kind: str, payload: dict[str, Any]) -> bool:
        """Say it to whoever listens, or keep it for who will. False if no app has ever listened."""
        envelope_id = secrets.token_hex(8)
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        with self.news:
            if not self.used:
                return False
            self.waiting[envelope_id] = envelope
            lines = list(self.lines)
        for line in lines[-1:]:
            _say(line, envelope)
        return True

    def hang_up(self, *, warning: bool = False) -> None:
        """End all connections, as Slack does every few hours; with `warning` it says so first."""
        with self.news:
            lines = list(self.lines)
        for line in lines:
            if warning:
                _say(line, {"type": "disconnect", "reason": "refresh_requested"})
            else:
                line.close()

    def acknowledged_within(self, seconds: float, number: int) -> bool:
        """Whether so many envelopes were acknowledged in time."""
        with self.news:
            return self.news.wait_for(lambda: len(self.acknowledged) >= number, seconds)

    def connected_within(self, seconds: float) -> bool:
        with self.news:
            return self.news.wait_for(lambda: bool(self.lines), seconds)

    def _serve(self, line: ServerConnection) -> None:
        with self.news:
            self.used = True
            self.lines.append(line)
            pending = list(self.waiting.values())
            self.news.notify_all()
        try:
            _say(line, {"type": "hello", "num_connections": len(self.lines)})
            for envelope in pending:
                _say(line, {**envelope, "retry_attempt": 1, "retry_reason": "timeout"})
            for said in line:
                self._heard(json.loads(said))
        except ConnectionClosed:
            return
        finally:
            with self.news:
                self.lines.remove(line)
                self.news.notify_all()

    def _heard(self, answer: dict[str, Any]) -> None:
        with self.news:
            id_ = str(answer.get("envelope_id"))
            self.waiting.pop(id_, None)
            self.acknowledged.append(id_)
            self.news.notify_all()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listens on a port of its own until the block ends."""
        with serve(self._serve, "127.0.0.1", 0, close_timeout=1, logger=QUIET) as server:
            self.server = server
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join(5)


def _say(line: ServerConnection, message: dict[str, Any]) -> None:
    try:
        line.send(json.dumps(message))
    except ConnectionClosed:
        return
