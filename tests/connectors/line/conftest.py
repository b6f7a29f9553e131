"""A LINE of this test's own, and a channel's connector that talks to it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.line import provider
from connectors.line.connector import LineConnector
from connectors.line.settings import LineSettings
from connectors.line.standin.account import Account
from connectors.line.standin.server import StandIn, running
from inbox.contract import Address, ChannelInfo, File, OutboundMessage, Request

SECRET, TOKEN, BOT = (provider.SETTINGS[name] for name in ("channel_secret", "access_token", "bot_id"))
ANA, GROUP = "U" + "0" * 31 + "a", "C" + "0" * 31 + "c"
HOOK = "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Build = Callable[..., LineConnector]


@pytest.fixture
def line(settings: Any) -> Iterator[StandIn]:
    """An account with Ana as a friend; its address is the only private one we may reach."""
    account = Account(SECRET, TOKEN, endpoint=HOOK)
    account.names |= {ANA: "Ana Sousa", GROUP: "Northwool wholesale"}
    with running(account) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def build() -> Build:
    """A connector without a LINE to talk to; settings may be given by name."""

    def made(hook_url: str = HOOK, **given: str) -> LineConnector:
        values = {"channel_secret": SECRET, "access_token": TOKEN, "bot_id": BOT, **given}
        channel = ChannelInfo(
            id=1,
            public_id="c0ffee",
            name="Shop on LINE",
            hook_url=hook_url,
            public_url="https://inbox.example",
        )
        return LineConnector(LineSettings(**values), channel)

    return made


@pytest.fixture
def channel(line: StandIn, build: Build) -> LineConnector:
    return build(api_url=line.base)


def post(body: Any, *, signed_with: str = SECRET) -> Request:
    """A webhook, signed."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(body=raw, url=HOOK, received_at=AT)
    return provider.sign(request, LineSettings(channel_secret=signed_with, access_token=TOKEN))


def event(**changes: Any) -> dict[str, Any]:
    """Ana's event: a text, unless told otherwise."""
    return {
        "type": "message",
        "webhookEventId": "01HR1",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": 1772443800000,
        "source": {"type": "user", "userId": ANA},
        "mode": "active",
        "replyToken": "r" * 32,
        "message": {"id": "11", "type": "text", "text": "Hello", "quoteToken": "quote-11"},
        **changes,
    }


def incoming(*events: dict[str, Any]) -> dict[str, Any]:
    return {"destination": BOT, "events": list(events)}


def outgoing(**changes: Any) -> OutboundMessage:
    """Sam's answer to Ana."""
    to = Address(space="line", value=f"{BOT}/{ANA}")
    message = OutboundMessage(key="delivery-1", public_id="m1", to=to, text="It is on its way.")
    return dataclasses.replace(message, **changes)


def file(name: str, content_type: str, size: int = 1000) -> File:
    return File(name=name, content_type=content_type, size=size, url=f"https://inbox.example/f/{name}")
