"""Whether a visitor is there: a note in the cache that fades by itself. "There" means a visible page, not a forgotten tab."""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from connectors.visitors.models import VisitorSession
from inbox import registry
from inbox.models import Identity

log = logging.getLogger(__name__)

SECONDS = 60


def key(space: str, value: str) -> str:
    """Where the cache keeps that this identity is online."""
    return "visitor-online:" + hashlib.sha256(f"{space}:{value}".encode()).hexdigest()


def note(session: VisitorSession, *, here: bool) -> None:
    """The visitor looks at the page now, or no longer."""
    place = key(registry.connector_class(session.channel.kind).space, session.value)
    try:
        if here:
            cache.set(place, 1, SECONDS)
        else:
            cache.delete(place)
    except (RedisError, OSError) as error:
        log.warning("A visitor's presence could not be noted (%s).", type(error).__name__)


def online(identity: Identity) -> bool:
    """Whether somebody waits at the other end of this identity now. A dead cache says yes: nothing is mailed by mistake."""
    try:
        return cache.get(key(identity.space, identity.value)) is not None
    except (RedisError, OSError):
        return True
