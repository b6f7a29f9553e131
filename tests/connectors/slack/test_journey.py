"""Through the whole house: settings page, poller or door, receipts, the customer's thread."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from connectors import reader
from connectors.management.commands.stand_ins import stand_in
from connectors.polling import Pollers
from connectors.slack import demo
from connectors.slack.standin.server import StandIn
from inbox import registry
from inbox.models import Channel, Message
from tests import factories
from tests.connectors.slack.conftest import APP_TOKEN, SECRET, TOKEN

PATIENCE = 30.0


def channel(standin: StandIn, **more: Any) -> Channel:
    return factories.channel(
        "slack", settings={"bot_token": TOKEN, "team_id": "T0SHOP", "api_url": standin.base, **more}
    )


@pytest.fixture
def pollers() -> Iterator[Pollers]:
    made = Pollers()
    yield made
    made.stop(within=PATIENCE)


@pytest.mark.django_db(transaction=True)
def test_behind_a_router_what_people_write_arrives_by_the_poller(standin: StandIn, pollers: Pollers) -> None:
    made = channel(standin, app_token=APP_TOKEN)
    pollers.adjust()
    assert standin.socket.connected_within(PATIENCE)

    standin.events.say("U0ANA", "C0ACME", "Where is my order?")
    assert standin.socket.acknowledged_within(PATIENCE, 1)
    ends = time.monotonic() + PATIENCE
    while reader.drain() == reader.AT_ONCE:
        assert time.monotonic() < ends

    [message] = Message.objects.filter(channel=made)
    assert message.text == "Where is my order?"
    assert message.customer.kind == "group"


@pytest.mark.django_db
def test_only_a_channel_that_is_posted_to_shows_its_address(standin: StandIn) -> None:
    browser = Client()
    browser.force_login(factories.agent("Ada Admin", role="admin"))
    posted, listening = channel(standin, signing_secret=SECRET), channel(standin, app_token=APP_TOKEN)

    def shown(made: Channel) -> str:
        return browser.get(f"/settings/channels/{made.pk}/").content.decode().split("How to set it up")[0]

    assert f"/hooks/{posted.public_id}" in shown(posted)
    assert "/hooks/" not in shown(listening)


@pytest.mark.django_db
def test_the_demos_channel_is_served_by_the_stand_in(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    made = factories.channel("slack", settings=demo.settings(port=port))

    with stand_in("slack") as [line]:
        health = registry.connector_for(made).check()

    assert line == f"Write in Slack as a customer: http://127.0.0.1:{port} (nothing of it is real)"
    assert "#acme-and-shop belongs to Acme Ltd." in health.lines
    assert health.ok or any("https" in each for each in health.lines)
