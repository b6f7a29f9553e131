"""How far a browser has read the event log: opaque to it, so that nobody outside learns how many events there are."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from inbox.secrets import key_ring


def seal(event_id: int) -> str:
    """A cursor for the browser to hand back."""
    return key_ring().encrypt(str(event_id).encode()).decode()


def unseal(cursor: object) -> int | None:
    """The event's id, or None if the cursor is not ours: the browser then gets everything anew."""
    if not isinstance(cursor, str) or not cursor or len(cursor) > 200:
        return None
    try:
        return int(key_ring().decrypt(cursor.encode()))
    except (InvalidToken, ValueError):
        return None
