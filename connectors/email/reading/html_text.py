"""Between text and HTML where no structure is needed: plain text shown as HTML, and text saved from a HTML bomb."""

import re
from html import escape, unescape

_NOT_SEEN = re.compile(r"<(script|style|title|head)\b", re.IGNORECASE)
_LINE_ENDS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_BLANK_LINES = re.compile(r"\n[ \t\r\n]*\n")


def plain_text_as_html(text: str) -> str:
    """Plain text as HTML that looks the same."""
    return f'<div style="white-space:pre-wrap">{escape(text, quote=False)}</div>' if text else ""


def crude_text(html: str, limit: int) -> str:
    """The text of HTML that is too much for a parser: tags cut out, nothing understood; linear."""
    text = _TAGS.sub(" ", _LINE_ENDS.sub("\n", _without_unseen(html[: limit * 2])))
    return _BLANK_LINES.sub("\n\n", unescape(text))[:limit].strip()


def _without_unseen(html: str) -> str:
    kept: list[str] = []
    position = 0
    while (match := _NOT_SEEN.search(html, position)) is not None:
        kept.append(html[position : match.start()])
        end = html.find(f"</{match[1]}", match.end())
        if end < 0:
            position = match.end()
            break
        position = end
    return "".join(kept) + html[position:]
