"""What a browser says (checked here, before anything is stored) and how a stored frame becomes the contract's events.

The body of a stored frame is JSON written by us: see README.md, "What is stored".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from inbox.contract import (
    Address,
    BadPayload,
    DeliveryUpdate,
    File,
    Identified,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
    ReadUpTo,
    Request,
    Status,
    Touched,
)
from inbox.text import storable

MOST_BYTES = 64 * 1024
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadFrame(ValueError):
    """The browser said something we do not understand; `str(error)` is the short word it gets back."""


def read(text: str | bytes) -> dict[str, Any]:
    """One frame: a JSON object with a type. Raises BadFrame."""
    if len(text) > MOST_BYTES:
        raise BadFrame("size")
    frame = parsed(text)
    if not isinstance(frame, dict) or not isinstance(frame.get("t"), str):
        raise BadFrame("type")
    return frame


def parsed(text: str | bytes) -> Any:
    """JSON, with nothing in its texts that could not be stored (NUL, half of a surrogate pair). Raises BadFrame."""
    try:
        return _storable(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise BadFrame("json") from error


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): _storable(each) for name, each in value.items()}
    return value


def client_id(frame: Mapping[str, Any]) -> str:
    """The browser's own id of a message. Raises BadFrame."""
    value = frame.get("id")
    if not isinstance(value, str) or not CLIENT_ID.fullmatch(value):
        raise BadFrame("id")
    return value


def text(frame: Mapping[str, Any], name: str, most: int) -> str:
    """A text of at most `most` characters; absent is empty. Raises BadFrame."""
    value = frame.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise BadFrame("long" if isinstance(value, str) else name)
    return value.strip()


def names(frame: Mapping[str, Any], name: str, most: int) -> list[str]:
    """A list of at most `most` strings; absent is empty. Raises BadFrame."""
    value = frame.get(name, [])
    if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
        raise BadFrame(name)
    return value


# ---------------------------------------------------------------- stored frames


def stored(kind: str, *, visitor: str, key: str, at: datetime, **more: Any) -> Request:
    """A frame as a receipt keeps it. `visitor` is the identity's value; `key` makes it one event however often it comes."""
    body = {"type": kind, "visitor": visitor, "key": key, **more}
    return Request(
        body=json.dumps(body, ensure_ascii=False).encode(),
        headers={"content-type": "application/json"},
        method="SOCKET",
        received_at=at,
    )


def events(request: Request, space: str) -> list[InboundEvent]:
    """The contract's values of a stored frame. Raises BadPayload. Unknown types become Ignored."""
    try:
        body = json.loads(request.body)
        make = _MAKERS.get(body["type"])
        if make is None:
            reason = f"“{body['type']}” is not a frame this version knows."
            return [Ignored(event_key=str(body.get("key", "")), reason=reason)]
        return make(body, space, request.received_at)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPayload("The stored frame is not what the visitors' door writes.") from error


def _author(body: Mapping[str, Any], space: str) -> Address:
    return Address(space=space, value=body["visitor"], name=body.get("name", ""))


def _message(body: Mapping[str, Any], space: str, at: datetime) -> list[InboundEvent]:
    # The visitor's name in front keeps one visitor's ids from ever meeting another's.
    key = f"{body['visitor']}/{body['key']}"
    files = [
        File(name=file["name"], content_type=file["content_type"], size=file["size"], url=file["ref"])
        for file in body.get("files", [])
    ]
    return [
        InboundMessage(
            event_key=key,
            external_id=key,
            occurred_at=at,
            author=_author(body, space),
            proof=Proof.PROVEN,
            text=body["text"],
            files=tuple(files),
            language=body.get("language", ""),
        )
    ]


def _delivered(body: Mapping[str, Any], _space: str, at: datetime) -> list[InboundEvent]:
    return [
        DeliveryUpdate(
            event_key=f"{each}/delivered", occurred_at=at, external_id=each, status=Status.DELIVERED
        )
        for each in body["messages"]
    ]


def _read(body: Mapping[str, Any], space: str, _at: datetime) -> list[InboundEvent]:
    upto = datetime.fromisoformat(body["upto"])
    key = f"{body['visitor']}/read/{body['upto']}"
    return [ReadUpTo(event_key=key, occurred_at=upto, reader=_author(body, space))]


def _identified(body: Mapping[str, Any], space: str, at: datetime) -> list[InboundEvent]:
    return [
        Identified(
            event_key=f"{body['visitor']}/{body['key']}",
            occurred_at=at,
            author=_author(body, space),
            name=body.get("name", ""),
            proofs=_addresses(body.get("proofs", [])),
            claims=_addresses(body.get("claims", [])),
        )
    ]


def _touched(body: Mapping[str, Any], space: str, _at: datetime) -> list[InboundEvent]:
    told = dict(body["told"])
    at = datetime.fromisoformat(told.pop("at"))
    key = f"{body['visitor']}/{body['key']}"
    return [Touched(event_key=key, occurred_at=at, author=_author(body, space), **told)]


def _addresses(listed: Sequence[Mapping[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(space=each["space"], value=each["value"]) for each in listed)


_MAKERS = {
    "message": _message,
    "delivered": _delivered,
    "read": _read,
    "identified": _identified,
    "touched": _touched,
}
