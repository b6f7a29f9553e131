"""Delivery reports (RFC 3464) and read receipts (RFC 8098), told apart; plain-text reports are in `bounce_texts`."""

import re

from .addresses import find_address
from .body import Body
from .bounce_texts import from_daemon, read_text_bounce
from .charsets import decode
from .headers import Headers, read_headers
from .limits import Limits
from .message_ids import message_id
from .values import Bounce, BouncedRecipient, BounceKind, ReadReceipt

_ACTIONS: dict[str, BounceKind] = {
    "failed": "failed", "failure": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "relayed",
    "expanded": "expanded",
}  # fmt: skip
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_RECIPIENTS = 500
_DIAGNOSTIC = 1_000


def read_bounce(headers: Headers, body: Body, text: str, limits: Limits) -> Bounce | None:
    """The delivery report in this mail, or None. Successes and delays are reports too: see `Bounce.failed`."""
    status = [data for kind, data in body.reports if kind == "message/delivery-status"]
    original = _original_headers(body, limits)
    if status and _is_report(headers):
        recipients = _recipients(status[0], limits)
        if recipients:
            return Bounce(tuple(recipients), _original_id(original, text), _fields(original))
    found = read_text_bounce(headers, text)
    if found is None:
        return None
    return Bounce(found, _original_id(original, text), _fields(original))


def _is_report(headers: Headers) -> bool:
    """Whether the mail as a whole is a report (RFC 6522 3: its root says so). A person may forward one among other parts."""
    content_type, _parameters = headers.parameters("Content-Type")
    return content_type.strip().lower() == "multipart/report" or from_daemon(headers)


def read_receipt(headers: Headers, body: Body, limits: Limits) -> ReadReceipt | None:
    """The disposition notification in this mail, or None."""
    if not _is_report(headers):
        return None
    for kind, data in body.reports:
        if kind == "message/disposition-notification":
            fields, _, _ = read_headers(data.lstrip(), 0, len(data.lstrip()), limits)
            recipient = fields.text("Final-Recipient") or fields.text("Original-Recipient")
            return ReadReceipt(
                recipient=find_address(recipient.partition(";")[2] or recipient),
                disposition=fields.text("Disposition").rpartition(";")[2].strip().lower(),
                original_message_id=message_id(fields.raw("Original-Message-ID")),
            )
    return None


def _recipients(data: bytes, limits: Limits) -> list[BouncedRecipient]:
    """One entry per group of fields that names a recipient; the first group is about the mail as a whole."""
    text = decode(data).replace("\r\n", "\n").strip()
    recipients: list[BouncedRecipient] = []
    for group in text.split("\n\n")[: _RECIPIENTS + 1]:
        raw = group.strip().encode()
        fields, _, _ = read_headers(raw, 0, len(raw), limits)
        recipient = fields.text("Final-Recipient") or fields.text("Original-Recipient")
        action = _ACTIONS.get(fields.text("Action").partition(" ")[0].strip().lower())
        if not recipient:
            continue
        diagnostic = fields.text("Diagnostic-Code")
        status = _STATUS.search(fields.text("Status")) or _STATUS.search(diagnostic)
        code = status[1] if status else ""
        recipients.append(
            BouncedRecipient(
                address=find_address(recipient.partition(";")[2] or recipient),
                status=code,
                action=action
                or ("delayed" if code.startswith("4") else "delivered" if code.startswith("2") else "failed"),
                diagnostic=_without_type(diagnostic)[:_DIAGNOSTIC],
            )
        )
    return recipients


def _without_type(diagnostic: str) -> str:
    """ "smtp; 550 5.1.1 No such user" is shown without its type."""
    kind, semicolon, text = diagnostic.partition(";")
    return text.strip() if semicolon and len(kind) < 20 else diagnostic


def _original_headers(body: Body, limits: Limits) -> Headers | None:
    for kind, data in body.reports:
        if kind in ("message/rfc822", "text/rfc822-headers"):
            stripped = data.lstrip(b"\r\n")
            return read_headers(stripped, 0, len(stripped), limits)[0]
    return None


def _original_id(original: Headers | None, text: str) -> str | None:
    if original is not None:
        return message_id(original.raw("Message-ID"))
    match = re.search(r"(?im)^[ \t>]*message-id:\s{0,20}<([^<>\s]{1,400})>", text[:200_000])
    return match[1] if match else None


def _fields(original: Headers | None) -> tuple[tuple[str, str], ...]:
    return original.decoded() if original is not None else ()
