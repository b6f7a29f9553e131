"""A visitor's browser on the shop's website, as far as the wire goes: session by HTTP, then a real websocket."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import jwt
from websockets.sync.client import ClientConnection, connect

from inbox.models import Channel


class Visitor:
    """One browser. `claims`: who the shop's server says is logged in, signed with `secret`."""

    def __init__(
        self, url: str, channel: Channel, *, claims: dict[str, Any] | None = None, secret: str = ""
    ) -> None:
        self.url, self.channel = url, channel
        self.base = f"/c/webchat/{channel.public_id}"
        body: dict[str, Any] = {"token": ""}
        if claims:
            stamped = {**claims, "aud": channel.public_id, "exp": int(time.time()) + 300}
            body["jwt"] = jwt.encode(stamped, secret, algorithm="HS256")
        self.token = self.post("session", body)["token"]
        self.stack = ExitStack()
        opening = connect(
            f"{url.replace('http', 'ws', 1)}/c/webchat/socket/{channel.public_id}", origin=url, proxy=None
        )
        self.socket: ClientConnection = self.stack.enter_context(opening)
        self.socket.send(json.dumps({"t": "hello", "token": self.token, "since": 0}))
        self.shown: dict[str, dict[str, Any]] = {}
        self.heard: list[dict[str, Any]] = []

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}{self.base}/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Origin": self.url},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.loads(answer.read()))

    def say(self, text: str, key: str) -> None:
        """Send a message and wait until the server has taken it for good."""
        self.socket.send(json.dumps({"t": "msg", "id": key, "text": text}))
        self.listen(lambda: any(frame.get("id") == key for frame in self.heard))

    def prove(self, address: str, code: Callable[[], str]) -> None:
        """Ask for a code, type what `code` finds where it arrives, and wait until it is taken."""
        self.heard.clear()
        self.socket.send(json.dumps({"t": "prove", "address": address}))
        self.listen(lambda: any(frame["t"] == "code_sent" for frame in self.heard))
        self.socket.send(json.dumps({"t": "code", "code": code()}))
        self.listen(lambda: any(frame["t"] in ("proven", "wrong") for frame in self.heard))
        assert self.heard[-1]["t"] == "proven"

    def listen(self, until: Any, seconds: float = 120) -> None:
        """Read frames until the condition holds."""
        end = time.monotonic() + seconds
        while not until():
            frame = json.loads(self.socket.recv(timeout=max(0.1, end - time.monotonic())))
            self.heard.append(frame)
            for item in frame.get("items", ()):
                self.shown[item["id"]] = item

    @property
    def texts(self) -> list[str]:
        return [item["text"] for item in self.shown.values()]

    def leave(self) -> None:
        self.stack.close()
