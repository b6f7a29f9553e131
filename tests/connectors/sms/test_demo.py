"""The demo's channel and the stand-in that serves it."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from connectors.management.commands.stand_ins import stand_in
from connectors.sms import demo
from connectors.sms.connector import SmsConnector
from connectors.twilio.settings import TwilioSettings
from inbox import registry
from inbox.contract import ChannelInfo
from tests import factories
from tests.connectors.sms.conftest import outgoing


@pytest.fixture
def port() -> int:
    """One that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.django_db
def test_the_demos_channel_is_served_by_the_stand_in(port: int, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("sms", settings=demo.settings(port=port))

    with stand_in("sms") as [line]:
        health = registry.connector_for(channel).check()
        accepted = registry.connector_for(channel).send(outgoing())
        phone = httpx.get(f"http://127.0.0.1:{port}/phone/messages", params={"me": "+447700900123"}).json()

    assert line == f"Text as a customer: http://127.0.0.1:{port} (no real SMS is sent)"
    assert "Twilio sends the messages of the number +44 20 7946 0123 to us." in health.lines
    assert [each["sid"] for each in phone["messages"]] == [accepted.external_id]
    assert phone["numbers"] == [{"number": "+442079460123", "written": "+44 20 7946 0123"}]


def test_a_real_number_has_no_stand_in() -> None:
    real = TwilioSettings(account_sid="AC1", auth_token="t", number="+442079460000")
    info = ChannelInfo(id=1, public_id="c", name="Real")

    with demo.stand_in([SmsConnector(real, info)]) as lines:
        assert lines == []


def test_every_demo_has_a_token_of_its_own() -> None:
    assert demo.settings()["auth_token"] != demo.settings()["auth_token"]


@pytest.mark.django_db
def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        factories.channel("sms", settings=demo.settings(port=taken.getsockname()[1]))

        with pytest.raises(CommandError, match="cannot listen"):
            call_command("stand_ins")


def test_a_demo_without_a_stand_in_needs_none() -> None:
    with stand_in("webchat") as lines:
        assert lines == []
