"""A channel of one's own: another system posts to us and we post to it, both signed. The format and recipes: README.md."""

from __future__ import annotations

import json
from collections.abc import Iterable

from connectors import http
from connectors.custom import reading, sending, signature
from connectors.custom.mapping import mapping
from connectors.custom.settings import CustomSettings
from connectors.guard import Guard
from connectors.values import summary
from inbox.contract import (
    Accepted,
    BadPayload,
    Capabilities,
    Connector,
    File,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    Request,
    Response,
)

# What the answer tells is read while the sender waits, so only of requests that take no time.
QUICK = 256_000


class CustomConnector(Connector):
    kind = "custom"
    label = "API"
    space = reading.SPACE
    capabilities = Capabilities(
        text_limit=100_000,
        formats=("plain", "html"),
        files=FileRules(max_bytes=25_000_000, total_bytes=100_000_000, max_count=10),
        receipts=("delivered", "read"),
        edits=True,
        deletes=True,
        reactions=True,
        quotes=True,
        public=True,
        choices=10,
        can_start=False,
    )
    Settings = CustomSettings
    settings: CustomSettings

    @property
    def scope(self) -> str:
        """Ids mean something to one account only."""
        return f"{self.channel.public_id}/"

    def verify(self, request: Request) -> None:
        """A signature if there is one; else the bearer token, if the admin has set one."""
        if request.header("webhook-signature") or not self.settings.bearer_token:
            signature.verify(request, self.settings.secrets)
        else:
            signature.verify_bearer(request, self.settings.bearer_token)

    def answer(self, request: Request) -> Response | None:
        """What was understood, or what cannot be read: it is stored in either case, so the status is 200."""
        if request.method == "GET":
            return None
        told: dict[str, object] = {"stored": True}
        if len(request.body) <= QUICK:
            try:
                told["accepted"] = [summary(event) for event in self.parse(request)]
            except BadPayload as error:
                told["problem"] = error.reason
        body = json.dumps(told, ensure_ascii=False).encode()
        return Response(body=body, content_type="application/json")

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        lines = tuple(self.settings.mapping)
        return reading.events(request, channel=self.channel.public_id, lines=lines)

    def reference_for(self, public_id: str) -> str:
        """Statuses may name our own id."""
        return public_id

    def send(self, message: OutboundMessage) -> Accepted:
        return sending.send(message, self.settings, self.channel)

    def fetch(self, file: File) -> File:
        """An attachment by its address: guarded, no credentials; the address may be signed for us by whoever sent it."""
        got = http.fetch(file.url, max_bytes=self.capabilities.files.max_bytes, guard=Guard(http.TIMEOUT))
        return File(
            name=file.name,
            content_type=got.content_type,
            content=got.content,
            url=file.url,
            size=len(got.content),
        )

    def check(self) -> Health:
        """The mapping can be read, and the receiver answers a signed ping."""
        try:
            mapping(tuple(self.settings.mapping))
        except BadPayload as error:
            return Health(ok=False, lines=(error.reason,))
        weak = ("A bearer token is set: unsigned requests are let in.",) if self.settings.bearer_token else ()
        found = sending.check(self.settings)
        return Health(ok=found.ok, lines=(*found.lines, *weak))
