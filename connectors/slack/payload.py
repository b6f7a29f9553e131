"""Slack's requests as JSON, and careful ways into it: what is missing or of another type than documented reads as empty."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from inbox.contract import BadPayload, Request

Json = Mapping[str, Any]

# A message's id within its channel, and its time: seconds, then a counter within the second (docs: messages/retrieving).
TS = re.compile(r"\d{1,10}\.\d{1,6}")


def read(request: Request) -> Json:
    """Events are posted as JSON, what people do with buttons as a form with one field, `payload`. Raises BadPayload."""
    try:
        text = request.body.decode()
        if request.header("content-type").startswith("application/x-www-form-urlencoded"):
            text = parse_qs(text, strict_parsing=True)["payload"][0]
        data = json.loads(text)
    except (ValueError, KeyError, RecursionError) as error:
        raise BadPayload("This is not what Slack sends: no JSON.") from error
    if not isinstance(data, dict):
        raise BadPayload("This is not what Slack sends: no JSON object.")
    return data


def at(data: Any, *path: str | int) -> Any:
    """What stands there, or None."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def text(data: Any, *path: str | int) -> str:
    """The string there, or ""; without NUL and lone surrogates, which PostgreSQL cannot store."""
    found = at(data, *path)
    return found.replace("\0", "").encode(errors="replace").decode() if isinstance(found, str) else ""


def table(data: Any, *path: str | int) -> Json:
    """The object there, or an empty one."""
    found = at(data, *path)
    return found if isinstance(found, dict) else {}


def rows(data: Any, *path: str | int) -> list[Json]:
    """The objects of the list there."""
    found = at(data, *path)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def first(*texts: str) -> str:
    """The first that is not empty, or ""."""
    return next(filter(None, texts), "")


def moment(ts: str) -> datetime | None:
    """When a ts was, or None if it is none."""
    return datetime.fromtimestamp(float(ts), UTC) if TS.fullmatch(ts) else None


def digest(data: Json) -> str:
    """A key for what has none of its own."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]
