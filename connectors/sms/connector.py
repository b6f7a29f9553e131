"""SMS and MMS by Twilio: one number or one messaging service per channel. Set-up: README.md beside this file."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.phone import e164
from connectors.sms import reading
from connectors.twilio import signature
from connectors.twilio.channel import TwilioConnector
from inbox.contract import (
    Accepted,
    Address,
    Capabilities,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    Request,
)

# What Twilio passes on to phones (docs: messaging/guides/accepted-mime-types), 5 MB together.
FILES = FileRules(
    types=(
        "image/",
        "video/",
        "audio/",
        "application/pdf",
        "text/vcard",
        "text/x-vcard",
        "text/csv",
        "text/calendar",
    ),
    max_bytes=5_000_000,
    total_bytes=5_000_000,
    max_count=10,
)


class SmsConnector(TwilioConnector):
    kind = "sms"
    label = "SMS"
    space = reading.SPACE
    capabilities = Capabilities(text_limit=1600, files=FILES, receipts=("delivered",), segments="gsm7")

    @classmethod
    def typed(cls, text: str, country: str) -> Address | None:
        number = e164(text, country, mobile=True)
        return Address(space=cls.space, value=number) if number else None

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return reading.events(signature.form(request), url=request.url, address=self.number)

    def send(self, message: OutboundMessage) -> Accepted:
        from connectors.sms import sending  # Twilio's SDK takes a second to load

        return sending.send(message, self.settings, self.channel)

    def check(self) -> Health:
        from connectors.sms import checking  # Twilio's SDK takes a second to load

        return checking.check(self.settings, self.channel)
