"""The stand-in's requests to us: incoming messages and status reports, signed and tried again as Twilio does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag, urlencode

import httpx
from twilio.request_validator import RequestValidator

from connectors.twilio.segments import segments
from connectors.twilio.signature import Form
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import Sms
from connectors.twilio.webhooks import START, STOP

# Twilio's wait for an answer (docs: usage/webhooks/webhooks-connection-overrides).
TIMEOUT = 15.0


@dataclass
class Webhooks:
    """Posts for one account. `base` is the stand-in's own address, where media is fetched."""

    account: Account
    base: str

    def deliver(self, sms: Sms) -> int:
        """The incoming message to the number's or the service's address. The HTTP status, 0 if nobody answered or is configured."""
        service = self.account.services.get(sms.service)
        number = self.account.numbers.get(sms.to)
        url = number.sms_url if number else ""
        if service and not service.use_inbound_webhook_on_number:
            url = service.inbound_request_url
        return self.post(url, self.incoming(sms)) if url else 0

    def report(self, sms: Sms, status: str, error: str = "") -> int:
        """A status report to the address the message named."""
        sms.status, sms.error = status, error
        fields = {
            "SmsSid": sms.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": sms.to,
            "MessageSid": sms.sid,
            "AccountSid": self.account.sid,
            "From": sms.sender,
            "ApiVersion": "2010-04-01",
        }
        fields |= {"MessagingServiceSid": sms.service} if sms.service else {}
        # ErrorMessage often arrives empty, so here it always does.
        fields |= {"ErrorCode": error, "ErrorMessage": ""} if error else {}
        return self.post(sms.callback, fields) if sms.callback else 0

    def incoming(self, sms: Sms) -> dict[str, str]:
        """The fields of an incoming message (docs: messaging/guides/webhook-request)."""
        fields = {
            "ToCountry": "",
            "ToState": "",
            "SmsMessageSid": sms.sid,
            "NumMedia": str(len(sms.media)),
            "ToCity": "",
            "FromZip": "",
            "SmsSid": sms.sid,
            "FromState": "",
            "SmsStatus": "received",
            "FromCity": "",
            "Body": sms.body,
            "FromCountry": "",
            "To": sms.to,
            "ToZip": "",
            "NumSegments": str(max(1, segments(sms.body).count)),
            "MessageSid": sms.sid,
            "AccountSid": self.account.sid,
            "From": sms.sender,
            "ApiVersion": "2010-04-01",
        }
        for index, media in enumerate(sms.media):
            fields[f"MediaContentType{index}"] = self.account.media[media][0]
            path = f"/2010-04-01/Accounts/{self.account.sid}/Messages/{sms.sid}/Media/{media}"
            fields[f"MediaUrl{index}"] = self.base + path
        if sms.service:
            fields["MessagingServiceSid"] = sms.service
            fields |= _opt_out(sms.body)
        return fields

    def post(self, url: str, fields: dict[str, str]) -> int:
        """Signed with the auth token over the address without its fragment, which says how often to try again."""
        target, fragment = urldefrag(url)
        form = Form({name: [value] for name, value in fields.items()})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1 (stand-in)",
            "X-Twilio-Signature": RequestValidator(self.account.token).compute_signature(target, form),
            "I-Twilio-Idempotency-Token": secrets.token_hex(8),
        }
        status = 0
        for _ in range(1 + int(parse_qs(fragment).get("rc", ["1"])[0])):
            status = _post(target, urlencode(form, doseq=True).encode(), headers)
            if 0 < status < 500:
                break
        return status


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        # No proxy: the hook is on this machine.
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
            return client.post(url, content=body, headers=headers).status_code
    except httpx.HTTPError:
        return 0


def _opt_out(body: str) -> dict[str, str]:
    """Advanced Opt-Out, which only a service has, says what it made of a keyword."""
    word = body.strip().upper()
    kind = (
        "STOP" if word in STOP else "START" if word in START else "HELP" if word in {"HELP", "INFO"} else ""
    )
    return {"OptOutType": kind} if kind else {}
