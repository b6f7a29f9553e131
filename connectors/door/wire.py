"""ASGI on the wire: the request's body within size and time, the answer, and what of a request a receipt may keep."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from inbox.contract import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A mail provider's hook may carry attachments; other providers stay far below.
MAX_BODY = 20_000_000
BODY_SECONDS = 20.0
# All bodies under way together; more are asked to come again.
MAX_HELD = 100_000_000

REDACTED = "[redacted]"
# Headers that are, or may hold, a credential. Signatures stay: without the secret they prove nothing to anybody else.
CREDENTIALS = ("authorization", "cookie", "token", "secret", "password", "api-key", "apikey")


class BodyTooLarge(Exception):
    """More than MAX_BODY: answered 413."""


class BodyTooSlow(Exception):
    """Not complete within BODY_SECONDS: answered 408."""


class SenderGone(Exception):
    """The sender hung up before the body was complete: nobody waits for an answer."""


class TooManyBodies(Exception):
    """MAX_HELD is reached: answered 503."""


class Bodies:
    """Reads bodies and knows how many bytes of them are held; a body counts until its `async with` block ends."""

    def __init__(self) -> None:
        self.held = 0

    @contextlib.asynccontextmanager
    async def read(self, headers: Mapping[str, str], receive: Receive) -> AsyncIterator[bytes]:
        """The whole body. Raises BodyTooLarge, BodyTooSlow, TooManyBodies or SenderGone."""
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > MAX_BODY:
            raise BodyTooLarge
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                await self._fill(body, receive)
            yield bytes(body)
        except TimeoutError as error:
            raise BodyTooSlow from error
        finally:
            self.held -= len(body)

    async def _fill(self, body: bytearray, receive: Receive) -> None:
        more = True
        while more:
            part = await receive()
            if part["type"] == "http.disconnect":
                raise SenderGone
            body += part.get("body", b"")
            self.held += len(part.get("body", b""))
            if len(body) > MAX_BODY:
                raise BodyTooLarge
            if self.held > MAX_HELD:
                raise TooManyBodies
            more = part.get("more_body", False)


async def reply(send: Send, response: Response) -> None:
    headers = [
        (b"content-type", response.content_type.encode()),
        (b"content-length", str(len(response.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def headers_of(scope: Scope) -> dict[str, str]:
    """Lower-case names; a header that came several times is one list (RFC 9110 §5.3)."""
    found: dict[str, str] = {}
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def target_of(scope: Scope) -> str:
    """The path and query exactly as they were sent: some providers sign them."""
    path = (scope.get("raw_path") or b"").decode("latin-1").partition("?")[0] or str(scope["path"])
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


def client_of(scope: Scope) -> str:
    """The sender's address; config/proxies.py has put the real one there."""
    return str((scope.get("client") or ("",))[0])


def secrets_of(settings: Any) -> tuple[str, ...]:
    """The values of a connector's settings that are marked secret, longest first."""
    found = [str(getattr(settings, f.name)) for f in dataclasses.fields(settings) if f.metadata.get("secret")]
    return tuple(sorted(filter(None, found), key=len, reverse=True))


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text without our secrets, and without NUL, which PostgreSQL cannot store."""
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text.replace("\x00", "\ufffd")


def storable_headers(headers: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """The headers a receipt keeps: no credentials of the sender, no secret of ours."""
    listed = tuple(secrets)
    return {
        without_secrets(name, ()): REDACTED
        if any(word in name for word in CREDENTIALS)
        else without_secrets(value, listed)
        for name, value in headers.items()
    }
