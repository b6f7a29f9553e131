"""The other system on this machine, for tests and the demo: takes what we post as our README asks it to, and posts signed events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from connectors.custom import signature
from connectors.standin import server
from connectors.standin.wire import Answer, Asked, as_json
from inbox.contract import BadSignature, Request

LARGEST = 1_000_000


class StandIn(server.StandIn):
    """`taken` is what was accepted, by its Idempotency-Key: the same key again is the same message."""

    def __init__(self, secret: str, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.secret = secret
        self.taken: dict[str, dict[str, Any]] = {}

    def answer(self, asked: Asked) -> Answer:
        """What a careful receiver says."""
        request = Request(body=asked.body, headers=asked.headers, received_at=datetime.now(UTC))
        try:
            signature.verify(request, [self.secret])
        except BadSignature as error:
            return as_json({"reason": error.reason}, 401)
        if len(asked.body) > LARGEST:
            return as_json({"code": "too_large", "reason": "The message is larger than 1 MB."}, 413)
        written, key = asked.json, asked.headers.get("idempotency-key", "")
        if written.get("type") == "ping":
            return as_json({"pong": True})
        if not key or not (written.get("text") or written.get("files")):
            return as_json({"code": "incomplete", "reason": "A text or a file is missing."}, 422)
        self.taken.setdefault(key, written)
        return as_json({"external_id": f"theirs-{list(self.taken).index(key) + 1}"})

    def post(self, url: str, message_id: str, event: object) -> httpx.Response:
        """An event to a channel's hook, signed now."""
        body = json.dumps(event).encode()
        headers = signature.signed([self.secret], message_id=message_id, at=datetime.now(UTC), body=body)
        # No proxy: the hook is on this machine.
        with httpx.Client(timeout=10, trust_env=False) as client:
            return client.post(url, content=body, headers={"Content-Type": "application/json", **headers})


@contextmanager
def running(secret: str, *, port: int = 0) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(secret, port=port).running() as standin:
        yield standin
