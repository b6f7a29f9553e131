"""WhatsApp by Meta's Cloud API: one number per channel. Set-up: README.md beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from connectors.meta import signature
from connectors.phone import e164
from connectors.whatsapp import checking, fetching, people, reading, sending, templates
from connectors.whatsapp.settings import WhatsAppSettings
from inbox.contract import (
    Accepted,
    Address,
    Capabilities,
    Connector,
    File,
    FileRules,
    Gesture,
    Health,
    InboundEvent,
    OutboundMessage,
    Request,
    Response,
    Template,
)

# What can be uploaded (docs: whatsapp/business-phone-numbers/media#supported-media-types); the size for each kind: composing.py.
FILES = FileRules(
    types=(
        "image/jpeg",
        "image/png",
        "video/mp4",
        "video/3gpp",
        "audio/aac",
        "audio/amr",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.",
    ),
    max_bytes=100_000_000,
    total_bytes=100_000_000,
    max_count=10,
)


class WhatsAppConnector(Connector):
    kind = "whatsapp"
    label = "WhatsApp"
    space = people.SPACE
    also_spaces = (people.PHONE,)
    capabilities = Capabilities(
        text_limit=4096,
        files=FILES,
        receipts=("delivered", "read"),
        typing=True,
        edits=True,
        deletes=True,
        reactions=True,
        own_reactions=True,
        quotes=True,
        choices=10,
        groups=True,
        marks_read=True,
        reply_window=timedelta(hours=24),
        templates=True,
        # Throughput of a number (docs: whatsapp/overview#throughput); 1,000 for the largest senders.
        most_per_second=80,
    )
    Settings = WhatsAppSettings
    settings: WhatsAppSettings

    @classmethod
    def typed(cls, text: str, country: str) -> Address | None:
        """A number; the ids Meta gives nobody types."""
        number = e164(text, country, mobile=True)
        return Address(space=people.PHONE, value=number) if number else None

    @property
    def scope(self) -> str:
        """Ids mean something to one account only."""
        return f"{self.settings.portfolio_id}/"

    def verify(self, request: Request) -> None:
        signature.verify(request, secrets=self.settings.secrets, verify_token=self.settings.verify_token)

    def answer(self, request: Request) -> Response | None:
        return signature.challenge(request)

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        return reading.events(request, self.settings)

    def reference_for(self, public_id: str) -> str:
        """Ours (biz_opaque_callback_data): statuses name it although we never learnt Meta's id."""
        return public_id

    def send(self, message: OutboundMessage) -> Accepted:
        return sending.send(message, self.settings)

    def perform(self, gesture: Gesture) -> None:
        sending.perform(gesture, self.settings)

    def mark_read(self, to: Address, external_id: str) -> None:
        sending.mark_read(external_id, self.settings)

    def show_typing(self, to: Address, active: bool, *, last: str = "") -> None:
        """Meta shows it as an answer to `last`, which becomes read by it; it ends by itself."""
        if active and last:
            sending.mark_read(last, self.settings, typing=True)

    def templates(self) -> Iterable[Template]:
        return templates.listed(self.settings.graph, self.settings.waba_id)

    def fetch(self, file: File) -> File:
        return fetching.fetch(file, self.settings)

    def check(self) -> Health:
        return checking.check(self.settings, self.channel)
