"""Answers that leave piece by piece: files and exports, however long. Django's own are read whole into memory under ASGI
(https://docs.djangoproject.com/en/5.2/ref/request-response/#streaminghttpresponse-objects)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import FileResponse, StreamingHttpResponse

PIECE = 64 * 1024
"""Bytes that are in memory at a time; one step to a thread and back for each."""


class Streamed(StreamingHttpResponse):
    """What an iterator gives, as it comes. The iterator runs where the view ran, on the thread that has its connection."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = iter(self)
        while piece := await sync_to_async(_piece)(parts):
            yield piece


class StreamedFile(Streamed, FileResponse):
    """A file, as Django's FileResponse answers with it."""

    block_size = PIECE


def _piece(parts: Iterator[bytes]) -> bytes:
    """What comes next, small parts together; b"" at the end."""
    taken = bytearray()
    for part in parts:
        taken += part
        if len(taken) >= PIECE:
            break
    return bytes(taken)
