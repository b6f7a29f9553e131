"""The demo's channel, and a webhook through the door: once, however often LINE delivers it."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors import reader
from connectors.line import demo, provider
from connectors.line.standin.account import Account
from connectors.line.standin.page import CUSTOMER
from connectors.line.standin.server import running
from connectors.management.commands.stand_ins import stand_in
from inbox import registry
from inbox.contract import Address, InboundMessage, Request
from inbox.models import Message
from tests import factories
from tests.connectors.door import Street
from tests.connectors.line.conftest import BOT, SECRET, TOKEN, Build, event, incoming, outgoing, post
from tests.standins.web import Web


@pytest.fixture
def port() -> int:
    """One that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.django_db
def test_the_demos_channel_is_served_by_the_stand_in(port: int, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("line", settings=demo.settings(port=port))
    connector = registry.connector_for(channel)
    to = Address(space="line", value=f"{BOT}/{CUSTOMER}")

    with stand_in("line") as [line]:
        connector.send(outgoing(to=to, text="<b>Hello</b>", choices=("Yes",)))
        page = httpx.get(f"http://127.0.0.1:{port}/app/talk", trust_env=False).text
        name = connector.name_of(to)

    assert f"http://127.0.0.1:{port}" in line
    assert name == "Ana"
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "<button>Yes</button>" in page


def test_a_real_account_has_no_stand_in() -> None:
    with demo.stand_in([]) as lines:
        assert lines == []


def test_every_demo_has_secrets_of_its_own() -> None:
    assert demo.settings()["channel_secret"] != demo.settings()["channel_secret"]


@pytest.mark.django_db(transaction=True)
def test_a_webhook_becomes_a_message_once_however_often_it_comes(street: Street) -> None:
    channel = factories.channel("line", settings=provider.SETTINGS)
    url = registry.hook_url(channel.public_id)
    first = post(incoming(event()))
    again = post(incoming(event(deliveryContext={"isRedelivery": True})))
    here = [
        type(each)(body=each.body, headers=each.headers, url=url, received_at=each.received_at)
        for each in (first, again)
    ]

    assert street.knock(*here) == [200, 200]
    reader.drain()

    assert [message.text for message in Message.objects.all()] == ["Hello"]


def test_what_the_stand_in_sends_is_what_we_read_and_can_answer(settings: Any, build: Build) -> None:
    """Its webhooks are signed, and their reply tokens work once."""
    account = Account(SECRET, TOKEN, names={CUSTOMER: "Ana"})
    with Web.running() as hook, running(account) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        account.endpoint = hook.url("/hook")
        connector = build(api_url=standin.base)
        httpx.Client(trust_env=False).post(f"{standin.base}/app/say", data={"text": "Hello"})
        [asked] = hook.asked
        request = Request(body=asked.body, headers=asked.headers, received_at=datetime.now(UTC))

        connector.verify(request)
        [said] = connector.parse(request)
        assert isinstance(said, InboundMessage)
        for key in ("delivery-1", "delivery-2"):
            connector.send(
                outgoing(
                    key=key, to=said.author, reply_handle=said.reply_handle, in_reply_to=said.external_id
                )
            )

    assert said.text == "Hello"
    assert [sent.free for sent in account.sent] == [True, False]
    assert all("quoteToken" in sent.messages[0] for sent in account.sent)
