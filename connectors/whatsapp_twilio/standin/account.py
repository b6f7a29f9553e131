"""An account with WhatsApp senders: Twilio's rules for a new message, and what WhatsApp makes of it. No HTTP here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.phone import E164
from connectors.twilio.signature import Form
from connectors.twilio.standin import account
from connectors.twilio.standin.records import Refusal, Sms, sid
from connectors.whatsapp_twilio.addresses import USER_ID, split

WINDOW = timedelta(hours=24)
APPROVED = "approved"


@dataclass
class Account(account.Account):
    """Numbers are keyed as Twilio writes them: `whatsapp:+44…`. `contents` by their id; `blocked` have blocked us."""

    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    typing: list[str] = field(default_factory=list)
    templated: set[str] = field(default_factory=set)

    def add_content(self, types: dict[str, Any], *, status: str = APPROVED, **more: Any) -> str:
        """A content as ContentAndApprovals lists it; its id."""
        content_sid = sid("HX")
        approval = {
            "name": more.get("friendly_name", "shop"),
            "category": "UTILITY",
            "content_type": next(iter(types)),
            "status": status,
            "rejection_reason": more.pop("rejection_reason", ""),
            "allow_category_change": True,
        }
        self.contents[content_sid] = {
            "sid": content_sid,
            "account_sid": self.sid,
            "friendly_name": "shop",
            "language": "en",
            "variables": {},
            "types": types,
            "approval_requests": approval if status != "unsubmitted" else {},
            "date_created": "2026-03-02T09:30:00Z",
            "date_updated": "2026-03-02T09:30:00Z",
            **more,
        }
        return content_sid

    def create(self, form: Form) -> Sms:
        """POST Messages.json. What WhatsApp refuses comes later, as a report (see `fate`). Raises Refusal."""
        with self.lock:
            to, media = form.first("To"), form.get("MediaUrl", [])
            _check_recipient(to)
            sender, service = self._from(form)
            body = self._content(form) if form.first("ContentSid") else form.first("Body")
            _check_content(body, media)
            sms = Sms(
                sid("MM" if media else "SM"),
                sender,
                to,
                body,
                inbound=False,
                media=list(media),
                status="accepted" if service else "queued",
                callback=form.first("StatusCallback"),
                service=service,
            )
            if form.first("ContentSid"):
                self.templated.add(sms.sid)
            self.messages.append(sms)
            return sms

    def _from(self, form: Form) -> tuple[str, str]:
        service_sid, sender = form.first("MessagingServiceSid"), form.first("From")
        if service_sid:
            service = self.services.get(service_sid)
            if service is None:
                raise Refusal(21701, status=404)
            return service.numbers[0], service_sid
        if sender not in self.numbers:
            raise Refusal(63007)
        return sender, ""

    def _content(self, form: Form) -> str:
        """The text of an approved content with its values. Twilio fills what is missing with samples; Meta refuses bad ones."""
        content = self.contents.get(form.first("ContentSid"))
        if content is None:
            raise Refusal(21655)
        try:
            values = json.loads(form.first("ContentVariables") or "{}")
        except ValueError:
            raise Refusal(21656) from None
        if not all(isinstance(each, str) and each.strip() and "\n" not in each for each in values.values()):
            raise Refusal(21656)
        text = str(next(iter(content["types"].values())).get("body", ""))
        for name, value in (content["variables"] | values).items():
            text = text.replace("{{" + name + "}}", value)
        return text

    def fate(self, sms: Sms) -> str:
        """The error WhatsApp reports for a message, or "" if it arrives."""
        if sms.to in self.absent:
            return "63003"
        if sms.to in self.blocked:
            return "63033"
        return "" if sms.sid in self.templated or self.is_open(sms.to) else "63016"

    def is_open(self, person: str) -> bool:
        """Whether they wrote within 24 hours."""
        theirs = [each.at for each in self.messages if each.inbound and each.sender == person]
        return bool(theirs) and datetime.now(UTC) - max(theirs) < WINDOW


def _check_recipient(to: str) -> None:
    scheme, value = split(to)
    if scheme != "whatsapp" or not (E164.fullmatch(value) or USER_ID.fullmatch(value)):
        raise Refusal(21211)


def _check_content(body: str, media: list[str]) -> None:
    if not body and not media:
        raise Refusal(21619)
    if len(body) > 1600:
        raise Refusal(21617)
    if len(media) > 1:
        raise Refusal(63021)
    if any(urlsplit(url).scheme not in {"http", "https"} for url in media):
        raise Refusal(21620)
