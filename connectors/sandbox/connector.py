"""The sandbox: a made-up provider with everything a real one has. The model to copy for a new channel; see README.md."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.sandbox import reading, sending
from inbox.contract import (
    Accepted,
    BadPayload,
    BadSignature,
    Capabilities,
    Connector,
    FileRules,
    Health,
    InboundEvent,
    OutboundMessage,
    Request,
    Response,
    setting,
)

# A signature older or newer than this is refused, so that a recorded request cannot be played again later.
TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """What an admin types in."""

    secret: str = setting(
        "Signing secret", secret=True, help="Any long random text; the sender signs with the same."
    )
    send_url: str = setting(
        "Send to",
        default="",
        placeholder="https://…",
        help="Where replies are posted. Empty: this channel only receives.",
    )


class SandboxConnector(Connector):
    kind = "sandbox"
    label = "Sandbox"
    space = "sandbox"
    capabilities = Capabilities(
        text_limit=2000,
        files=FileRules(max_bytes=5_000_000, total_bytes=10_000_000, max_count=5),
        receipts=("delivered", "read"),
        typing=True,
        edits=True,
        deletes=True,
        reactions=True,
    )
    Settings = SandboxSettings
    settings: SandboxSettings

    def verify(self, request: Request) -> None:
        """`X-Sandbox-Signature: t=<unix seconds>,v1=<hex>`, v1 = HMAC-SHA256(secret, t + "." + body; of a GET its query)."""
        parts = dict(part.partition("=")[::2] for part in request.header("x-sandbox-signature").split(","))
        sent = parts.get("t", "")
        if not hmac.compare_digest(
            signature(self.settings.secret, sent, request), parts.get("v1", "").encode()
        ):
            raise BadSignature("The signature does not fit the signing secret.")
        if not sent.isdigit() or abs(request.received_at.timestamp() - int(sent)) > TOLERANCE.total_seconds():
            raise BadSignature("The signature is too old, or the sender's clock is wrong.")

    def answer(self, request: Request) -> Response | None:
        """The handshake: a GET with `challenge` gets it back, which proves to the sender that the address is ours."""
        challenge = parse_qs(urlsplit(request.url).query).get("challenge")
        return Response(body=challenge[0].encode()) if request.method == "GET" and challenge else None

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        """`{"events": [{"id", "type", "at", …}]}`: every event of the batch, in its order."""
        try:
            events: list[Any] = json.loads(request.body)["events"]
            return [reading.event(each) for each in events]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadPayload(
                "The body is not what the sandbox sends: see connectors/sandbox/README.md."
            ) from error

    def send(self, message: OutboundMessage) -> Accepted:
        return sending.send(message, url=self.settings.send_url, secret=self.settings.secret)

    def check(self) -> Health:
        if not self.settings.send_url:
            return Health(ok=True, lines=("Receives only: “Send to” is empty.",))
        return sending.check(self.settings.send_url, secret=self.settings.secret)


def signature(secret: str, sent: str, request: Request) -> bytes:
    """The hex digest for a request sent at `sent` (unix seconds, as written in the header)."""
    signed = urlsplit(request.url).query.encode() if request.method == "GET" else request.body
    return hmac.new(secret.encode(), sent.encode() + b"." + signed, hashlib.sha256).hexdigest().encode()
