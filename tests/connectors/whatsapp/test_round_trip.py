"""Through the whole house: a message comes in, an answer leaves, and what becomes of it finds its place in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from connectors import inbound, reader
from connectors.standin.wire import Trouble
from connectors.whatsapp import demo
from connectors.whatsapp.settings import WhatsAppSettings
from connectors.whatsapp.standin.account import Person
from connectors.whatsapp.standin.server import Cloud
from inbox import fetching, registry, sending
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.blobs import read
from inbox.contract import Request
from inbox.models import Agent, Attachment, Channel, Delivery, Identity, Message
from tests import factories
from tests.standins.web import Web

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
pytestmark = pytest.mark.django_db


@pytest.fixture
def hook() -> Iterator[Web]:
    """Keeps what Meta posts; `take` lets the house read it."""
    with Web.running() as web:
        yield web


@pytest.fixture
def channel(hook: Web, settings: Settings) -> Channel:
    settings.PUBLIC_URL = hook.url("").rstrip("/")
    return factories.channel("whatsapp", settings=demo.settings())


@pytest.fixture
def cloud(channel: Channel, settings: Settings) -> Iterator[Cloud]:
    known = WhatsAppSettings(**channel.settings)
    with demo.cloud_for(known, registry.hook_url(channel.public_id)).running() as running:
        settings.GUARDED_HTTP_ALLOW = running.hosts
        channel.settings["graph_url"] = running.graph_url
        channel.save()
        yield running


@pytest.fixture
def ana(cloud: Cloud) -> Person:
    return cloud.account.person("+447700900123", "Ana Blue")


@pytest.fixture
def sam() -> Agent:
    return factories.agent("Sam Reed")


def take(hook: Web, channel: Channel) -> None:
    """What has been posted is verified, stored and read, in the order it came."""
    connector = registry.connector_for(channel)
    for asked in hook.asked:
        now = datetime.now(UTC)
        request = Request(body=asked.body, headers=asked.headers, url=hook.url(asked.path), received_at=now)
        connector.verify(request)
        inbound.store(channel, request)
    hook.asked.clear()
    reader.drain()


def writes(cloud: Cloud, hook: Web, channel: Channel, who: Person, text: str) -> Message:
    sent, status = cloud.webhooks.write(who, "text", {"body": text})
    assert status == 200
    take(hook, channel)
    return Message.objects.get(external_id=sent["id"])


def answers(sam: Agent, message: Message, text: str) -> Delivery:
    """Sam answers, and the engine runs once the undo delay is over."""
    assert message.identity is not None
    composition = Composition(channel=Channel.objects.get(), identity=message.identity, text=text)
    written = reply.reply(
        agent=sam, conversation_id=message.conversation_id, composition=composition, client_key=text
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        sending.send_due()
    return Delivery.objects.get(message=written)


def test_a_customer_without_a_number_is_the_same_person_as_with_it(
    cloud: Cloud, hook: Web, channel: Channel, ana: Person
) -> None:
    with_number = writes(cloud, hook, channel, ana, "Hello")

    ana.hidden = True
    without = writes(cloud, hook, channel, ana, "Now by my @name")

    assert with_number.customer == without.customer
    assert {each.space for each in Identity.objects.filter(customer=without.customer)} == {
        "phone",
        "whatsapp",
    }


def test_an_answer_leaves_and_its_ticks_come_back(
    cloud: Cloud, hook: Web, channel: Channel, ana: Person, sam: Agent
) -> None:
    asked = writes(cloud, hook, channel, ana, "Is it on its way?")

    delivery = answers(sam, asked, "It is.")
    (sent,) = cloud.account.sent
    for state in ("read", "delivered", "sent"):
        cloud.webhooks.report(sent, state)
    take(hook, channel)

    delivery.refresh_from_db()
    assert (sent.content["text"]["body"], delivery.status) == ("It is.", "read")


def test_an_answer_to_a_hidden_number_goes_by_the_user_id(
    cloud: Cloud, hook: Web, channel: Channel, ana: Person, sam: Agent
) -> None:
    ana.hidden = True
    asked = writes(cloud, hook, channel, ana, "Hello")

    answers(sam, asked, "Hello Ana")

    assert cloud.account.sent[0].content["recipient"] == ana.user_id


def test_a_doubt_is_ended_by_the_first_status(
    cloud: Cloud, hook: Web, channel: Channel, ana: Person, sam: Agent
) -> None:
    # given an answer that Meta took before the connection broke
    asked = writes(cloud, hook, channel, ana, "Hello")
    cloud.troubles.append(Trouble(cut=True, after=True))
    delivery = answers(sam, asked, "Hello Ana")
    assert delivery.status == "unknown"

    # when its first status names our own message
    cloud.webhooks.report(cloud.account.sent[0], "delivered")
    take(hook, channel)

    delivery.refresh_from_db()
    assert delivery.status == "delivered"
    assert len(cloud.account.sent) == 1


def test_a_picture_is_copied_to_our_own_storage(
    cloud: Cloud, hook: Web, channel: Channel, ana: Person
) -> None:
    media_id = cloud.account.add_media("image/png", PNG)

    cloud.webhooks.write(ana, "image", {"id": media_id, "mime_type": "image/png", "caption": "Look"})
    take(hook, channel)
    (attachment,) = Attachment.objects.all()
    fetching.fetch(attachment.pk)

    attachment.refresh_from_db()
    assert attachment.blob is not None
    assert read(attachment.blob) == PNG
