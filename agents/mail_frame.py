"""The page inside a mail's frame: sanitised HTML under a policy of its own. No script, no form, no remote request unless asked for.

The HTML was cleaned when it came in; here stands the second wall (sandbox and CSP), so that one mistake is not enough.
"""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from inbox.models import Message
from inbox.models.files import AttachmentState

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{images}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
REMOTE = re.compile(r"""<img\b(?:[^">]|"[^"]*")*\bsrc\s*=\s*["']?https?:""", re.IGNORECASE)
# Where cleaning left the address of a picture from elsewhere. Cleaned HTML has all its values in double quotes.
WAITING = re.compile(r"""(<img\b(?:[^">]|"[^"]*")*? )data-remote-(src=")""")
CID = re.compile(r"""(src\s*=\s*["'])cid:([^"']+)(["'])""", re.IGNORECASE)
# Mails that bring colours of their own are shown on paper in both themes; the others take the theme's.
COLOURED = re.compile(r"(bgcolor|background|[\s;\"']color)\s*[=:]", re.IGNORECASE)


def page(message: Message, markup: str, *, images: bool) -> HttpResponse:
    """The frame's document."""
    shown = WAITING.sub(r"\1\2", markup) if images else markup
    body = render_to_string(
        "agents/mail_frame.html",
        {
            "body": _with_own_images(message, shown),
            "paper": bool(COLOURED.search(markup)),
            "blocked": not images and bool(REMOTE.search(markup)),
        },
    )
    answer = HttpResponse(body)
    answer["Content-Security-Policy"] = POLICY.format(images=" https: http:" if images else "")
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def has_remote_images(markup: str) -> bool:
    """Whether showing the pictures would tell somebody that the mail was read."""
    return bool(REMOTE.search(markup))


def _with_own_images(message: Message, markup: str) -> str:
    """cid: references (RFC 2392) point to the message's own attachments; unknown ones to nothing."""
    own = {
        attachment.content_id.strip("<>"): attachment.public_id
        for attachment in message.attachments.filter(state=AttachmentState.READY).exclude(content_id="")
        if attachment.is_image
    }

    def address(found: re.Match[str]) -> str:
        public_id = own.get(found[2])
        return f"{found[1]}{reverse('file', args=[public_id]) if public_id else ''}{found[3]}"

    return CID.sub(address, markup)
