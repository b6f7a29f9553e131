"""What is in one LINE message: its text, files and cards. Pure. Fields: the reference's message objects of the message event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.line.people import Json
from inbox.contract import Card, CardKind, File

MEDIA = {
    "image": ("image/jpeg", "photo.jpg"),
    "video": ("video/mp4", "video.mp4"),
    "audio": ("audio/mp4", "voice-message.m4a"),
}
# Where LINE's own shop shows a sticker; used by everybody and documented nowhere. If it fails, the name says what it shows.
STICKER = "https://stickershop.line-scdn.net/stickershop/v1/sticker/{id}/android/sticker.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    text: str = ""
    files: tuple[File, ...] = ()
    cards: tuple[Card, ...] = ()


def of(message: Json) -> Content:
    """Raises KeyError, TypeError or ValueError for what cannot be read. LINE's emoji and mentions are words of the text."""
    kind = str(message["type"])
    if kind == "text":
        return Content(text=_text(message["text"]))
    if kind in MEDIA:
        return Content(files=(_media(message, kind),))
    if kind == "file":
        return Content(files=(_file(message),))
    if kind == "sticker":
        return Content(text=_text(message.get("text") or ""), files=(_sticker(message),))
    if kind == "location":
        return Content(cards=(_location(message),))
    return Content(cards=(Card(kind=CardKind.UNSUPPORTED, text=kind[:60]),))


def _media(message: Json, kind: str) -> File:
    """At LINE under the message's id; or, sent by a web app (LIFF), wherever that keeps it."""
    content_type, name = MEDIA[kind]
    provider = message.get("contentProvider") or {}
    if provider.get("type") == "external":
        return File(name=name, content_type=content_type, url=_text(provider["originalContentUrl"]))
    return File(name=name, content_type=content_type, url=_id(message))


def _file(message: Json) -> File:
    size = message.get("fileSize")
    return File(
        name=_text(message.get("fileName") or "file"),
        url=_id(message),
        size=size if isinstance(size, int) else None,
    )


def _sticker(message: Json) -> File:
    sticker = _text(message["stickerId"])
    if not sticker.isascii() or not sticker.isdigit():
        raise ValueError("A sticker's id is not a number.")
    words = [str(each) for each in message.get("keywords") or ()][:3]
    name = " ".join(["sticker", *words]).replace("/", " ")
    return File(name=f"{name}.png", content_type="image/png", url=STICKER.format(id=sticker))


def _location(message: Json) -> Card:
    return Card(
        kind=CardKind.LOCATION,
        title=str(message.get("title") or ""),
        text=str(message.get("address") or ""),
        latitude=float(message["latitude"]),
        longitude=float(message["longitude"]),
    )


def _id(message: Json) -> str:
    """Goes into a path, so it must be what LINE's ids are: digits."""
    found = _text(message["id"])
    if not found.isascii() or not found.isdigit():
        raise ValueError("A message's id is not a number.")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("A text is not text.")
    return value
