"""The two bodies of an outgoing mail: what was written, the signature, the history, and the marker where one is needed."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from connectors.email import addressing

# Plain and small: what every mail program shows alike. Colours are left to it, so that dark mode works.
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5"
_QUOTE = "margin:16px 0 0;padding:0 0 0 12px;border-left:2px solid #c8ccd0"
_SMALL = "margin-top:16px;font-size:13px;opacity:.7"
_NO_MORE = "No more such mails:"
_HIDDEN = "display:none;font-size:1px;line-height:1px;max-height:0;overflow:hidden;mso-hide:all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What goes into a mail. `marked`: the token must also stand in the plain text, since no address carries it.
    `unsubscribe`: the page on which its reader ends such mails."""

    text: str
    html: str = ""
    signature: str = ""
    quoted: str = ""
    token: str = ""
    marked: bool = False
    unsubscribe: str = ""


def plain(written: Written) -> str:
    """text/plain: the signature after "-- " (RFC 3676 4.3), the history with > before each line."""
    parts = [written.text.strip("\n")]
    if written.signature.strip():
        parts.append(f"-- \n{written.signature.strip()}")
    if written.unsubscribe:
        parts.append(f"{_NO_MORE} {written.unsubscribe}")
    if written.marked:
        parts.append(addressing.marker(written.token))
    if written.quoted.strip():
        parts.append(_quoted(written.quoted))
    return "\n\n".join(part for part in parts if part) + "\n"


def html(written: Written) -> str:
    """text/html: `written.html` is already safe; everything else is escaped here."""
    parts = [f'<div dir="auto">{written.html or _lines(written.text.strip())}</div>']
    if written.signature.strip():
        parts.append(
            f'<div dir="auto" style="margin-top:16px;opacity:.7">{_lines(written.signature.strip())}</div>'
        )
    if written.unsubscribe:
        link = (
            f'<a href="{escape(written.unsubscribe)}" style="color:inherit">{escape(written.unsubscribe)}</a>'
        )
        parts.append(f'<div style="{_SMALL}">{_NO_MORE} {link}</div>')
    if addressing.is_token(written.token):
        parts.append(f'<div style="{_HIDDEN}">{escape(addressing.marker(written.token))}</div>')
    if written.quoted.strip():
        parts.append(
            f'<blockquote type="cite" dir="auto" style="{_QUOTE}">{_lines(_unquoted(written.quoted))}</blockquote>'
        )
    inside = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>\n'
        f'<body style="{_FONT}">\n{inside}\n</body></html>\n'
    )


def _lines(text: str) -> str:
    return escape(text).replace("\r\n", "\n").replace("\n", "<br>\n")


def _quoted(text: str) -> str:
    """With > before each line, unless it already comes so."""
    lines = text.strip("\n").splitlines()
    if any(line.startswith(">") for line in lines):
        return "\n".join(lines)
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _unquoted(text: str) -> str:
    return "\n".join(line.removeprefix("> ") for line in text.strip("\n").splitlines())
