"""Attachments and the stylesheet: bytes, with headers that keep them from doing anything in our name."""

from __future__ import annotations

import re
from typing import IO

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.views.decorators.http import require_safe

from agents import access, stylesheet
from agents.access import AgentRequest, agents_only
from agents.streaming import StreamedFile
from inbox.models import Attachment

RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?", re.ASCII)
"""One part; whoever asks for several, or for the last so many bytes, gets the whole, as the standard allows."""
YEAR = 31_536_000
POLICY = "default-src 'none'; sandbox"


@require_safe
@agents_only
def file(request: AgentRequest, public_id: str) -> HttpResponseBase:
    """A file of a message I may read, or my own upload. Only pictures, sound and films open in the page; all else is downloaded."""
    return served(access.attachment(request.user, public_id), asked=request.headers.get("Range", ""))


class _Part:
    """Some of the bytes of a file, to be read once from its first to its last."""

    def __init__(self, content: IO[bytes], first: int, length: int) -> None:
        content.seek(first)
        self.content, self.left = content, length

    def read(self, size: int = -1) -> bytes:
        chunk = self.content.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.content.close()


def served(found: Attachment, *, asked: str = "") -> StreamedFile:
    """The bytes of a file that whoever asks may read, or the part asked for by a Range header: players want the end of a recording
    to learn its length, and jump within it (RFC 9110, 14.2). Raises Http404."""
    if found.blob is None:
        raise Http404("This file has not been fetched yet.")
    inline = found.is_image or found.is_audio or found.is_video
    try:
        content = default_storage.open(found.blob.file, "rb")
    except FileNotFoundError as error:
        raise Http404("The storage has lost this file.") from error
    kind = found.content_type if inline else "application/octet-stream"
    part = _part(asked, found.blob.size)
    stream = _Part(content, part[0], part[1] - part[0] + 1) if part else content
    answer = StreamedFile(stream, as_attachment=not inline, filename=found.name, content_type=kind)
    if part:
        answer.status_code = 206
        answer["Content-Length"] = str(part[1] - part[0] + 1)
        answer["Content-Range"] = f"bytes {part[0]}-{part[1]}/{found.blob.size}"
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte asked for; None for the whole, which also answers what we do not understand."""
    wanted = RANGE.fullmatch(asked)
    if wanted is None:
        return None
    first, last = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    return (first, last) if first <= last else None


@login_not_required
@require_safe
def style(request: HttpRequest, digest: str) -> HttpResponse:
    """The stylesheet. Its address changes with its content, so it may be kept; an old address gets the present one, unkept."""
    answer = HttpResponse(stylesheet.text(), content_type="text/css; charset=utf-8")
    fresh = digest == stylesheet.digest()
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable" if fresh else "no-store"
    return answer
