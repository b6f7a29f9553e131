"""Twilio's messaging webhooks, as far as every channel reads them alike: reports, media, STOP. Pure.

Fields: docs messaging/guides/webhook-request and messaging/guides/track-outbound-message-status.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping, Set
from itertools import count
from urllib.parse import parse_qs, urlsplit

from connectors.twilio.errors import Meaning, meaning
from connectors.twilio.signature import Form
from inbox.contract import Address, Consent, DeliveryUpdate, File, Ignored, Status

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
for _kind, _ending in {
    "audio/ogg": ".ogg",
    "audio/amr": ".amr",
    "image/webp": ".webp",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}.items():
    TYPES.add_type(_kind, _ending)
NAMES = {"image": "picture", "video": "video", "audio": "recording"}


def sid(form: Form) -> str:
    """The message's id, by whichever of its names."""
    names = ("MessageSid", "SmsSid", "SmsMessageSid")
    return next((found for name in names if (found := clean(form.first(name)))), "")


def report(form: Form, url: str, table: Mapping[int, Meaning]) -> DeliveryUpdate | Ignored | None:
    """What is no incoming message: news about one of ours, or something we do not know. None for a message."""
    status = (form.first("MessageStatus") or form.first("SmsStatus")).lower()
    if sid(form) and status in STATUSES:
        return _update(form, sid(form), status, url, table)
    if sid(form) and status in {"", "received", "receiving"}:
        return None
    digest = hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()[:32]
    said = f": “{clean(status)[:60]}”" if status else ""
    return Ignored(event_key=digest, reason=f"Not a message or a status we know{said}.")


def _update(form: Form, sid: str, status: str, url: str, table: Mapping[int, Meaning]) -> DeliveryUpdate:
    code = clean(form.first("ErrorCode"))
    # 0 is how Twilio writes "no error" in some callbacks.
    failure = meaning(table, code) if STATUSES[status] is Status.FAILED else None
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


def consent(
    kind: str,
    text: str,
    sid: str,
    author: Address,
    *,
    stop: Set[str] = frozenset(STOP),
    start: Set[str] = frozenset(START),
) -> Consent | None:
    """STOP or START, as Twilio's OptOutType says, else by the keyword. HELP changes nothing."""
    word = text.strip().upper()
    kind = kind.upper() or ("STOP" if word in stop else "START" if word in start else "")
    if kind not in {"STOP", "START"}:
        return None
    return Consent(event_key=f"{sid}:consent", address=author, allowed=kind == "START", keyword=word[:40])


def files_of(form: Form) -> tuple[tuple[File, ...], int]:
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
