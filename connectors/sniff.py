"""What kind of file some bytes are. Names and declared types come from outside and are only believed if the bytes agree."""

from __future__ import annotations

import puremagic

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
# puremagic gives two-byte signatures (BMP's "BM") this confidence: too little against bytes that read as text.
WEAK = 0.2
MEDIA = ("audio/", "video/", "application/ogg", "application/x-matroska")
PLAIN_TEXT = {TEXT, "text/csv", "text/vcard", "text/x-vcard", "text/calendar", "text/rtf", "text/richtext"}


def sniff(content: bytes | bytearray, declared: str = "") -> str:
    """The content type of `content`. `declared` decides only between types that these bytes can be."""
    declared = declared.partition(";")[0].strip().lower()
    text = _is_text(content)
    found = _candidates(bytes(content), weakest=WEAK if text else 0)
    if declared in found:
        return declared
    if declared.startswith(("audio/", "video/")) and not text and (not found or found[0].startswith(MEDIA)):
        # One container carries many codecs; which is only known to who wrote it.
        return declared
    if found:
        return found[0]
    if text:
        return declared if declared in PLAIN_TEXT else TEXT
    return UNKNOWN


def _candidates(content: bytes, *, weakest: float) -> list[str]:
    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return []
    return [m.mime_type for m in matches if m.confidence > weakest and m.mime_type not in {"", UNKNOWN}]


def _is_text(content: bytes | bytearray) -> bool:
    if not content or b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
