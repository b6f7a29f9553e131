"""Through the whole house: a text comes in, an answer leaves, reports and refusals find their place in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from connectors import inbound, reader
from connectors.sms import demo
from connectors.sms.standin.server import StandIn, running
from connectors.standin.wire import Trouble
from connectors.twilio.standin.account import Account
from inbox import fetching, registry, sending
from inbox.actions import files, reply
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.blobs import read
from inbox.contract import File, Request
from inbox.events import Kind
from inbox.models import Agent, Attachment, Channel, Delivery, Event, Identity, Message
from inbox.models.channels import ChannelState
from tests import factories
from tests.connectors.sms.conftest import ANA
from tests.standins.web import Web

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
pytestmark = pytest.mark.django_db


@pytest.fixture
def hook() -> Iterator[Web]:
    """Keeps what Twilio posts; `take` lets the house read it."""
    with Web.running() as web:
        yield web


@pytest.fixture
def channel(hook: Web, settings: Any) -> Channel:
    settings.PUBLIC_URL = hook.url("").rstrip("/")
    return factories.channel("sms", settings=demo.settings())


@pytest.fixture
def twilio(channel: Channel, settings: Any) -> Iterator[StandIn]:
    account = Account(channel.settings["account_sid"], channel.settings["auth_token"])
    account.add_number(demo.NUMBER, registry.hook_url(channel.public_id))
    with running(account) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        channel.settings["api_url"] = standin.base
        channel.save()
        yield standin


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


def texts(twilio: StandIn, hook: Web, channel: Channel, body: str, *media: tuple[str, bytes]) -> Message:
    """Ana texts us."""
    sms = twilio.account.receive(ANA, demo.NUMBER, body, list(media))
    twilio.webhooks.deliver(sms)
    take(hook, channel)
    return Message.objects.select_related("channel", "identity", "conversation").get(external_id=sms.sid)


def answers(sam: Agent, message: Message, text: str, **more: Any) -> Delivery:
    """Sam answers, and the engine runs once the undo delay is over."""
    composition = Composition(channel=Channel.objects.get(), identity=message.identity, text=text, **more)
    written = reply.reply(
        agent=sam, conversation_id=message.conversation_id, composition=composition, client_key=text
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        sending.send_due()
    return Delivery.objects.get(message=written)


def test_a_text_is_answered_and_the_ticks_come_back(
    twilio: StandIn, hook: Web, channel: Channel, sam: Agent
) -> None:
    question = texts(twilio, hook, channel, "Where is my parcel?")

    delivery = answers(sam, question, "It comes on Friday.")

    sms = twilio.account.messages[-1]
    assert (sms.to, sms.body, delivery.status) == (ANA, "It comes on Friday.", "sent")
    assert delivery.message.external_id == sms.sid
    # Late and twice: the tick never goes back.
    for status in ("delivered", "sent", "delivered", "queued"):
        twilio.webhooks.report(sms, status)
    take(hook, channel)
    delivery.refresh_from_db()
    assert delivery.status == "delivered"


def test_a_picture_is_copied_to_us(twilio: StandIn, hook: Web, channel: Channel) -> None:
    message = texts(twilio, hook, channel, "Look", ("image/png", PNG))
    attachment = Attachment.objects.get(message=message)

    fetching.fetch(attachment.pk)

    attachment.refresh_from_db()
    assert attachment.blob is not None
    assert (attachment.content_type, read(attachment.blob)) == ("image/png", PNG)


def test_a_picture_of_ours_is_fetched_from_us(
    twilio: StandIn, hook: Web, channel: Channel, sam: Agent, client: Client
) -> None:
    question = texts(twilio, hook, channel, "Which colour is moss?")
    picture = files.upload(agent=sam, file=File(name="moss.png", content_type="image/png", content=PNG))

    delivery = answers(sam, question, "This one.", attachments=[picture.public_id])

    [url] = twilio.account.messages[-1].media
    got = client.get(url.removeprefix(hook.url("").rstrip("/")))
    assert delivery.status == "sent"
    assert (got["Content-Type"], got.content) == ("image/png", PNG)


def test_a_report_ends_the_doubt_about_a_message_whose_answer_was_lost(
    twilio: StandIn, hook: Web, channel: Channel, sam: Agent
) -> None:
    question = texts(twilio, hook, channel, "Where is my parcel?")
    twilio.troubles.append(Trouble(cut=True, after=True))

    delivery = answers(sam, question, "It comes on Friday.")

    assert delivery.status == "unknown"
    assert delivery.message.external_id is None
    twilio.webhooks.report(twilio.account.messages[-1], "delivered")
    take(hook, channel)
    delivery.refresh_from_db()
    assert delivery.status == "delivered"
    # Twilio got it once, and nobody sent it again.
    assert [sms.body for sms in twilio.account.messages if not sms.inbound] == ["It comes on Friday."]


def test_stop_blocks_answers_until_start(twilio: StandIn, hook: Web, channel: Channel, sam: Agent) -> None:
    stop = texts(twilio, hook, channel, "STOP")

    with pytest.raises(Refused):
        answers(sam, stop, "One more thing")
    start = texts(twilio, hook, channel, "START")

    assert answers(sam, start, "Welcome back").status == "sent"


def test_a_refusal_by_twilio_is_shown_and_remembered(
    twilio: StandIn, hook: Web, channel: Channel, sam: Agent
) -> None:
    question = texts(twilio, hook, channel, "Hello")
    delivery = answers(sam, question, "It comes on Friday.")

    twilio.webhooks.report(twilio.account.messages[-1], "undelivered", "30006")
    take(hook, channel)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.code) == ("failed", "30006")
    assert "landline" in delivery.reason
    assert Identity.objects.get(value=ANA).undeliverable_at is not None


def test_a_changed_token_stops_the_channel_and_keeps_the_message(
    twilio: StandIn, hook: Web, channel: Channel, sam: Agent
) -> None:
    question = texts(twilio, hook, channel, "Hello")
    twilio.account.token = "changed in the console"

    delivery = answers(sam, question, "It comes on Friday.")

    channel.refresh_from_db()
    assert (channel.state, delivery.status) == (ChannelState.BROKEN, "queued")
    assert "auth token" in channel.state_reason


def test_a_yes_to_our_question_is_no_news_about_consent(twilio: StandIn, hook: Web, channel: Channel) -> None:
    message = texts(twilio, hook, channel, "YES")
    changed = Event.objects.filter(kind=Kind.IDENTITY_CHANGED, customer=message.customer_id)
    changes = changed.filter(data__change__startswith="opted")

    assert not changes.exists()
    texts(twilio, hook, channel, "STOP")
    texts(twilio, hook, channel, "STOP")
    texts(twilio, hook, channel, "yes")
    assert [event.data["change"] for event in changes.order_by("pk")] == ["opted_out", "opted_in"]
