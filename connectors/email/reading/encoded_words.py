"""RFC 2047 encoded words in one header value: linear, forgiving, never raising."""

import re
from dataclasses import dataclass

from .charsets import decode, storable
from .transfer import decode_base64_text, decode_q_text

_START = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?")
_JAPANESE_ESCAPE = "\x1b$"


@dataclass(slots=True)
class _Run:
    """Encoded words that stand side by side in one charset; decoded together, since they may split a character."""

    charset: str
    encoding: str
    texts: list[str]

    def decoded(self, hint: str) -> str:
        if self.encoding == "q":
            data = b"".join(decode_q_text(text) for text in self.texts)
        else:
            data = _base64_words(self.texts)
        return decode(data, self.charset, hint=hint)


def decode_words(value: str, hint: str = "") -> str:
    """A header value as a person reads it.

    `value` may hold raw 8-bit bytes as surrogate escapes (compat32); they are read as UTF-8, else as `hint`.
    """
    pieces: list[str] = []
    run: _Run | None = None
    position = 0
    for start, match, end in _words(value):
        between = value[position:start]
        charset, encoding = match[1], match[2].lower()
        if run is None or between.strip() or (run.charset, run.encoding) != (charset, encoding):
            if run is not None:
                pieces.append(run.decoded(hint))
            if run is None or between.strip():
                pieces.append(_plain(between, hint))
            run = _Run(charset, encoding, [])
        run.texts.append(value[match.end() : end])
        position = end + 2
    if run is not None:
        pieces.append(run.decoded(hint))
    pieces.append(_plain(value[position:], hint))
    return storable("".join(pieces))


def _words(value: str) -> list[tuple[int, re.Match[str], int]]:
    """Start, prefix and end of each encoded word. Each character is looked at a bounded number of times."""
    found: list[tuple[int, re.Match[str], int]] = []
    end = -1
    match = _START.search(value)
    while match is not None:
        if end < match.end():
            end = value.find("?=", match.end())
        if end < 0:
            break
        following = _START.search(value, match.end())
        if following is None or following.start() >= end:
            found.append((match.start(), match, end))
        match = following
    return found


def _base64_words(texts: list[str]) -> bytes:
    """Words that were cut inside a group of four are one text; all others are decoded one by one."""
    data: list[bytes] = []
    pending = ""
    for text in texts:
        pending += text.strip()
        if pending.endswith("=") or len(pending) % 4 == 0:
            data.append(decode_base64_text(pending))
            pending = ""
    return b"".join(data) + decode_base64_text(pending)


def _plain(text: str, hint: str) -> str:
    if text.isascii() and _JAPANESE_ESCAPE not in text:
        return text
    return decode(text.encode("utf-8", "surrogateescape"), hint=hint)
