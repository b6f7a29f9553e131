"""The demo's channel, the stand-in that serves it, and its phone page."""

from __future__ import annotations

import json
import socket
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from connectors.management.commands.stand_ins import stand_in
from connectors.meta.signature import HEADER
from connectors.whatsapp import demo
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.settings import WhatsAppSettings
from connectors.whatsapp.standin import webhooks
from inbox import registry
from inbox.contract import ChannelInfo
from tests import factories
from tests.connectors.whatsapp.conftest import outgoing
from tests.standins.web import Web


@pytest.fixture
def port() -> int:
    """One that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.django_db
def test_the_demos_channel_is_served_by_the_stand_in(port: int, settings: Settings) -> None:
    settings.GUARDED_HTTP_ALLOW = [f"127.0.0.1:{port}"]
    channel = factories.channel("whatsapp", settings=demo.settings(port=port))

    with stand_in("whatsapp") as [line]:
        health = registry.connector_for(channel).check()
        accepted = registry.connector_for(channel).send(outgoing("Hello Ana"))

    assert line == f"Write as a customer: http://127.0.0.1:{port}/phone (no real message is sent)"
    assert health.ok, health.lines
    assert accepted.external_id.startswith("wamid.")


def test_a_real_number_has_no_stand_in() -> None:
    real = WhatsAppSettings(**{**demo.settings(), "graph_url": "https://graph.facebook.com/v26.0"})

    with demo.stand_in([WhatsAppConnector(real, ChannelInfo(id=1, public_id="c", name="Real"))]) as lines:
        assert lines == []


def test_every_demo_has_secrets_of_its_own() -> None:
    one, other = demo.settings(), demo.settings()

    assert all(one[name] != other[name] for name in ("app_secret", "access_token", "verify_token"))


@pytest.fixture
def values() -> dict[str, str]:
    return demo.settings()


def test_what_is_typed_into_the_phone_reaches_the_hook_signed(values: dict[str, str]) -> None:
    with (
        Web.running() as hook,
        demo.cloud_for(WhatsAppSettings(**values), hook.url("/hooks/a"), automatic=True).running() as cloud,
    ):
        typed = {"me": "+44 7700 900123", "name": "Ana", "text": "<b>Hello</b>"}
        answer = httpx.post(f"{cloud.base}/phone", data=typed, headers={"Origin": cloud.base})
        page = httpx.get(f"{cloud.base}{answer.headers['location']}").text
        thread = httpx.get(f"{cloud.base}/phone/thread?me=447700900123").text

    (asked,) = hook.asked
    assert asked.headers[HEADER].startswith("sha256=")
    assert b'"body": "<b>Hello</b>"' in asked.body
    assert 'src="/phone/thread?me=447700900123"' in page
    assert "&lt;b&gt;Hello&lt;/b&gt;" in thread


def test_another_sites_page_cannot_write_in_somebodys_name(values: dict[str, str]) -> None:
    with demo.cloud_for(WhatsAppSettings(**values), "", automatic=True).running() as cloud:
        typed = {"me": "+447700900123", "text": "x"}
        foreign = httpx.post(f"{cloud.base}/phone", data=typed, headers={"Origin": "https://evil.example"})
        rebound = httpx.get(f"{cloud.base}/phone", headers={"Host": "evil.example"})

    assert (foreign.status_code, rebound.status_code) == (403, 403)
    assert cloud.account.written == []


def test_an_answer_travels_to_the_phone_and_is_reported(
    values: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "STEP", 0)
    with Web.running() as hook, demo.cloud_for(WhatsAppSettings(**values), hook.url("/a")).running() as cloud:
        settings.GUARDED_HTTP_ALLOW = cloud.hosts
        cloud.webhooks.write(cloud.account.person("447700900123"), "text", {"body": "Hi"})
        connector = WhatsAppConnector(
            WhatsAppSettings(**{**values, "graph_url": cloud.graph_url}),
            ChannelInfo(id=1, public_id="c", name="D"),
        )
        connector.send(outgoing("Hello", reference_id="m1"))
        cloud.webhooks.travel(cloud.account.sent[0])

    said = [status(asked.body) for asked in hook.asked[1:]]
    assert said == [("sent", "m1"), ("delivered", "m1"), ("read", "m1")]


def status(body: bytes) -> tuple[Any, Any]:
    (one,) = json.loads(body)["entry"][0]["changes"][0]["value"]["statuses"]
    return one["status"], one["biz_opaque_callback_data"]
