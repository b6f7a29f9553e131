"""Clients that cost little: HTTP POSTs over kept connections, websockets that only listen. Raw bytes over asyncio."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
from collections.abc import Iterator, Sequence


class Refused(RuntimeError):
    """The server answered something else than expected, so what was measured is worth nothing."""


async def post_all(port: int, requests: Sequence[bytes], connections: int = 8) -> float:
    """Send these requests over so many kept connections; gives how many a second were answered 200."""
    queue = iter(requests)
    begun = time.perf_counter()
    done = await asyncio.gather(*(_post(port, queue) for _ in range(connections)), return_exceptions=True)
    for problem in done:
        if problem is not None:
            raise problem
    return len(requests) / (time.perf_counter() - begun)


async def _post(port: int, queue: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in queue:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise Refused(head.decode())
            await _skip_body(reader, head.lower())
    finally:
        await _closed(writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _skip_body(reader: asyncio.StreamReader, head: bytes) -> None:
    if b"transfer-encoding: chunked" in head:
        await reader.readuntil(b"0\r\n\r\n")
        return
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    if length:
        await reader.readexactly(length)


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """One POST, ready to be sent."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Socket:
    """A websocket that counts what it is told. Frames are not copied: a marker is looked for in the bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, marker: bytes) -> None:
        self.reader, self.writer, self.marker = reader, writer, marker
        self.seen = 0
        self.last = 0.0
        self.tail = b""
        self.changed = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, port: int, path: str, marker: bytes, headers: dict[str, str]) -> Socket:
        """Connect; what contains `marker` is counted."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        if not head.startswith(b"HTTP/1.1 101"):
            await _closed(writer)
            raise Refused(head.decode())
        made = cls(reader, writer, marker)
        made.task = asyncio.create_task(made._listen())
        return made

    def say(self, text: str) -> None:
        """Send a short text frame."""
        body, mask = text.encode(), os.urandom(4)
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self.writer.write(b"\x81" + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(body)))

    async def until(self, count: int) -> None:
        """Wait until so many markers have come."""
        while self.seen < count:
            self.changed.clear()
            await self.changed.wait()

    async def close(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await _closed(self.writer)

    async def _listen(self) -> None:
        while chunk := await self.reader.read(65_536):
            data = self.tail + chunk
            found = data.count(self.marker)
            self.tail = data[-(len(self.marker) - 1) :]
            if found:
                self.seen += found
                self.last = time.perf_counter()
                self.changed.set()
