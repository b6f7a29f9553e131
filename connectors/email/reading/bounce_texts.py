"""Failures told in plain words by servers that send no RFC 3464 report: qmail, old Exchange, Exim, Gmail, others."""

import re

from .addresses import find_address
from .headers import Headers
from .values import BouncedRecipient, BounceKind

_SENDERS = re.compile(
    r"(?:mailer-daemon|postmaster|mail delivery (?:sub)?system|mail-daemon|mdaemon|system administrator|maildelivery)",
    re.IGNORECASE,
)
_SUBJECTS = (
    "delivery status notification", "undeliverable", "undelivered mail", "mail delivery failed", "mail delivery failure", "delivery failure", "delivery failed",
    "failure notice", "returned mail", "message could not be delivered", "mail system error", "delivery has failed", "could not send message", "mail could not be delivered",
    "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen", "non remis", "échec de la remise", "non délivré", "no se puede entregar", "no entregado",
    "non recapitabile", "onbestelbaar", "não entregue", "oleveransbart", "ikke leveret", "niedostarczona", "nedoručiteln", "kézbesíthetetlen", "недоставлен", "не удалось доставить",
    "未送达", "退信", "系统退信", "配信不能", "배달 못 함", "teslim edilemedi",
)  # fmt: skip
_DELAYS = (
    "delayed",
    "(delay)",
    "still being retried",
    "will be retried",
    "temporarily",
    "verzögert",
    "retardé",
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])(\d\d)[ -]")
_ORIGINAL_STARTS = ("--- below this line is a copy", "------ this is a copy", "----- original message -----", "--- the header of the original",
                    "------ this is a copy of", "---- original message", "original message headers", "----- message header follows", "begin message")  # fmt: skip
_LINES = 300
_RECIPIENTS = 50


def from_daemon(headers: Headers) -> bool:
    """Whether a mail server wrote this: its sender's name, or the empty Return-Path of what wants no answer (RFC 5321 4.5.5)."""
    empty_path = headers.raw("Return-Path").replace(" ", "") == "<>"
    return empty_path or _SENDERS.search(headers.text("From")) is not None


def read_text_bounce(headers: Headers, text: str) -> tuple[BouncedRecipient, ...] | None:
    """The recipients of a report in words, or None if this mail is none: it needs a daemon's sender AND subject.

    A text that names no recipient gives one entry with address "" so that the failure is still seen.
    """
    failed = [address for value in headers.all_raw("X-Failed-Recipients") for address in value.split(",")]
    subject = headers.text("Subject").casefold()
    if not from_daemon(headers) or not (failed or any(words in subject for words in _SUBJECTS)):
        return None
    lines = _relevant_lines(text)
    told = " ".join(lines).casefold()
    action: BounceKind = (
        "delayed" if any(words in subject or words in told for words in _DELAYS) else "failed"
    )
    addresses = [find_address(address) for address in failed] or _addresses(lines)
    own = {mailbox.address.lower() for name in ("From", "To") for mailbox in headers.mailboxes(name)}
    kept = list(dict.fromkeys(address for address in addresses if address and address.lower() not in own))
    return tuple(_recipient(address, lines, action) for address in kept[:_RECIPIENTS] or [""])


def _relevant_lines(text: str) -> list[str]:
    """The lines before the copy of the original mail."""
    lines: list[str] = []
    for line in text.splitlines()[:_LINES]:
        if line.strip().lower().startswith(_ORIGINAL_STARTS):
            break
        lines.append(line[:1_000].strip())
    return lines


def _addresses(lines: list[str]) -> list[str]:
    """qmail and Exim put each failed address on a line of its own, perhaps in brackets and with a colon."""
    alone = []
    anywhere = []
    for line in lines:
        if "@" not in line:
            continue
        address = find_address(line)
        if address:
            anywhere.append(address)
            if len(line.strip("<>:* \t")) <= len(address) + 2:
                alone.append(address)
    return alone or anywhere[:1]


def _recipient(address: str, lines: list[str], action: BounceKind) -> BouncedRecipient:
    """The diagnostic is the text that follows the address, up to a blank line behind it."""
    start = next((number for number, line in enumerate(lines) if address and address in line), 0)
    told: list[str] = []
    for line in lines[start : start + 12]:
        if not line and len(told) > 1:
            break
        if line:
            told.append(line)
    diagnostic = " ".join(told)[:1_000]
    status = _STATUS.search(diagnostic) or _STATUS.search(" ".join(lines)[:20_000])
    reply = _REPLY_CODE.search(diagnostic)
    code = status[1] if status else f"{reply[1]}.0.0" if reply else ""
    return BouncedRecipient(address, code, action, diagnostic)
