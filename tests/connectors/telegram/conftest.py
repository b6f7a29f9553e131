"""A Telegram of this test's own, and a channel's connector that talks to it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.telegram import provider
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.settings import TelegramSettings
from connectors.telegram.standin.bot import Bot
from connectors.telegram.standin.server import StandIn, running
from inbox.contract import Address, ChannelInfo, File, Gesture, GestureKind, OutboundMessage, Request

TOKEN = provider.SETTINGS["bot_token"]
ID = TOKEN.partition(":")[0]
ANA, GROUP = 7100000001, -1001500000001
HOOK = "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Build = Callable[..., TelegramConnector]


@pytest.fixture
def telegram(settings: Any) -> Iterator[StandIn]:
    """A bot that Ana has started and that is in one group; its address is the only private one we may reach."""
    bot = Bot(TOKEN)
    bot.add_chat(ANA, "Ana")
    bot.add_chat(GROUP, "Northwool wholesale")
    with running(bot) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def build() -> Build:
    """A connector without a Telegram to talk to; settings may be given by name."""

    def made(hook_url: str = HOOK, **given: str) -> TelegramConnector:
        channel = ChannelInfo(id=1, public_id="c0ffee", name="Shop on Telegram", hook_url=hook_url)
        return TelegramConnector(TelegramSettings(**{"bot_token": TOKEN, **given}), channel)

    return made


@pytest.fixture
def channel(telegram: StandIn, build: Build) -> TelegramConnector:
    return build(api_url=telegram.base)


def post(update: dict[str, Any] | bytes, *, token: str = TOKEN) -> Request:
    """An update with the secret Telegram was given."""
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return provider.sign(Request(body=body, url=HOOK, received_at=AT), TelegramSettings(bot_token=token))


def incoming(**fields: Any) -> dict[str, Any]:
    """Ana's update with these fields in the message."""
    person = {"id": ANA, "is_bot": False, "first_name": "Ana"}
    chat = {"id": ANA, "type": "private", "first_name": "Ana"}
    message = {"message_id": 11, "from": person, "chat": chat, "date": 1772443800, **fields}
    return {"update_id": 5, "message": message}


def outgoing(**changes: Any) -> OutboundMessage:
    """Sam's answer to Ana."""
    to = Address(space="telegram", value=f"{ID}/{ANA}")
    message = OutboundMessage(key="delivery-1", public_id="m1", to=to, text="It is on its way.")
    return dataclasses.replace(message, **changes)


def gesture(kind: GestureKind, external_id: str, **more: Any) -> Gesture:
    to = Address(space="telegram", value=f"{ID}/{ANA}")
    return Gesture(kind=kind, to=to, external_id=external_id, **more)


def file(name: str, content_type: str, content: bytes = b"x") -> File:
    return File(name=name, content_type=content_type, content=content, size=len(content))
