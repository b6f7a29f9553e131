"""How large a request may be before Django sees it: Django keeps a whole body on disk before any view can refuse it."""

from collections.abc import MutableMapping
from typing import Any

from config.proxies import App, Scope

CHUNK_ENDS = {"type": "http.disconnect"}


class BoundedBodies:
    """Answers 413 to a body announced as larger than `most` bytes; one that grows larger unannounced is hung up on.

    A path with a NUL in it names nothing, and no database could look it up: 400.
    """

    def __init__(self, app: App, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        announced = dict(scope["headers"]).get(b"content-length", b"0").decode("latin-1")
        if announced.isdecimal() and int(announced[:20]) > self.most:
            await _refuse(send, 413)
            return
        if "\x00" in scope["path"]:
            await _refuse(send, 400)
            return
        taken = 0

        async def counted() -> MutableMapping[str, Any]:
            nonlocal taken
            message: MutableMapping[str, Any] = await receive()
            taken += len(message.get("body", b""))
            return message if taken <= self.most else CHUNK_ENDS

        await self.app(scope, counted, send)


async def _refuse(send: Any, status: int) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain"), (b"connection", b"close")],
        }
    )
    await send({"type": "http.response.body", "body": b""})
