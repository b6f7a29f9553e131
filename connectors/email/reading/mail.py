"""Reads one mail: bytes in, `ParsedMail` out. Puts the other modules together and decides nothing of its own."""

from collections.abc import Collection
from dataclasses import dataclass

from .addresses import find_address
from .authentication import read_authentication
from .auto import nature_of
from .body import Block, BodyReader
from .bounces import read_bounce, read_receipt
from .dates import parse_date
from .headers import Headers
from .html_text import crude_text, plain_text_as_html
from .limits import Limits
from .message_ids import message_id, message_ids
from .quotes_html import split_html
from .quotes_text import Split, split_text
from .sanitise import sanitise
from .tree import Tree
from .values import Mailbox, ParsedMail

_DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "X-Delivered-To",
                 "X-Original-Recipient", "X-Real-To", "X-Rcpt-To", "Apparently-To", "Resent-To")  # fmt: skip


def read(raw: bytes, *, limits: Limits | None = None, trusted_authserv: Collection[str] = ()) -> ParsedMail:
    """Reads a mail. Never raises because of what the mail contains: what cannot be read is named in `problems`.

    `trusted_authserv` holds the authserv-ids (RFC 8601 2.5) of the servers whose results may be believed.
    """
    limits = limits or Limits()
    problems: list[str] = []
    tree = Tree(_prepared(raw, limits, problems), limits)
    headers = tree.root.headers
    headers.hint = _charset_of_the_text(tree)
    body = BodyReader(tree, limits).body
    problems += body.problems
    subject = headers.text("Subject")
    text = _texts(body.blocks, subject, limits, problems)
    from_ = _from(headers, problems)
    bounce = read_bounce(headers, body, text.whole, limits)
    receipt = read_receipt(headers, body, limits)
    return ParsedMail(
        message_id=message_id(headers.raw("Message-ID")),
        in_reply_to=next(iter(message_ids(headers.raw("In-Reply-To"), limits.references)), None),
        references=_references(headers, limits),
        subject=subject,
        from_=from_,
        sender=next(iter(headers.mailboxes("Sender")), None),
        reply_to=headers.mailboxes("Reply-To"),
        to=headers.mailboxes("To"),
        cc=headers.mailboxes("Cc"),
        bcc=headers.mailboxes("Bcc"),
        delivered_to=_delivered_to(headers),
        date=parse_date(headers.text("Date")),
        text=text.whole,
        html=text.html,
        text_new=text.split.new,
        html_new=text.html_new,
        text_quoted=text.split.quoted,
        has_quote=text.split.has_quote,
        signature=text.split.signature,
        attachments=tuple(body.attachments),
        auto=nature_of(headers, is_report=bounce is not None or receipt is not None),
        bounce=bounce,
        read_receipt=receipt,
        authentication=read_authentication(headers, from_, trusted_authserv, limits),
        headers=headers.decoded(),
        problems=tuple(dict.fromkeys(problems)),
    )


def _prepared(raw: bytes, limits: Limits, problems: list[str]) -> bytes:
    """Within the size limit, without blank lines in front, with line ends that are ones."""
    if len(raw) > limits.size:
        problems.append(f"larger than {limits.size} bytes: the rest was left out")
        raw = raw[: limits.size]
    if raw[:1] in (b"\r", b"\n"):
        raw = raw.lstrip(b"\r\n")
    if b"\n" not in raw[: limits.header_bytes] and b"\r" in raw[: limits.header_bytes]:
        problems.append("lines ended with a lone carriage return")
        raw = raw.replace(b"\r", b"\n")
    return raw


def _charset_of_the_text(tree: Tree) -> str:
    """The charset of the first text: raw 8-bit bytes in the header are most likely in it too."""
    nodes = [tree.root]
    while nodes:
        node = nodes.pop(0)
        charset = node.parameters.get("charset", "")
        if charset:
            return charset
        nodes = node.children[:20] + nodes
    return ""


@dataclass(frozen=True, slots=True)
class _Texts:
    whole: str
    html: str
    html_new: str
    split: Split


def _texts(blocks: list[Block], subject: str, limits: Limits, problems: list[str]) -> _Texts:
    """The body in both forms and its new part. Where only one form shows what is quoted, that one decides."""
    plain = "\n".join(block.plain.rstrip("\n") for block in blocks)
    if not any(block.html for block in blocks):
        return _Texts(plain, "", "", split_text(plain, subject, limits.quote_lines))
    has_plain = all(block.plain.strip() for block in blocks)
    raw_html = "\n".join(block.html or plain_text_as_html(block.plain) for block in blocks)
    html, reason = sanitise(raw_html, limits)
    if reason:
        problems.append(f"{reason}: only the text is shown")
        whole = plain if has_plain else crude_text(raw_html, limits.text_characters)
        return _Texts(whole, "", "", split_text(whole, subject, limits.quote_lines))
    of_html = split_html(html, subject, limits.quote_lines)
    if not has_plain:
        return _Texts(of_html.text[: limits.text_characters], html, of_html.html, of_html.split)
    split = split_text(plain, subject, limits.quote_lines)
    only_html_shows_it = of_html.split.has_quote and not split.has_quote
    if only_html_shows_it or (of_html.split.new and not split.new):
        split = of_html.split
    return _Texts(plain, html, of_html.html, split)


def _from(headers: Headers, problems: list[str]) -> Mailbox:
    """From; if it has no address, Sender, Reply-To or Return-Path in its place, and a note about it."""
    mailboxes = headers.mailboxes("From")
    addressed = [mailbox for mailbox in mailboxes if mailbox.address]
    if len(addressed) > 1:
        problems.append("several addresses in From: the first was taken")
    if addressed:
        return addressed[0]
    name = mailboxes[0].name if mailboxes else ""
    for other in ("Sender", "Reply-To", "Return-Path"):
        for mailbox in headers.mailboxes(other):
            if mailbox.address:
                problems.append(f"no address in From: taken from {other}")
                return Mailbox(name or mailbox.name, mailbox.address)
    problems.append("no address of a sender")
    return Mailbox(name, "")


def _references(headers: Headers, limits: Limits) -> tuple[str, ...]:
    value = " ".join([*headers.all_raw("References"), *headers.all_raw("In-Reply-To")])
    return message_ids(value, limits.references)


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    """The addresses to which servers on the way say that they delivered, in the order of the header."""
    wanted = {name.lower() for name in _DELIVERED_TO}
    found = [
        find_address(" ".join(value.split())) for name, value in headers.fields if name.lower() in wanted
    ]
    return tuple(dict.fromkeys(address for address in found if address))
