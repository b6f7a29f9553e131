"""A WhatsApp message of Twilio's webhooks → contract values. Pure. What every channel reads alike is connectors/twilio/webhooks.py.

Fields: docs messaging/guides/webhook-request (WhatsApp-specific parameters).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.twilio import webhooks
from connectors.twilio.signature import Form
from connectors.twilio.webhooks import TYPES, clean, consent, files_of
from connectors.whatsapp_twilio import addresses
from connectors.whatsapp_twilio.errors import MEANINGS
from inbox.contract import (
    Address,
    BadPayload,
    Card,
    CardKind,
    DeliveryUpdate,
    InboundEvent,
    InboundMessage,
    Proof,
    WindowChanged,
)

# Twilio acts on keywords by itself only where Advanced Opt-Out is on, which says so in OptOutType. Otherwise only words that cannot
# be an answer to a question of ours: “cancel” and “end” may be.
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "OPTOUT"}
START = {"START", "UNSTOP"}


@dataclass(frozen=True, slots=True)
class Ours:
    """What reading needs to know of the channel. `number` is "" for a pool."""

    account: str
    number: str = ""


def events(form: Form, *, url: str, ours: Ours, now: datetime) -> list[InboundEvent]:
    """One webhook. Raises BadPayload for a message without a sender."""
    report = webhooks.report(form, url, MEANINGS)
    if isinstance(report, DeliveryUpdate):
        return [report, *_closed(form, report, ours, now)]
    return [report] if report is not None else _message(form, ours)


def _closed(form: Form, report: DeliveryUpdate, ours: Ours, now: datetime) -> Iterator[WindowChanged]:
    """Twilio accepts a message first and may say later that the window was closed."""
    to = addresses.read(clean(form.first("To")), ours.account)
    code = int(report.code) if report.code.isascii() and report.code.isdigit() else 0
    if to and code in MEANINGS and MEANINGS[code].window_closed:
        yield WindowChanged(event_key=f"{report.event_key}:window", occurred_at=now, address=to, until=now)


def _message(form: Form, ours: Ours) -> list[InboundEvent]:
    sid = clean(webhooks.sid(form))
    author = _author(form, ours.account)
    if author is None:
        raise BadPayload("The message names no sender.")
    text, cards = clean(form.first("Body")), tuple(_cards(form))
    if any(card.kind is CardKind.CHOICE and card.title == text for card in cards):
        text = ""
    files, missing = files_of(form)
    if len(files) == 1 and TYPES.guess_type(text)[0] == files[0].content_type and "\n" not in text:
        # Twilio writes a document's name where its caption would be.
        files, text = (replace(files[0], name=text),), ""
    if not (text.strip() or files or cards or missing):
        kind = clean(form.first("MessageType"))[:60]
        cards = (Card(kind=CardKind.UNSUPPORTED, text=kind or "a message without content"),)
    message = InboundMessage(
        event_key=sid,
        external_id=sid,
        author=author,
        proof=Proof.PROVEN,
        proofs=tuple(_also(form, author, ours.account)),
        text=text,
        files=files,
        cards=cards,
        in_reply_to=clean(form.first("OriginalRepliedMessageSid")),
        notices=tuple(_notices(form, ours.number, missing)),
    )
    said = consent(form.first("OptOutType"), text, sid, author, stop=STOP, start=START)
    return [message, said] if said else [message]


def _author(form: Form, account: str) -> Address | None:
    username = clean(form.first("ProfileUsername") or form.first("Username"))
    name = clean(form.first("ProfileName")) or (f"@{username.lstrip('@')}" if username else "")
    return addresses.read(clean(form.first("From")), account, name)


def _also(form: Form, author: Address, account: str) -> Iterator[Address]:
    """What WhatsApp attests besides: the user id (and that of linked portfolios), and the number where `From` has none."""
    named = [clean(form.first(name)) for name in ("ExternalUserId", "ParentExternalUserId")]
    digits = clean(form.first("WaId"))
    found = [addresses.read(each, account) for each in [*named, f"+{digits}" if digits.isdigit() else ""]]
    seen = {(author.space, author.value)}
    for each in found:
        if each and each.space != author.space and (each.space, each.value) not in seen:
            seen.add((each.space, each.value))
            yield each


def _cards(form: Form) -> Iterator[Card]:
    place = _place(form)
    if place:
        yield place
    pressed = clean(form.first("ButtonText")) or clean(form.first("ListTitle"))
    if pressed:
        yield Card(kind=CardKind.CHOICE, title=pressed, text=clean(form.first("ListDescription")))
    if form.first("ReferralSourceUrl") or form.first("ReferralSourceId") or form.first("ReferralHeadline"):
        yield Card(
            kind=CardKind.ADVERT,
            title=clean(form.first("ReferralHeadline")),
            text=clean(form.first("ReferralBody")),
            url=_link(clean(form.first("ReferralSourceUrl"))),
        )


def _place(form: Form) -> Card | None:
    try:
        latitude, longitude = float(form.first("Latitude")), float(form.first("Longitude"))
    except ValueError:
        return None
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    title, text = clean(form.first("Label")), clean(form.first("Address"))
    return Card(kind=CardKind.LOCATION, title=title, text=text, latitude=latitude, longitude=longitude)


def _link(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


def _notices(form: Form, number: str, missing: int) -> Iterator[str]:
    scheme, _ = addresses.split(clean(form.first("From")))
    to = addresses.read(clean(form.first("To")), "")
    if scheme != addresses.SCHEME:
        yield "This came as an SMS. Answers from here leave over WhatsApp."
    if number and to and to.value != number:
        yield f"This was sent to {to.value}. Answers leave from {number}."
    if form.first("Forwarded") == "true":
        yield "They forwarded this message."
    if missing:
        yield f"{missing} more files came with this message; Twilio did not say where they are."
