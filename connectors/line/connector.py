"""LINE by the Messaging API: one Official Account per channel. Set-up: README.md beside this file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable

from connectors.line import checking, reading, sending
from connectors.line.api import fetch
from connectors.line.people import SPACE
from connectors.line.settings import LineSettings
from inbox.contract import (
    Accepted,
    Address,
    BadPayload,
    BadSignature,
    Capabilities,
    Connector,
    File,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    Request,
)

HEADER = "X-Line-Signature"


class LineConnector(Connector):
    kind = "line"
    label = "LINE"
    space = SPACE
    capabilities = Capabilities(
        text_limit=5000,
        # Five messages go with one call: the text and four files, which LINE fetches from us.
        files=FileRules(max_bytes=200_000_000, max_count=4),
        typing=True,
        edits=True,
        deletes=True,
        quotes=True,
        choices=13,
        groups=True,
        names=True,
        most_per_second=2000,
    )
    Settings = LineSettings
    settings: LineSettings

    @property
    def address(self) -> str:
        return self.settings.basic_id or self.channel.name

    @property
    def scope(self) -> str:
        """Ids are the same for all accounts of one provider only, so each account has its own."""
        return f"{self.settings.bot_id}/" if self.settings.bot_id else ""

    def verify(self, request: Request) -> None:
        """base64(HMAC-SHA256(channel secret, body)) over the raw bytes. No time in it: a replay is stopped by webhookEventId."""
        digest = signature(self.settings.channel_secret, request.body)
        sent = request.header(HEADER).encode(errors="replace")
        if not self.settings.channel_secret or not hmac.compare_digest(sent, digest):
            raise BadSignature("The signature does not fit the channel secret.")

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        try:
            return reading.events(json.loads(request.body))
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            OSError,
            RecursionError,
        ) as error:
            raise BadPayload("This is not a webhook as LINE writes it.") from error

    def send(self, message: OutboundMessage) -> Accepted:
        return sending.send(message, self.settings, self.channel)

    def show_typing(self, to: Address, active: bool, *, last: str = "") -> None:
        if active:
            sending.show_typing(to, self.settings)

    def name_of(self, who: Address) -> str:
        return sending.name_of(who, self.settings)

    def fetch(self, file: File) -> File:
        return fetch(file, self.settings)

    def check(self) -> Health:
        return checking.check(self.settings, self.channel)


def signature(secret: str, body: bytes) -> bytes:
    """As LINE signs a webhook's body (docs: Signature validation)."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
