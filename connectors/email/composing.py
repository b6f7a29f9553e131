"""The outgoing mail: headers that nothing can break out of, and the MIME tree around the bodies of bodies.py."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime

from connectors.email import bodies, message_ids
from connectors.email.addressing import OwnAddresses, normalise
from inbox.contract import Address, File, Nature, OutboundMessage, PermanentFailure

# Every mail of ours says which channel wrote it; one that no person wrote has the loop header besides, for everybody's robots.
SENT_BY = "X-Onethread-Sent-By"
LOOP = "X-Onethread-Loop"

_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP
# compat32 never re-encodes what is ASCII; policy.SMTP turns long References into encoded words (gh-79986). We fold ourselves.
_WIRE = policy.compat32.clone(linesep="\r\n", mangle_from_=False, max_line_length=0)
_LINE = 76
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}")
# RFC 5322 2.1.1: longer lines than 998 are refused. A name's bytes may each become three characters (RFC 2231).
_LONGEST_FILE_NAME = 180
_LONGEST_NAME = 120
_MOST_REFERENCES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a channel writes as. `stamp` marks our own mail; `reply_by_address`: the token goes into Reply-To, else into the text."""

    own: OwnAddresses
    brand: str
    signature: str = ""
    stamp: str = ""
    reply_by_address: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A mail ready for SMTP: the envelope and the bytes."""

    sender: str
    to: str
    others: tuple[str, ...]
    raw: bytes


def compose(message: OutboundMessage, sender: Sender) -> Composed:
    """The whole mail. Raises PermanentFailure if a recipient's address is none, or a file's bytes are missing."""
    to, cc, bcc = _checked([message.to])[0], _checked(message.cc), _checked(message.bcc)
    reply_to = sender.own.reply_address(message.reply_token) if sender.reply_by_address else ""
    tree = _tree(message, sender, marked=bool(message.reply_token) and not reply_to)
    _headers(tree, message, sender, reply_to=reply_to)
    everyone = dict.fromkeys(value for value, _name in (to, *cc, *bcc))
    return Composed(
        sender=sender.own.main,
        to=to[0],
        others=tuple(address for address in everyone if address != to[0]),
        raw=tree.as_bytes(policy=_WIRE),
    )


def _headers(
    tree: MIMENonMultipart | MIMEMultipart, message: OutboundMessage, sender: Sender, *, reply_to: str
) -> None:
    fields = {
        "From": mailbox(_author(message.author_name, sender.brand), sender.own.main),
        "To": mailbox(message.to.name, normalise(message.to.value)),
        "Cc": ", ".join(mailbox(each.name, normalise(each.value)) for each in message.cc),
        "Reply-To": mailbox(sender.brand, reply_to) if reply_to else "",
        "Subject": words(message.subject),
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": message_ids.usable(message.reference_id),
        SENT_BY: one_line(sender.stamp),
    }
    references = _references(message.references)
    if references:
        fields |= {"In-Reply-To": references[-1], "References": " ".join(references)}
    if message.unsubscribe_url:
        # RFC 2369 3.2, RFC 8058 3.1: one click counts only with https.
        fields["List-Unsubscribe"] = f"<{one_line(message.unsubscribe_url)}>"
        if message.unsubscribe_url.startswith("https://"):
            fields["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.nature != Nature.PERSON:
        # RFC 3834 5; Microsoft's [MS-OXCMAIL] 2.2.3.2.14. Without them two auto-responders answer each other for ever.
        fields |= {
            "Auto-Submitted": "auto-replied",
            "X-Auto-Response-Suppress": "All",
            LOOP: one_line(sender.stamp),
        }
    for name, value in fields.items():
        if value:
            tree[name] = folded(name, value)


def _references(listed: Iterable[str]) -> list[str]:
    """The first, which names the thread, and the newest (RFC 5537 3.4.4 shortens likewise)."""
    usable = list(message_ids.usable_of(listed))
    return usable if len(usable) <= _MOST_REFERENCES else usable[:1] + usable[1 - _MOST_REFERENCES :]


def _author(name: str, brand: str) -> str:
    name, brand = one_line(name), one_line(brand)
    return f"{name} at {brand}" if name and brand else name or brand


def _checked(listed: Iterable[Address]) -> list[tuple[str, str]]:
    found = [(normalise(each.value), each.name) for each in listed]
    for each, (value, _name) in zip(listed, found, strict=True):
        if not value:
            raise PermanentFailure(
                f"“{one_line(each.value)}” is not a mail address.", code="5.1.3", undeliverable=True
            )
    return found


def _tree(message: OutboundMessage, sender: Sender, *, marked: bool) -> MIMENonMultipart | MIMEMultipart:
    """mixed(alternative(text, related(html, pictures)), files), with the outer ones only where there is need."""
    written = bodies.Written(
        text=message.text,
        html=message.html,
        signature=sender.signature,
        quoted=message.quoted_text,
        token=message.reply_token,
        marked=marked,
        unsubscribe=message.unsubscribe_url,
    )
    body = MIMEMultipart("alternative")
    body.attach(_text("plain", bodies.plain(written)))
    html = bodies.html(written)
    pictures = [file for file in message.files if _belongs_to(html, file)]
    body.attach(_related(_text("html", html), pictures))
    files = [file for file in message.files if file not in pictures]
    if not files:
        return body
    whole = MIMEMultipart("mixed")
    whole.attach(body)
    for file in files:
        whole.attach(_part(file, "attachment"))
    return whole


def _belongs_to(html: str, file: File) -> bool:
    return bool(file.content_id) and f"cid:{file.content_id}" in html


def _related(html: MIMENonMultipart, pictures: list[File]) -> MIMENonMultipart | MIMEMultipart:
    if not pictures:
        return html
    related = MIMEMultipart("related", type="text/html")
    related.attach(html)
    for file in pictures:
        part = _part(file, "inline")
        part["Content-ID"] = f"<{one_line(file.content_id).strip('<> ').replace(' ', '')}>"
        related.attach(part)
    return related


def _text(subtype: str, text: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype)
    part.set_payload(storable(text), _UTF8)
    return part


def _part(file: File, disposition: str) -> MIMEBase:
    """One file. A mail or a multipart as a file would have to stay unencoded (RFC 2046 5.2.1), so it goes as plain bytes."""
    if file.content is None:
        raise PermanentFailure(
            f"“{one_line(file.name)}” could not be read from our storage. Attach it again."
        )
    kind = file.content_type.partition(";")[0].strip().lower()
    if not _CONTENT_TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    part = MIMEBase(*kind.split("/", 1))
    part.set_payload(file.content)
    encode_base64(part)
    name = _file_name(file.name)
    part.add_header(
        "Content-Disposition", disposition, filename=name if name.isascii() else ("utf-8", "", name)
    )
    return part


def _file_name(name: str) -> str:
    """Without path and line ends, at most 180 bytes, its ending kept; "file" if nothing of a name is left."""
    name = one_line(name).replace("/", "_").replace("\\", "_").replace('"', "'")
    name = (
        name
        if any(character.isalnum() for character in name) or not name.isascii()
        else f"file{name}".rstrip(". ")
    )
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, ending = name, ""
    room = _LONGEST_FILE_NAME - len(ending.encode()) - 1
    return stem.encode()[:room].decode(errors="ignore") + (f".{ending}" if ending else "")


def storable(text: str) -> str:
    """Without lone surrogates and NUL; line ends as \\n."""
    return (
        text.encode("utf-8", "replace").decode().replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    )


def one_line(text: str) -> str:
    """A value that cannot leave its header: every control, line and paragraph separator becomes a space (A4 of the abuse plan)."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in storable(text))
    return " ".join(kept.split())


def words(text: str) -> str:
    """A header's free text: as it is if plain and short of words, else as encoded words (RFC 2047)."""
    text = one_line(text)
    plain = text.isascii() and "=?" not in text and all(len(word) < 70 for word in text.split(" "))
    return text if plain else Header(text, _UTF8, maxlinelen=70).encode(linesep="")


def mailbox(name: str, address: str) -> str:
    """`"Name" <address>` for a header; `address` has been normalised before."""
    name = one_line(name)[:_LONGEST_NAME].strip()
    if not name:
        return address
    encoded = words(name)
    if encoded == name:
        encoded = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{encoded} <{address}>"


def folded(name: str, value: str) -> str:
    """A header's value on lines of 76 characters where spaces allow it (RFC 5322 2.2.3); the first word stays beside the name.

    An address beyond ASCII cannot be an encoded word: with SMTPUTF8 it stands in the header as it is (RFC 6532 3.2).
    """
    lines, length = [""], len(name) + 2
    for word in value.split(" "):
        if lines[-1] and length + len(word) >= _LINE:
            lines.append("")
            length = 0
        lines[-1] += f" {word}" if lines[-1] else word
        length += len(word) + 1
    text = "\r\n ".join(lines)
    return text if text.isascii() else text.encode().decode("ascii", "surrogateescape")
