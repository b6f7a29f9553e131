"""The stand-in's HTTP side: content, senders and typing besides Twilio's messages; and WhatsApp's own fields in its webhooks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.standin.wire import Answer, Asked, as_json
from connectors.twilio.standin import server, webhooks
from connectors.twilio.standin.api import login_of
from connectors.twilio.standin.records import Number, Refusal, Sms
from connectors.twilio.standin.wire import form_of, refused
from connectors.whatsapp_twilio.addresses import split
from connectors.whatsapp_twilio.standin.account import Account

# Seconds between the states a message passes through in the demo, so that a person can see them.
STEPS = (("sent", 0.3), ("delivered", 0.6), ("read", 2.0))


class Webhooks(webhooks.Webhooks):
    """Incoming messages with what WhatsApp adds (docs: messaging/guides/webhook-request)."""

    def incoming(self, sms: Sms) -> dict[str, str]:
        person = split(sms.sender)[1]
        known = {"WaId": person.lstrip("+")} if person.startswith("+") else {"ExternalUserId": sms.sender}
        kind = {"MessageType": "image" if sms.media else "text", "ProfileName": "Ana"}
        return super().incoming(sms) | known | kind


class StandIn(server.StandIn):
    """One running stand-in. In the demo (`automatic`) messages travel by themselves; in tests each step is asked for."""

    account: Account

    def __init__(self, account: Account, *, port: int = 0, automatic: bool = False) -> None:
        super().__init__(account, port=port)
        self.webhooks = Webhooks(account, self.base)
        self.automatic = automatic

    def answer(self, asked: Asked) -> Answer:
        """What Twilio would say."""
        try:
            found = self._own(asked)
        except Refusal as refusal:
            return refused(refusal)
        return found or super().answer(asked)

    def _own(self, asked: Asked) -> Answer | None:
        """None for what every account answers. Raises Refusal."""
        if not self.account.allows(*login_of(asked)):
            raise Refusal(20003, status=401)
        match asked.method, asked.path:
            case "GET", "/v1/ContentAndApprovals":
                rows = list(self.account.contents.values())
                return as_json({"contents": rows, "meta": {"key": "contents", "next_page_url": None}})
            case "GET", "/v2/Channels/Senders":
                rows = [_sender(each) for each in self.account.numbers.values()]
                return as_json({"senders": rows, "meta": {"key": "senders", "next_page_url": None}})
            case "POST", "/v2/Indicators/Typing.json":
                return self._typing(form_of(asked).first("messageId"))
        return None

    def _typing(self, message: str) -> Answer:
        if message not in {each.sid for each in self.account.messages if each.inbound}:
            raise Refusal(20404, status=404)
        self.account.typing.append(message)
        return as_json({"success": True})

    def created(self, sms: Sms) -> None:
        if self.automatic:
            threading.Thread(target=self.travel, args=(sms,), daemon=True).start()

    def travel(self, sms: Sms) -> None:
        """What WhatsApp makes of a message, reported step by step."""
        error = self.account.fate(sms)
        for status, wait in [("undelivered", 0.3)] if error else STEPS:
            time.sleep(wait if self.automatic else 0)
            self.webhooks.report(sms, status, error)


def _sender(number: Number) -> dict[str, object]:
    return {
        "sid": "XE" + number.sid[2:],
        "sender_id": number.number,
        "status": "ONLINE" if number.sms else "OFFLINE",
        "offline_reasons": [] if number.sms else ["The display name was declined."],
        "webhook": {"callback_url": number.sms_url, "callback_method": "POST"},
        "properties": {"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"},
        "profile": {"name": "Shop"},
    }


@contextmanager
def running(account: Account, *, port: int = 0, automatic: bool = False) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(account, port=port, automatic=automatic).running() as standin:
        yield standin
