"""The account the stand-in keeps: numbers, messages, media, who opted out; and Twilio's rules for a new message. No HTTP here."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from connectors.phone import E164, e164
from connectors.twilio.segments import segments
from connectors.twilio.signature import Form
from connectors.twilio.standin.records import Number, Refusal, Service, Sms, sid
from connectors.twilio.webhooks import START, STOP

# Numbers that Twilio's own test credentials refuse (docs: iam/test-credentials), so a person can see each refusal.
REFUSED = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}


@dataclass
class Account:
    """Locked by `lock`: requests come in threads."""

    sid: str
    token: str
    numbers: dict[str, Number] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    messages: list[Sms] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    status: str = "active"
    kind: str = "Full"
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add_number(self, number: str, sms_url: str = "", **more: Any) -> Number:
        self.numbers[number] = Number(number, sms_url, **more)
        return self.numbers[number]

    def add_service(self, service_sid: str, numbers: list[str], **more: Any) -> Service:
        self.services[service_sid] = Service(service_sid, numbers, **more)
        return self.services[service_sid]

    def allows(self, user: str, password: str) -> bool:
        return (user, password) == (self.sid, self.token) or self.keys.get(user) == password

    def create(self, form: Form) -> Sms:
        """POST Messages.json. Raises Refusal."""
        with self.lock:
            to, media = form.first("To"), form.get("MediaUrl", [])
            _check_recipient(to)
            sender, service = self._sender(form, to)
            _check_content(form.first("Body"), media, form.first("StatusCallback"))
            if sender == to:
                raise Refusal(21266)
            if (sender, to) in self.opted_out:
                raise Refusal(21610)
            sms = Sms(
                sid("MM" if media else "SM"),
                sender,
                to,
                form.first("Body"),
                inbound=False,
                media=list(media),
                status="accepted" if service else "queued",
                callback=form.first("StatusCallback"),
                service=service,
            )
            self.messages.append(sms)
            return sms

    def _sender(self, form: Form, to: str) -> tuple[str, str]:
        """The number it leaves from, and the service. The number a customer knows is kept (sticky sender)."""
        service_sid, sender = form.first("MessagingServiceSid"), form.first("From")
        if service_sid:
            service = self.services.get(service_sid)
            if service is None:
                raise Refusal(21701, status=404)
            if not service.numbers:
                raise Refusal(21704)
            pairs = [{m.sender, m.to} for m in reversed(self.messages) if to in {m.sender, m.to}]
            known = [number for pair in pairs for number in service.numbers if number in pair]
            return sender or (known or service.numbers)[0], service_sid
        if not sender:
            raise Refusal(21603)
        if sender not in self.numbers:
            raise Refusal(21660)
        return sender, ""

    def receive(self, sender: str, to: str, body: str, media: list[tuple[str, bytes]] | None = None) -> Sms:
        """A customer texts `to`, with (content type, bytes) of pictures. STOP and START are obeyed as Twilio does."""
        with self.lock:
            service = next((each.sid for each in self.services.values() if to in each.numbers), "")
            sms = Sms(
                sid("MM" if media else "SM"),
                sender,
                to,
                body,
                inbound=True,
                status="received",
                service=service,
            )
            for each in media or []:
                sms.media.append(sid("ME"))
                self.media[sms.media[-1]] = each
            self.messages.append(sms)
            word = body.strip().upper()
            if word in STOP:
                self.opted_out.add((to, sender))
            elif word in START:
                self.opted_out.discard((to, sender))
            return sms

    def find(self, message_sid: str) -> Sms:
        return next(each for each in self.messages if each.sid == message_sid)

    def resource(self, sms: Sms) -> dict[str, Any]:
        """A message as Twilio's API writes it."""
        return {
            "sid": sms.sid,
            "account_sid": self.sid,
            "messaging_service_sid": sms.service or None,
            "from": None if sms.status == "accepted" else sms.sender,
            "to": sms.to,
            "body": sms.body,
            "status": sms.status,
            # A service has not chosen a number yet, so nothing is counted.
            "num_segments": "0" if sms.service else str(segments(sms.body).count),
            "num_media": str(len(sms.media)),
            "direction": "inbound" if sms.inbound else "outbound-api",
            "api_version": "2010-04-01",
            "price": None,
            "price_unit": "USD",
            "error_code": int(sms.error) if sms.error else None,
            "error_message": None,
            "date_created": sms.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "date_sent": None,
            "date_updated": sms.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "uri": f"/2010-04-01/Accounts/{self.sid}/Messages/{sms.sid}.json",
            "subresource_uris": {},
        }


def _check_recipient(to: str) -> None:
    if not to:
        raise Refusal(21604)
    if not E164.fullmatch(to) or not e164(to):
        raise Refusal(21211)
    if to in REFUSED:
        raise Refusal(REFUSED[to])


def _check_content(body: str, media: list[str], callback: str) -> None:
    if not body and not media:
        raise Refusal(21619)
    if len(body) > 1600:
        raise Refusal(21617)
    if len(media) > 10:
        raise Refusal(21623)
    if any(not _is_url(url) for url in media):
        raise Refusal(21620)
    if callback and not _is_url(callback):
        raise Refusal(21609)


def _is_url(text: str) -> bool:
    """http(s) with a host name without underscores."""
    where = urlsplit(text)
    return (
        where.scheme in {"http", "https"}
        and bool(re.fullmatch(r"[\w.\-\[\]:]+", where.netloc))
        and "_" not in where.netloc
    )
