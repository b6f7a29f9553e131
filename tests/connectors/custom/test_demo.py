"""The demo's channel, the system beside it, and the whole way through the house and back."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from connectors import inbound, reader
from connectors.custom import demo
from connectors.custom.standin import running
from connectors.management.commands.stand_ins import stand_in
from inbox import registry, sending
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.contract import Request
from inbox.models import Delivery, Message
from tests import factories
from tests.connectors.custom.conftest import message
from tests.standins.web import Web

pytestmark = pytest.mark.django_db


def test_a_message_is_answered_and_its_status_comes_back(settings: Any) -> None:
    values = demo.settings()
    with running(values["secret"]) as other, Web.running() as hook:
        settings.GUARDED_HTTP_ALLOW = other.hosts
        channel = factories.channel("custom", settings={**values, "send_url": f"{other.base}/messages"})

        def take() -> None:
            connector = registry.connector_for(channel)
            for asked in hook.asked:
                got = Request(body=asked.body, headers=asked.headers, received_at=datetime.now(UTC))
                connector.verify(got)
                inbound.store(channel, got)
            hook.asked.clear()
            reader.drain()

        for _ in range(2):
            other.post(hook.url("/"), "msg_1", message())
        take()
        question = Message.objects.get()
        written = reply.reply(
            agent=factories.agent("Sam Reed"),
            conversation_id=question.conversation_id,
            composition=Composition(channel=channel, identity=question.identity, text="On Friday."),
            client_key="1",
        )
        with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
            sending.send_due()
        [taken] = other.taken.values()
        assert (taken["text"], taken["id"]) == ("On Friday.", written.public_id)

        other.post(
            hook.url("/"),
            "msg_2",
            {"type": "status", "external_message_id": taken["id"], "status": "delivered"},
        )
        take()
        assert Delivery.objects.get(message=written).status == "delivered"


def test_the_demos_channel_is_served(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("custom", settings=demo.settings(port=port))

    with stand_in("custom") as [line]:
        assert registry.connector_for(channel).check().ok
    assert f"http://127.0.0.1:{port}" in line
    assert demo.settings()["secret"] != demo.settings()["secret"]
