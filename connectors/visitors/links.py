"""How a visitor's browser reaches a file: a link that ends, and works for one session alone."""

from __future__ import annotations

import time
from typing import Any

from django.core import signing

from connectors.visitors.models import VisitorSession
from inbox.models import Attachment
from inbox.models.files import AttachmentState

_SIGNER = signing.Signer(salt="connectors.visitors.link")


def shown(session: VisitorSession, attachment: Attachment) -> dict[str, Any]:
    """A file as the browser gets it; without an address while its bytes are on their way."""
    ready = attachment.state == AttachmentState.READY
    return {
        "name": attachment.name,
        "type": attachment.content_type,
        "size": attachment.size,
        "image": attachment.is_image,
        "url": link(session, attachment) if ready else "",
    }


def link(session: VisitorSession, attachment: Attachment) -> str:
    """A path to the file that only this session's browser was told. It stays the same for an hour, so that pictures do not
    flicker, and ends within two."""
    ends = (int(time.time()) // 3600 + 2) * 3600
    token = _SIGNER.sign_object([attachment.public_id, session.sid, ends])
    # config/urls.py mounts each kind at /c/<kind>/.
    return f"/c/{session.channel.kind}/{session.channel.public_id}/file/{token}"


def read(token: str) -> tuple[str, str] | None:
    """The file's public id and the session's, or None if the link is not ours or is over."""
    try:
        public_id, sid, ends = _SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return None if ends < time.time() else (public_id, sid)
