"""The visitor's token: signed, expiring, and worth nothing once its session has ended. It names a session, never a person."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.core import signing

LIFETIME = timedelta(days=90)
_SALT = "connectors.visitors.token"


def issue(sid: str, generation: int) -> str:
    """A token for this session; `generation` tells it from the ones issued before."""
    return signing.dumps([sid, generation], salt=_SALT)


def read(token: object) -> tuple[str, int] | None:
    """The session and generation, or None if we did not sign it or it is older than LIFETIME."""
    if not isinstance(token, str) or len(token) > 300:
        return None
    try:
        sid, generation = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(sid), int(generation)


def digest(text: str) -> str:
    """A short name for something, that gives nothing away: the browser compares it, events are known again by it."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
