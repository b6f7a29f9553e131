"""What a message carries besides its text: addresses of the author, attachments, cards, clean HTML."""

from __future__ import annotations

import base64
import binascii
from html import unescape

import nh3

from connectors.custom.fields import Fields
from connectors.phone import e164
from connectors.sniff import sniff
from inbox.contract import Address, Card, CardKind, File

TAGS = {
    *[
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
    ],
    *["table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"],
}
SCHEMES = {"http", "https", "mailto", "tel"}


def choice(fields: Fields, name: str, allowed: list[str], default: str) -> str:
    found = fields.text(name, most=60, default=default)
    if found not in allowed:
        raise fields.wrong(name, "one of: " + ", ".join(allowed))
    return found


def addresses(fields: Fields) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """Mail addresses and numbers of the author: (claimed, proven). Proven are those the sender says it has verified."""
    claims: list[Address] = []
    proofs: list[Address] = []
    identity = fields.inside("identity")
    for each in [*([identity] if identity else []), *fields.each("also", most=10)]:
        address = _known(each)
        if address:
            (proofs if each.flag("verified") else claims).append(address)
    return tuple(claims), tuple(proofs)


def _known(each: Fields) -> Address | None:
    space, value = each.text("type", most=30), each.text("value").strip()
    if space == "email":
        local, at, host = value.rpartition("@")
        return Address(space="email", value=f"{local}@{host.lower()}") if local and at and host else None
    number = e164(value) if space == "phone" else ""
    return Address(space="phone", value=number) if number else None


def attachment(each: Fields) -> File:
    name = each.text("name", most=200, default="file")
    kind = each.text("type", most=100, default="application/octet-stream")
    encoded = each.data.get("base64")
    if encoded is None:
        url = each.text("url", most=2000)
        if not url.startswith(("https://", "http://")):
            raise each.wrong("url", "a web address")
        return File(name=name, content_type=kind, url=url)
    try:
        content = base64.b64decode(str(encoded), validate=True)
    except (binascii.Error, ValueError):
        raise each.wrong("base64", "base64 (RFC 4648)") from None
    return File(name=name, content_type=sniff(content, kind), content=content, size=len(content))


def card(each: Fields) -> Card:
    url = each.text("url", most=2000)
    lines = each.data.get("lines") or []
    if not isinstance(lines, list) or len(lines) > 50 or not all(isinstance(line, str) for line in lines):
        raise each.wrong("lines", "a list of at most 50 texts")
    return Card(
        kind=CardKind(choice(each, "kind", [kind.value for kind in CardKind], "post")),
        title=each.text("title"),
        text=each.text("text", most=2000),
        url=url if url.startswith(("https://", "http://")) else "",
        lines=tuple(line.replace("\0", "")[:300] for line in lines),
        latitude=each.number("latitude"),
        longitude=each.number("longitude"),
    )


def clean(html: str) -> str:
    """Only marks that format text; nothing that runs, loads or hides."""
    return nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES) if html else ""


def plain(html: str) -> str:
    """The words of clean HTML."""
    broken = html.replace("<br>", "\n").replace("</p>", "\n").replace("</div>", "\n").replace("</li>", "\n")
    return unescape(nh3.clean(broken, tags=set(), attributes={})).strip()
