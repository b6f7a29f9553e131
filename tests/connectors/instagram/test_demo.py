"""The demo's channel and the stand-in that serves it, with a page on which somebody plays the customer."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from connectors.instagram import demo
from connectors.instagram.connector import InstagramConnector
from connectors.instagram.settings import InstagramSettings
from connectors.management.commands.stand_ins import stand_in
from inbox import registry
from inbox.contract import ChannelInfo
from tests import factories


@pytest.fixture
def port() -> int:
    """One that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.django_db
def test_the_demos_channel_is_served_and_a_customer_can_be_played(port: int, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("instagram", settings=demo.settings(port=port))
    where = f"http://127.0.0.1:{port}/customer"

    with stand_in("instagram") as [line], httpx.Client(trust_env=False) as browser:
        health = registry.connector_for(channel).check()
        form = browser.get(where).text
        sent = browser.post(where, params={"who": "Bo Berg"}, data={"text": "Hello <b>"})
        browser.post(where, params={"who": "Bo Berg"}, data={"text": "In public", "comment": ""})
        thread = browser.get(f"{where}/thread", params={"who": "Bo Berg"}).text

    assert where in line
    assert health.ok
    assert "Ana Almeida" in form
    assert (sent.status_code, sent.headers["location"]) == (303, "/customer?who=Bo%20Berg")
    assert "Hello &lt;b&gt;" in thread


def test_a_real_account_has_no_stand_in() -> None:
    real = InstagramSettings(
        app_id="1",
        app_secret="s",
        access_token="t",
        verify_token="v",
        account_id="2",
        graph_url="https://graph.instagram.com/v26.0",
    )
    info = ChannelInfo(id=1, public_id="c", name="Real")

    with demo.stand_in([InstagramConnector(real, info)]) as lines:
        assert lines == []


def test_every_demo_has_secrets_of_its_own() -> None:
    assert demo.settings()["app_secret"] != demo.settings()["app_secret"]
