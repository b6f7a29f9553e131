"""A customer and an agent, through the whole house: the stand-in's updates to the door, the agent's answers to the stand-in."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors import reader
from connectors.management.commands.stand_ins import stand_in
from connectors.telegram import demo, provider
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.settings import TelegramSettings
from connectors.telegram.standin.bot import Bot
from connectors.telegram.standin.page import CUSTOMER
from connectors.telegram.standin.records import Upload
from connectors.telegram.standin.server import running
from inbox import registry
from inbox.contract import Address, ChannelInfo, InboundMessage, Request
from inbox.models import Message
from tests import factories
from tests.connectors.door import Street
from tests.connectors.telegram.conftest import TOKEN, outgoing
from tests.standins.web import Asked, Web

UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "from": {"id": CUSTOMER, "is_bot": False, "first_name": "Ana"},
        "chat": {"id": CUSTOMER, "type": "private", "first_name": "Ana"},
        "date": 1772443800,
        "text": "Hello",
    },
}


@pytest.fixture
def port() -> int:
    """One that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.django_db
def test_the_demos_channel_is_served_by_the_stand_in(port: int, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("telegram", settings=demo.settings(port=port))
    connector = registry.connector_for(channel)
    to = Address(space="telegram", value=f"{connector.settings.bot}/{CUSTOMER}")

    with stand_in("telegram") as [line]:
        health = connector.check()
        connector.send(outgoing(to=to, text="<b>Hello</b>", choices=("Yes",)))
        page = httpx.get(f"http://127.0.0.1:{port}/app/talk", trust_env=False).text

    assert f"http://127.0.0.1:{port}" in line
    assert health.ok
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "<button>Yes</button>" in page


def test_a_real_bot_has_no_stand_in() -> None:
    with demo.stand_in([]) as lines:
        assert lines == []


def test_every_demo_has_a_token_of_its_own() -> None:
    assert demo.settings()["bot_token"] != demo.settings()["bot_token"]


@pytest.mark.django_db(transaction=True)
def test_an_update_becomes_a_message_once_however_often_it_comes(street: Street) -> None:
    channel = factories.channel("telegram", settings=provider.SETTINGS)
    request = Request(
        body=json.dumps(UPDATE).encode(),
        url=registry.hook_url(channel.public_id),
        received_at=datetime.now(UTC),
    )
    signed = provider.sign(request, registry.build_settings("telegram", channel.settings))

    assert street.knock(signed, signed, signed) == [200, 200, 200]
    assert street.knock(request) == [403]
    reader.drain()

    assert [message.text for message in Message.objects.all()] == ["Hello"]


def test_what_the_stand_in_sends_is_what_we_read(settings: Any) -> None:
    """Its updates carry the secret of setWebhook, and a pressed button comes back with its words."""
    bot = Bot(TOKEN)
    bot.add_chat(CUSTOMER, "Ana")
    with Web.running() as hook, running(bot) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        given = TelegramSettings(bot_token=TOKEN, api_url=standin.base)
        connector = TelegramConnector(given, ChannelInfo(id=1, public_id="c", name="Shop"))
        bot.webhook = {"url": hook.url("/hook"), "secret_token": given.hook_secret}
        to = Address(space="telegram", value=f"{given.bot}/{CUSTOMER}")
        for path, fields in (
            ("say", {"text": "Hello"}),
            ("press", {"message": str(sent_with_buttons(connector, to)), "data": "0:Yes, please"}),
        ):
            httpx.Client(trust_env=False).post(f"{standin.base}/app/{path}", data=fields)
        standin.say(CUSTOMER, "Look", Upload("a.jpg", "image/jpeg", b"\xff\xd8\xff\xe0"))

        said = [event for asked in hook.asked for event in read(connector, asked)]
        picture = connector.fetch(said[2].files[0])

    assert [(each.text, *(card.title for card in each.cards)) for each in said] == [
        ("Hello",),
        ("", "Yes, please"),
        ("Look",),
    ]
    assert picture.content == b"\xff\xd8\xff\xe0"


def sent_with_buttons(connector: TelegramConnector, to: Address) -> int:
    accepted = connector.send(outgoing(to=to, text="Shall we?", choices=("Yes, please", "No")))
    return int(accepted.external_id.partition(":")[2])


def read(connector: TelegramConnector, asked: Asked) -> list[InboundMessage]:
    request = Request(body=asked.body, headers=asked.headers, received_at=datetime.now(UTC))
    connector.verify(request)
    return [event for event in connector.parse(request) if isinstance(event, InboundMessage)]
