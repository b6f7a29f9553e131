"""One outbound message → the calls it takes: pictures together, captions, buttons. Pure; making the calls is sending.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from connectors.telegram.people import message_of
from inbox.contract import File, OutboundMessage

# docs: sendPhoto, sendMediaGroup, sendMessage.
MAX_PHOTO = 10_000_000
MAX_CAPTION = 1024
MAX_ALBUM = 10
MAX_DATA = 64
PHOTOS = {"image/jpeg", "image/png", "image/webp"}
AUDIO = {"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac"}
METHODS = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "animation": "sendAnimation",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "document": "sendDocument",
}
# Pictures and films may stand together; documents and audio only among their own (docs: sendMediaGroup).
ALBUMS = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One call. `kinds` says as what each file goes; `says` that the message's text is in it."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    kinds: tuple[str, ...] = ()
    caption: str = ""
    says: bool = False

    @property
    def method(self) -> str:
        if not self.files:
            return "sendMessage"
        return METHODS[self.kinds[0]] if len(self.files) == 1 else "sendMediaGroup"

    def call(self) -> tuple[str, dict[str, Any], dict[str, File]]:
        """The method, its fields and the files that go along."""
        if not self.files:
            return self.method, dict(self.fields), {}
        attached = {f"file{index}": each for index, each in enumerate(self.files)}
        caption = {"caption": self.caption} if self.caption else {}
        if len(self.files) == 1:
            kind = self.kinds[0]
            return self.method, {**self.fields, **caption}, {kind: self.files[0]}
        media = [
            {"type": kind, "media": f"attach://{name}", **(caption if index == 0 else {})}
            for index, (kind, name) in enumerate(zip(self.kinds, attached, strict=True))
        ]
        return self.method, {**self.fields, "media": media}, attached

    def as_documents(self) -> Parcel:
        """For pictures and voices that Telegram or the customer does not take as such."""
        return dataclasses.replace(self, kinds=("document",) * len(self.files))


def parcels(message: OutboundMessage, *, phone_button: str) -> list[Parcel]:
    """In the order they are to arrive. A short text is the first file's caption; buttons stand under what comes last."""
    text = message.text.replace("\0", "").replace("\r\n", "\n")
    keyboard = keyboard_of(message.choices, phone_button)
    made = [
        Parcel(files=tuple(files), kinds=tuple(kind_of(each) for each in files))
        for files in _together(message.files, alone=bool(keyboard))
    ]
    if made and text.strip() and len(text) <= MAX_CAPTION and not keyboard:
        made[0] = dataclasses.replace(made[0], caption=text, says=True)
    elif text.strip():
        written = Parcel(fields={"text": text}, says=True)
        made = [*made, written] if keyboard else [written, *made]
    if keyboard:
        made[-1] = dataclasses.replace(made[-1], fields={**made[-1].fields, "reply_markup": keyboard})
    if quoted := message_of(message.in_reply_to):
        # They may have deleted it in the meantime: then the answer goes without.
        reply = {"message_id": quoted[1], "allow_sending_without_reply": True}
        made[0] = dataclasses.replace(made[0], fields={**made[0].fields, "reply_parameters": reply})
    return made


def kind_of(file: File) -> str:
    """As what Telegram takes a file: what it does not name goes as a document."""
    size = file.size if file.size is not None else len(file.content or b"")
    kind = file.content_type.partition(";")[0].lower()
    if kind in PHOTOS and size <= MAX_PHOTO:
        return "photo"
    if kind in AUDIO:
        return "audio"
    return {"image/gif": "animation", "video/mp4": "video", "audio/ogg": "voice"}.get(kind, "document")


def keyboard_of(choices: tuple[str, ...], phone_button: str) -> dict[str, Any]:
    """Buttons under the message. With the one that asks for the phone number they are all keys in place of the keyboard:
    only such a key can ask for it (docs: KeyboardButton.request_contact), in private chats."""
    if not choices:
        return {}
    wanted = phone_button.strip().casefold()
    if wanted and wanted in {each.strip().casefold() for each in choices}:
        keys = [
            [{"text": each, "request_contact": True} if each.strip().casefold() == wanted else {"text": each}]
            for each in choices
        ]
        return {"keyboard": keys, "one_time_keyboard": True, "resize_keyboard": True}
    rows = [[{"text": each, "callback_data": _data(index, each)}] for index, each in enumerate(choices)]
    return {"inline_keyboard": rows}


def _data(index: int, label: str) -> str:
    """The place and as much of the label as 64 bytes hold: the place keeps two long labels apart."""
    return f"{index}:{label}".encode()[:MAX_DATA].decode(errors="ignore")


def _together(files: tuple[File, ...], *, alone: bool) -> Iterator[list[File]]:
    """Neighbours that can stand in one album. An album has no buttons, so with those each goes alone."""
    for album, group in groupby(files, key=lambda each: ALBUMS.get(kind_of(each), "")):
        listed = list(group)
        step = MAX_ALBUM if album and not alone else 1
        for start in range(0, len(listed), step):
            yield listed[start : start + step]
