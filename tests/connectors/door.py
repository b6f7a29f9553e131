"""Knocks at the door as a provider does: ASGI calls, in this process, without a server in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.hooks import Door
from connectors.samples import Sample, provider
from inbox import registry
from inbox.contract import Request, Response
from inbox.models import Channel


def signed(sample: Sample, channel: Channel, **request: Any) -> Request:
    """The sample as the provider would send it to this channel now."""
    url = registry.hook_url(channel.public_id)
    play = provider(sample.kind)
    assert play is not None
    settings = registry.build_settings(channel.kind, channel.settings)
    return play.sign(sample.request(url=url, received_at=datetime.now(UTC), **request), settings)


def scope_of(request: Request, *, sender: str = "203.0.113.9") -> dict[str, Any]:
    address = urlsplit(request.url)
    return {
        "type": "http",
        "method": request.method,
        "path": address.path,
        "raw_path": address.path.encode(),
        "query_string": address.query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
        "client": (sender, 1234),
    }


class Street:
    """A server process in front of which providers stand: a door with a loop of its own, nothing in memory yet."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.door = Door()

    def knock(self, *requests: Request, sender: str = "203.0.113.9") -> list[int]:
        """Send these requests all at once; the statuses of the answers."""
        return [answer.status for answer in self.answers(*requests, sender=sender)]

    def answers(self, *requests: Request, sender: str = "203.0.113.9") -> list[Response]:
        async def together() -> list[Response]:
            return await asyncio.gather(*(self._call(one, [one.body], sender=sender) for one in requests))

        return self.runner.run(together())

    def knock_in_parts(self, request: Request, *parts: bytes, complete: bool = True) -> int:
        """The body comes in these parts; if not `complete`, its end never comes."""
        return self.runner.run(self._call(request, parts, complete=complete)).status

    def hang_up_on(self, request: Request) -> bool:
        """The sender goes away before the body is there; whether anybody was answered."""
        sent = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        self.runner.run(self.door(scope_of(request), receive, send))
        return bool(sent)

    def settle(self) -> None:
        """Let the process finish what it does besides answering: telling the workers, writing the counts."""

        async def wait() -> None:
            for task in (self.door.bell.task, self.door.rejections.task):
                if task is not None:
                    await task

        self.runner.run(wait())

    def close(self) -> None:
        self.settle()
        self.runner.run(self.door.storage.close())
        self.runner.close()

    async def _call(
        self,
        request: Request,
        parts: Iterable[bytes],
        *,
        sender: str = "203.0.113.9",
        complete: bool = True,
    ) -> Response:
        listed = list(parts)
        messages = [
            {"type": "http.request", "body": part, "more_body": not complete or i < len(listed) - 1}
            for i, part in enumerate(listed)
        ]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0) if messages else await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.door(scope_of(request, sender=sender), receive, send)
        start, body = sent
        content_type = dict(start["headers"])[b"content-type"].decode()
        return Response(status=start["status"], body=body["body"], content_type=content_type)
