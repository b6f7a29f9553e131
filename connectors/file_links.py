"""Files for providers that fetch them: a signed address that ends takes the place of a login. Agents' downloads are in agents/."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from inbox import blobs, signing
from inbox.models import Attachment
from inbox.models.messages import Direction

# Twilio's advice for names that phones show (docs: messaging/guides/accepted-mime-types).
LONGEST_NAME = 20


@login_not_required
@require_safe
def linked_file(request: HttpRequest, token: str) -> HttpResponse:
    """A file of a message we send, with its true type, which providers check. 404 for a token that is not ours or has ended."""
    public_id = signing.read_file_token(token)
    sent = Attachment.objects.filter(message__direction=Direction.OUTBOUND).select_related("blob")
    found = sent.filter(public_id=public_id).first() if public_id else None
    if found is None or found.blob is None:
        raise Http404("There is no such file, or its link has ended.")
    try:
        content = blobs.read(found.blob)
    except FileNotFoundError as error:
        raise Http404("The storage has lost this file.") from error
    answer = HttpResponse(content, content_type=found.content_type)
    answer["Content-Disposition"] = f'inline; filename="{_short(found.name)}"'
    # Whatever it is, opened in a browser it runs nothing.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _short(name: str) -> str:
    """The name without blanks and signs, cut before its ending."""
    plain = PurePosixPath(re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "file")
    ending = plain.suffix[:6]
    return plain.stem[: LONGEST_NAME - len(ending)] + ending
