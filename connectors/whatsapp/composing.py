"""One message of ours → the payloads WhatsApp takes, one for each message it becomes there. Pure (docs: whatsapp/messages)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from connectors.whatsapp.templates import components
from inbox.contract import File, OutboundMessage, PermanentFailure, TemplateUse

Payload = dict[str, Any]

CAPTION, BUTTON, ROW, INTERACTIVE_BODY = 1024, 20, 24, 1024
BUTTONS = 3
MEGABYTE = 1_000_000
# What a file is sent as, by its type's beginning, and the most WhatsApp takes of it (docs: whatsapp/business-phone-numbers/media).
KINDS = {
    "image/": ("image", 5 * MEGABYTE),
    "video/": ("video", 16 * MEGABYTE),
    "audio/": ("audio", 16 * MEGABYTE),
}
DOCUMENT = ("document", 100 * MEGABYTE)
CAPTIONED = {"image", "video", "document"}

# What agents write as markdown, in WhatsApp's own marks (faq.whatsapp.com: how to format your messages).
_MARKS = (
    (re.compile(r"(?<!\*)\*(?=[^\s*])([^*\n]*[^\s*])\*(?!\*)"), r"_\1_"),
    (re.compile(r"\*\*(?=\S)([^\n]*?\S)\*\*"), r"*\1*"),
    (re.compile(r"~~(?=\S)([^\n]*?\S)~~"), r"~\1~"),
    (re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+)\)"), r"\1 (\2)"),
)


def formatted(text: str) -> str:
    for mark, ours in _MARKS:
        text = mark.sub(ours, text)
    return text


def kind_of(file: File) -> tuple[str, int]:
    """What a file is sent as, and the most bytes of it."""
    return next((kind for start, kind in KINDS.items() if file.content_type.startswith(start)), DOCUMENT)


def check(message: OutboundMessage) -> None:
    """Raise PermanentFailure for what Meta would refuse after we had uploaded files or sent a first part."""
    for file in message.files:
        kind, most = kind_of(file)
        size = file.size if file.size is not None else len(file.content or b"")
        if size > most:
            raise PermanentFailure(
                f"“{file.name}” is larger than {most // MEGABYTE} MB, the most WhatsApp takes for {kind}s. Send a link.",
                code="too_large",
            )
    if message.template is not None:
        return
    if message.choices and not message.text.strip():
        raise PermanentFailure("Write a text above the buttons.", code="no_text")
    if message.choices and len(message.text) > INTERACTIVE_BODY:
        raise PermanentFailure(
            f"Above buttons WhatsApp takes {INTERACTIVE_BODY} characters. Shorten the text.", code="too_long"
        )
    long = [label for label in message.choices if len(label) > (BUTTON if _few(message) else ROW)]
    if long:
        most = BUTTON if _few(message) else ROW
        raise PermanentFailure(f"“{long[0]}” is longer than {most} characters. Shorten it.", code="too_long")


def parts(message: OutboundMessage, media: Sequence[str]) -> list[Payload]:
    """`media` are the ids of the uploaded files, in their order."""
    if message.template is not None:
        if len(media) > 1:
            raise PermanentFailure("A template carries one file.", code="too_many_files")
        return [_template(message.template, media)]
    text = formatted(message.text)
    files = [_file(file, media_id) for file, media_id in zip(message.files, media, strict=True)]
    if message.choices:
        return [*files, _interactive(message.choices, text, few=_few(message))]
    if len(files) == 1 and files[0]["type"] in CAPTIONED and 0 < len(text) <= CAPTION:
        (only,) = files
        only[only["type"]]["caption"] = text
        return [only]
    return [*([_text(text)] if text.strip() else []), *files]


def _few(message: OutboundMessage) -> bool:
    """Up to three short labels are buttons; more, or longer ones, are a list."""
    return len(message.choices) <= BUTTONS and all(len(label) <= BUTTON for label in message.choices)


def _text(text: str) -> Payload:
    return {"type": "text", "text": {"body": text, "preview_url": "://" in text}}


def _file(file: File, media_id: str) -> Payload:
    kind, _ = kind_of(file)
    named = {"filename": file.name} if kind == "document" else {}
    return {"type": kind, kind: {"id": media_id, **named}}


def _interactive(choices: Sequence[str], text: str, *, few: bool) -> Payload:
    labels = [(f"choice-{number}", label) for number, label in enumerate(choices, start=1)]
    if few:
        action: Payload = {
            "buttons": [{"type": "reply", "reply": {"id": key, "title": label}} for key, label in labels]
        }
    else:
        action = {
            "button": "Options",
            "sections": [{"rows": [{"id": key, "title": label} for key, label in labels]}],
        }
    kind = "button" if few else "list"
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def _template(use: TemplateUse, media: Sequence[str]) -> Payload:
    return {
        "type": "template",
        "template": {
            "name": use.template.name,
            "language": {"code": use.template.language},
            "components": components(use, media[0] if media else ""),
        },
    }
