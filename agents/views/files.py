"""Attachments and the stylesheet: bytes, with headers that keep them from doing anything in our name."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from agents import access, stylesheet
from agents.access import AgentRequest, agents_only
from agents.streaming import StreamedFile
from inbox.models import Attachment

YEAR = 31_536_000
POLICY = "default-src 'none'; sandbox"


@require_safe
@agents_only
def file(request: AgentRequest, public_id: str) -> HttpResponseBase:
    """A file of a message I may read, or my own upload. Only pictures and sound open in the page; all else is downloaded."""
    return served(access.attachment(request.user, public_id))


def served(found: Attachment) -> StreamedFile:
    """The bytes of a file that whoever asks may read. Raises Http404."""
    if found.blob is None:
        raise Http404("This file has not been fetched yet.")
    inline = found.is_image or found.is_audio
    try:
        content = default_storage.open(found.blob.file, "rb")
    except FileNotFoundError as error:
        raise Http404("The storage has lost this file.") from error
    kind = found.content_type if inline else "application/octet-stream"
    answer = StreamedFile(content, as_attachment=not inline, filename=found.name, content_type=kind)
    answer["Content-Security-Policy"] = POLICY
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@login_not_required
@require_safe
def style(request: HttpRequest, digest: str) -> HttpResponse:
    """The stylesheet. Its address changes with its content, so it may be kept; an old address gets the present one, unkept."""
    answer = HttpResponse(stylesheet.text(), content_type="text/css; charset=utf-8")
    fresh = digest == stylesheet.digest()
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable" if fresh else "no-store"
    return answer
