"""Pigeon post: letters carried by birds, through a made-up provider's JSON. What goes out is sending.py."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.pigeon import sending

from inbox.contract import (
    Accepted,
    Address,
    BadPayload,
    BadSignature,
    Capabilities,
    Card,
    CardKind,
    Connector,
    DeliveryUpdate,
    File,
    FileRules,
    Health,
    Ignored,
    InboundEvent,
    InboundMessage,
    OutboundMessage,
    Proof,
    Request,
    Status,
    setting,
)

# An older seal is refused, so that a recorded request cannot be played again later.
TOLERANCE = timedelta(minutes=5)
NEWS = {"released": Status.SENT, "home": Status.DELIVERED, "lost": Status.FAILED}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PigeonSettings:
    """What an admin types in."""

    seal: str = setting("Seal", secret=True, help="What the post office signs its letters with.")
    token: str = setting("Token", secret=True, help="What we show at the counter when we send.")
    office: str = setting("Post office", help="Where letters are handed in.", placeholder="https://…")


class PigeonConnector(Connector):
    kind = "pigeon"
    label = "Pigeon post"
    space = "pigeon"
    capabilities = Capabilities(
        text_limit=500,
        files=FileRules(types=("image/",), max_bytes=100_000, max_count=1),
        receipts=("delivered",),
        quotes=True,
    )
    Settings = PigeonSettings
    settings: PigeonSettings

    def verify(self, request: Request) -> None:
        """`Pigeon-Seal: <unix seconds>.<hex>`, the hex = HMAC-SHA256(seal, seconds + "." + body)."""
        sent, _, seal = request.header("pigeon-seal").partition(".")
        if not hmac.compare_digest(sealed(self.settings.seal, sent, request.body).encode(), seal.encode()):
            raise BadSignature("The seal is not the one of the post office.")
        if not sent.isdigit() or abs(request.received_at.timestamp() - int(sent)) > TOLERANCE.total_seconds():
            raise BadSignature("The seal is too old, or the post office's clock is wrong.")

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        """One event a request: `{"id", "type", "at", …}`."""
        try:
            return [read(json.loads(request.body))]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadPayload("The body is not a letter and no news of one.") from error

    def send(self, message: OutboundMessage) -> Accepted:
        return sending.send(message, office=self.settings.office, token=self.settings.token)

    def check(self) -> Health:
        return sending.check(office=self.settings.office, token=self.settings.token)


def sealed(secret: str, sent: str, body: bytes) -> str:
    """The hex digest the post office puts on what it sends at `sent` (unix seconds, as written in the header)."""
    return hmac.new(secret.encode(), sent.encode() + b"." + body, hashlib.sha256).hexdigest()


def read(data: Json) -> InboundEvent:
    """A letter, or news of one of ours. Raises KeyError, ValueError, TypeError or AttributeError for what it cannot read."""
    common: dict[str, Any] = {
        "event_key": str(data["id"]),
        "occurred_at": datetime.fromisoformat(data["at"]),
    }
    if common["occurred_at"].tzinfo is None:
        raise ValueError("A time without its zone.")
    if data["type"] == "letter":
        return letter(data["letter"], common)
    if data["type"] == "news":
        return DeliveryUpdate(**common, external_id=data["number"], status=NEWS[data["news"]])
    return Ignored(**common, reason=f"The pigeon post knows “{data['type']}”; we do not.")


def letter(data: Json, common: Json) -> InboundMessage:
    return InboundMessage(
        **common,
        external_id=data["number"],
        author=Address(space="pigeon", value=data["loft"], name=data.get("keeper", "")),
        # The office sealed the request, and knows which bird came from which loft.
        proof=Proof.PROVEN,
        text=data.get("text", ""),
        in_reply_to=data.get("answers", ""),
        files=(picture(data["picture"]),) if "picture" in data else (),
        cards=(place(data["place"]),) if "place" in data else (),
    )


def picture(data: Json) -> File:
    content = base64.b64decode(data["base64"], validate=True)
    return File(name=data["name"], content_type=data["type"], content=content, size=len(content))


def place(data: Json) -> Card:
    latitude, longitude = float(data["latitude"]), float(data["longitude"])
    return Card(kind=CardKind.LOCATION, title=data["name"], latitude=latitude, longitude=longitude)
