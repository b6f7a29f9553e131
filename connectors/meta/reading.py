"""Reading Meta's webhooks whatever their shape: nothing here trusts a type. What the fields mean is each channel's own reading.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from inbox.contract import BadPayload

Json = Mapping[str, Any]
# Seconds up to the year 2286 have ten digits; what is longer counts milliseconds.
_MILLISECONDS = 10**11


def entries(body: bytes, wanted: str) -> Iterator[Json]:
    """The entries of a webhook for the object `wanted`. Raises BadPayload."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPayload("The body is not JSON.") from error
    if not isinstance(data, dict) or data.get("object") != wanted or not isinstance(data.get("entry"), list):
        raise BadPayload(f"The body is no webhook of “{wanted}”.")
    for entry in data["entry"]:
        if not isinstance(entry, dict):
            raise BadPayload("An entry of the webhook is not an object.")
        yield entry


def mapping(value: Any) -> Json:
    """The object, or an empty one if it is something else."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[Json]:
    """The objects of a list; what is none is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text or a number as text, "" for anything else; without NUL and lone surrogates, which PostgreSQL does not store."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\0", "").encode(errors="replace").decode()


def number(value: Any) -> float | None:
    """A finite number, also one written as text."""
    try:
        found = float(text(value))
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None


def moment(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970, as number or text; None if it is no time."""
    since = number(value)
    if since is None or since <= 0:
        return None
    if since > _MILLISECONDS:
        since /= 1000
    return datetime.fromtimestamp(since, UTC) if since < _MILLISECONDS else None


def digest(value: Any) -> str:
    """A key for what has none of its own: the same content, the same key."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:32]
