"""The sandbox's JSON events → contract values. Pure; raises KeyError, ValueError or TypeError for what it cannot read."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from inbox.contract import (
    Address,
    Delete,
    DeliveryUpdate,
    Edit,
    File,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
    Reaction,
    Status,
    Typing,
)

Json = Mapping[str, Any]


def event(data: Json) -> InboundEvent:
    """One event. A type we do not know is kept as Ignored: the provider may send new ones any day."""
    common: dict[str, Any] = {
        "event_key": str(data["id"]),
        "occurred_at": _time(data["at"]),
        "sequence": int(data.get("sequence", 0)),
    }
    read = READERS.get(data["type"])
    if read is None:
        return Ignored(**common, reason=f"Unknown event type “{data['type']}”.")
    return read(data, common)


def _message(data: Json, common: dict[str, Any]) -> InboundEvent:
    return InboundMessage(
        **common,
        external_id=data["message"],
        author=_person(data["from"]),
        # The request was signed by the provider, who knows its own users.
        proof=Proof.PROVEN,
        text=data.get("text", ""),
        files=tuple(_file(each) for each in data.get("files", ())),
        references=(data["reply_to"],) if data.get("reply_to") else (),
        language=data.get("language", ""),
    )


def _status(data: Json, common: dict[str, Any]) -> InboundEvent:
    return DeliveryUpdate(
        **common,
        external_id=data["message"],
        status=Status(data["status"]),
        code=data.get("code", ""),
        reason=data.get("reason", ""),
    )


def _edit(data: Json, common: dict[str, Any]) -> InboundEvent:
    return Edit(**common, external_id=data["message"], text=data["text"])


def _delete(data: Json, common: dict[str, Any]) -> InboundEvent:
    return Delete(**common, external_id=data["message"])


def _reaction(data: Json, common: dict[str, Any]) -> InboundEvent:
    return Reaction(**common, external_id=data["message"], author=_person(data["from"]), emoji=data["emoji"])


def _typing(data: Json, common: dict[str, Any]) -> InboundEvent:
    return Typing(**common, author=_person(data["from"]), active=data.get("active", True))


READERS: dict[str, Callable[[Json, dict[str, Any]], InboundEvent]] = {
    "message": _message,
    "status": _status,
    "edit": _edit,
    "delete": _delete,
    "reaction": _reaction,
    "typing": _typing,
}


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("A time without its zone.")
    return at


def _person(data: Json) -> Address:
    return Address(space="sandbox", value=str(data["id"]), name=data.get("name", ""))


def _file(data: Json) -> File:
    content = base64.b64decode(data["base64"], validate=True)
    return File(name=data["name"], content_type=data["type"], content=content, size=len(content))
