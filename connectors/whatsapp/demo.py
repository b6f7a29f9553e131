"""The demo's WhatsApp: settings for a channel of a made-up number, and the stand-in that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from connectors.meta.standin import KnownToken
from connectors.whatsapp.checking import SCOPES
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.settings import WhatsAppSettings
from connectors.whatsapp.standin.account import Account
from connectors.whatsapp.standin.server import Cloud

PORT = 8031
# What the story of the demo calls this channel.
STORY = "phone app"
# From the range Ofcom keeps for drama; nobody's telephone rings.
NUMBER = "442079460125"
TEMPLATES: list[dict[str, Any]] = [
    {
        "id": "900000000000101",
        "name": "order_update",
        "language": "en",
        "status": "APPROVED",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {"type": "BODY", "text": "Hello {{name}}, there is news about your order {{order}}: {{news}}"},
            {"type": "FOOTER", "text": "Answer here and we will help."},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Tell me more"}]},
        ],
    },
    {
        "id": "900000000000102",
        "name": "return_label",
        "language": "en",
        "status": "APPROVED",
        "category": "UTILITY",
        "parameter_format": "POSITIONAL",
        "components": [
            {"type": "HEADER", "format": "DOCUMENT"},
            {"type": "BODY", "text": "{{1}}, here is the label for your return {{2}}."},
        ],
    },
    {
        "id": "900000000000103",
        "name": "spring_sale",
        "language": "en",
        "status": "REJECTED",
        "category": "MARKETING",
        "rejected_reason": "PROMOTIONAL",
        "components": [{"type": "BODY", "text": "Everything must go!"}],
    },
]


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The secrets are made anew, since whoever knows them can write in anybody's name."""
    return {
        "app_id": "900000000000001",
        "app_secret": secrets.token_hex(16),
        "access_token": secrets.token_hex(32),
        "verify_token": secrets.token_hex(16),
        "phone_number_id": "900000000000011",
        "waba_id": "900000000000012",
        "portfolio_id": "900000000000013",
        "graph_url": f"http://127.0.0.1:{port}/v26.0",
    }


def cloud_for(settings: WhatsAppSettings, hook_url: str, *, port: int = 0, automatic: bool = False) -> Cloud:
    """A stand-in that serves one channel."""
    account = Account(settings.phone_number_id, settings.waba_id, settings.portfolio_id, NUMBER)
    account.templates = [dict(each) for each in TEMPLATES]
    account.subscribed = {settings.app_id}
    account.webhooks = {"phone_number": hook_url}
    cloud = Cloud(
        account, app_id=settings.app_id, app_secret=settings.app_secret, port=port, automatic=automatic
    )
    cloud.tokens[settings.access_token] = KnownToken(scopes=SCOPES)
    cloud.webhook_url = hook_url
    return cloud


@contextmanager
def stand_in(channels: Sequence[WhatsAppConnector]) -> Iterator[list[str]]:
    """Serve the first channel whose Graph address is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.graph_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    port = httpx.URL(ours[0].settings.graph_url).port or PORT
    serving = cloud_for(ours[0].settings, ours[0].channel.hook_url, port=port, automatic=True)
    with serving.running() as cloud:
        yield [f"Write as a customer: {cloud.base}/phone (no real message is sent)"]
