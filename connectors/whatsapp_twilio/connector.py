"""WhatsApp by Twilio: one WhatsApp sender or one messaging service per channel. Set-up: README.md beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from connectors.phone import e164
from connectors.twilio import signature
from connectors.twilio.channel import TwilioConnector
from connectors.whatsapp_twilio import addresses, reading
from connectors.whatsapp_twilio.settings import WhatsAppSettings
from inbox.contract import (
    Accepted,
    Address,
    Capabilities,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    Request,
    Template,
)

# docs: whatsapp/guidance-whatsapp-media-messages. Pictures over 5 MB are refused by WhatsApp, and say so.
FILES = FileRules(
    types=(
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "audio/",
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.",
        "text/vcard",
        "text/x-vcard",
    ),
    max_bytes=16_000_000,
    total_bytes=160_000_000,
    max_count=10,
)


class WhatsAppConnector(TwilioConnector):
    kind = "whatsapp_twilio"
    label = "WhatsApp (Twilio)"
    space = addresses.PHONE
    also_spaces = (addresses.SCHEME,)
    capabilities = Capabilities(
        text_limit=1600,
        files=FILES,
        receipts=("delivered", "read"),
        typing=True,
        templates=True,
        reply_window=timedelta(hours=24),
        # Twilio's default for a WhatsApp sender (docs: whatsapp/api, throughput).
        most_per_second=80,
    )
    Settings = WhatsAppSettings
    settings: WhatsAppSettings

    @classmethod
    def typed(cls, text: str, country: str) -> Address | None:
        number = e164(text, country, mobile=True)
        return Address(space=cls.space, value=number) if number else None

    @property
    def scope(self) -> str:
        """Ids mean something to one account only."""
        return f"{self.settings.account_sid}/"

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        ours = reading.Ours(self.settings.account_sid, self.number)
        return reading.events(signature.form(request), url=request.url, ours=ours, now=request.received_at)

    def send(self, message: OutboundMessage) -> Accepted:
        from connectors.whatsapp_twilio import sending  # Twilio's SDK takes a second to load

        return sending.send(message, self.settings, self.channel)

    def templates(self) -> Iterable[Template]:
        from connectors.whatsapp_twilio import templates  # Twilio's SDK takes a second to load

        return tuple(templates.templates(self.settings))

    def show_typing(self, to: Address, active: bool, *, last: str = "") -> None:
        """WhatsApp takes it away by itself with our message, or after 25 seconds."""
        from connectors.whatsapp_twilio import sending  # Twilio's SDK takes a second to load

        if active and last:
            sending.typing(self.settings, last)

    def check(self) -> Health:
        from connectors.whatsapp_twilio import checking  # Twilio's SDK takes a second to load

        return checking.check(self.settings, self.channel)
