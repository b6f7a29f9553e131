"""Contract values as plain JSON and back: for samples, receipts' summaries and the settings of the command line.

Only what differs from the default is written, so that a sample shows what matters.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from inbox.contract import (
    Address,
    ContractError,
    File,
    Gesture,
    GestureKind,
    InboundEvent,
    Nature,
    Notice,
    OutboundMessage,
    Template,
    TemplateStatus,
    TemplateUse,
)

# The raw bytes of a mail are in the receipt already.
LEFT_OUT = {"raw"}


def to_json(value: Any) -> dict[str, Any]:
    """A frozen value as {"type": its class, field: value, …}; a file's bytes become their sha256 and size."""
    return {"type": type(value).__name__, **_fields(value)}


def summary(event: InboundEvent) -> dict[str, str]:
    """What a receipt remembers of an event: its type and the provider's key, nothing a person wrote."""
    return {"type": type(event).__name__, "event_key": event.event_key}


def result_to_json(result: Any) -> Any:
    """What a connector's method gave (a value, a tuple of them, nothing), or the error it raised: its class with what it carries."""
    if not isinstance(result, ContractError):
        if isinstance(result, tuple):
            return [to_json(each) for each in result]
        return to_json(result) if dataclasses.is_dataclass(result) else result
    written = {"type": type(result).__name__}
    return written | {name: _plain(value) for name, value in vars(result).items() if value}


def message_from_json(data: Mapping[str, Any]) -> OutboundMessage:
    """The outbound message of a sample. A file's bytes are written as `text` or `base64`."""
    fields = dict(data) | {
        "to": Address(**data["to"]),
        "cc": tuple(Address(**each) for each in data.get("cc", ())),
        "bcc": tuple(Address(**each) for each in data.get("bcc", ())),
        "files": tuple(_file(each) for each in data.get("files", ())),
        "references": tuple(data.get("references", ())),
        "choices": tuple(data.get("choices", ())),
    }
    if "nature" in data:
        fields["nature"] = Nature(data["nature"])
    if "template" in data:
        fields["template"] = _template_use(data["template"])
    return OutboundMessage(**fields)


def address_from_json(data: Mapping[str, str]) -> Address:
    """An address of a sample."""
    return Address(**data)


def gesture_from_json(data: Mapping[str, Any]) -> Gesture:
    """The gesture of a sample."""
    plain = {
        "kind": GestureKind(data["kind"]),
        "to": Address(**data["to"]),
        "also": tuple(data.get("also", ())),
    }
    return Gesture(**{**data, **plain})


def notice_from_json(data: Mapping[str, Any]) -> Notice:
    """The notice of a sample; acts are pairs of name and label."""
    return Notice(**{**data, "acts": tuple((name, label) for name, label in data.get("acts", ()))})


def template_from_json(data: Mapping[str, Any]) -> Template:
    """A template as `to_json` wrote it."""
    plain = {name: value for name, value in data.items() if name != "type"}
    for name in ("buttons", "variables"):
        plain[name] = tuple(plain.get(name, ()))
    return Template(**{**plain, "status": TemplateStatus(plain.get("status", TemplateStatus.APPROVED))})


def _template_use(data: Mapping[str, Any]) -> TemplateUse:
    return TemplateUse(template=template_from_json(data["template"]), values=dict(data.get("values", {})))


def _file(data: Mapping[str, Any]) -> File:
    plain = dict(data)
    text, encoded = plain.pop("text", None), plain.pop("base64", None)
    if text is not None:
        plain["content"] = text.encode()
    elif encoded is not None:
        plain["content"] = base64.b64decode(encoded)
    return File(**plain)


def _fields(value: Any) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        got = getattr(value, field.name)
        if field.name in LEFT_OUT or got == field.default:
            continue
        if isinstance(got, bytes):
            written |= {"sha256": hashlib.sha256(got).hexdigest(), "size": len(got)}
        else:
            written[field.name] = _plain(got)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return _fields(value) if dataclasses.is_dataclass(value) else value
