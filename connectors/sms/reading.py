"""Twilio's messaging webhooks → contract values. Pure. Fields: docs messaging/guides/webhook-request and track-outbound-message-status."""

from __future__ import annotations

import hashlib
import mimetypes
from itertools import count
from urllib.parse import parse_qs, urlsplit

from connectors.phone import e164
from connectors.sms.errors import meaning
from connectors.sms.signature import Form
from inbox.contract import (
    Address,
    BadPayload,
    Consent,
    DeliveryUpdate,
    File,
    Ignored,
    InboundEvent,
    InboundMessage,
    Nature,
    Proof,
    Status,
)

SPACE = "phone"
# Names our own message in the address Twilio reports to, so that a report finds it even if we never learnt Twilio's id.
OURS = "message"

STATUSES = {
    "queued": Status.SENT,
    "accepted": Status.SENT,
    "scheduled": Status.SENT,
    "sending": Status.SENT,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
# What Twilio acts on by itself when a service has no Advanced Opt-Out, which would say so in OptOutType. Only as the whole message.
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}

# Without the machine's own tables, so that a picture has the same name everywhere.
TYPES = mimetypes.MimeTypes()
NAMES = {"image": "picture", "video": "video", "audio": "recording"}


def events(form: Form, *, url: str, address: str = "") -> list[InboundEvent]:
    """One webhook. `address` is our number if the channel has just one. Raises BadPayload for a message without a sender."""
    sid = form.first("MessageSid") or form.first("SmsSid") or form.first("SmsMessageSid")
    status = (form.first("MessageStatus") or form.first("SmsStatus")).lower()
    if sid and status in STATUSES:
        return [_update(form, sid, status, url)]
    if sid and status in {"", "received", "receiving"}:
        return _message(form, sid, address)
    digest = hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()[:32]
    said = f": “{clean(status)[:60]}”" if status else ""
    return [Ignored(event_key=digest, reason=f"Not a message or a status we know{said}.")]


def _update(form: Form, sid: str, status: str, url: str) -> DeliveryUpdate:
    code = clean(form.first("ErrorCode"))
    # 0 is how Twilio writes "no error" in some callbacks.
    failure = meaning(code) if STATUSES[status] is Status.FAILED else None
    ours = parse_qs(urlsplit(url).query).get(OURS, [""])[0]
    return DeliveryUpdate(
        event_key=f"{clean(sid)}:{status}",
        external_id=clean(ours or sid),
        status=STATUSES[status],
        code=code if failure and code != "0" else "",
        reason="It was cancelled at Twilio." if status == "canceled" else failure.reason if failure else "",
        undeliverable=bool(failure and failure.undeliverable),
        opted_out=bool(failure and failure.opted_out),
    )


def _message(form: Form, sid: str, address: str) -> list[InboundEvent]:
    sid = clean(sid)
    scheme, author = _address(form.first("From"))
    if not author.value:
        raise BadPayload("The message names no sender.")
    person = bool(e164(author.value))
    text = clean(form.first("Body"))
    to = _address(form.first("To"))[1]
    files, missing = _files(form)
    message = InboundMessage(
        event_key=sid,
        external_id=sid,
        author=author,
        # A short code or a name ("DHL") is a machine that nobody can answer.
        nature=Nature.PERSON if person else Nature.AUTO,
        # The network vouches for a number, not for a name.
        proof=Proof.PROVEN if person else Proof.UNPROVEN,
        text=text,
        files=files,
        notices=tuple(_notices(scheme, to.value, address, missing)),
    )
    consent = _consent(form.first("OptOutType"), text, sid, author)
    return [message, consent] if consent else [message]


def _address(text: str) -> tuple[str, Address]:
    """("", number) of an SMS, ("whatsapp", number) of a channel address: `whatsapp:+44…`, `rcs:+44…`."""
    scheme, colon, rest = clean(text).strip().partition(":")
    value = rest if colon else scheme
    return (scheme.lower() if colon else ""), Address(space=SPACE, value=e164(value, mobile=True) or value)


def _notices(scheme: str, to: str, address: str, missing: int) -> list[str]:
    notices = []
    if scheme and scheme != "rcs":
        notices.append(f"This came over {scheme}. Answers from here leave as SMS.")
    if to and address and e164(to) and to != address:
        notices.append(f"This was sent to {to}. Answers leave from {address}.")
    if missing:
        notices.append(f"{missing} more files came with this message; Twilio did not say where they are.")
    return notices


def _consent(kind: str, text: str, sid: str, author: Address) -> Consent | None:
    """STOP or START, as Twilio's OptOutType says, else by the keyword. HELP changes nothing."""
    word = text.strip().upper()
    kind = kind.upper() or ("STOP" if word in STOP else "START" if word in START else "")
    if kind not in {"STOP", "START"}:
        return None
    return Consent(event_key=f"{sid}:consent", address=author, allowed=kind == "START", keyword=word[:40])


def _files(form: Form) -> tuple[tuple[File, ...], int]:
    """The media, and how many more Twilio counted than it named."""
    files: list[File] = []
    for index in count():
        url = clean(form.first(f"MediaUrl{index}"))
        if not url:
            break
        kind = clean(form.first(f"MediaContentType{index}")) or "application/octet-stream"
        name = NAMES.get(kind.partition("/")[0], "file")
        files.append(
            File(name=f"{name}-{index + 1}{TYPES.guess_extension(kind) or ''}", content_type=kind, url=url)
        )
    said = form.first("NumMedia")
    expected = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    return tuple(files), max(0, expected - len(files))


def clean(text: str) -> str:
    """Without NUL and lone surrogates: both have been seen in the wild, and PostgreSQL stores neither."""
    return text.replace("\0", "").encode(errors="replace").decode()
