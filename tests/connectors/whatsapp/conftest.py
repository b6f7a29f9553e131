"""A Cloud API of this test's own, and a channel's connector that talks to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from connectors.meta.standin import sign
from connectors.whatsapp import demo
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.settings import WhatsAppSettings
from connectors.whatsapp.standin.account import Person
from connectors.whatsapp.standin.server import Cloud
from inbox.contract import Address, ChannelInfo, InboundEvent, OutboundMessage, Request

HOOK = "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)
ANA = Address(space="phone", value="+447700900123")
TS = "1772443800"


@pytest.fixture
def values() -> dict[str, str]:
    return demo.settings()


@pytest.fixture
def cloud(values: dict[str, str], settings: Settings) -> Iterator[Cloud]:
    """One number on loopback; its address is the only private one we may reach."""
    with demo.cloud_for(WhatsAppSettings(**values), HOOK).running() as running:
        settings.GUARDED_HTTP_ALLOW = running.hosts
        yield running


@pytest.fixture
def whatsapp(cloud: Cloud, values: dict[str, str]) -> WhatsAppConnector:
    return build({**values, "graph_url": cloud.graph_url})


@pytest.fixture
def ana(cloud: Cloud) -> Person:
    """She has written a moment ago: the window is open."""
    person = cloud.account.person(ANA.value, "Ana Blue")
    cloud.webhook_url = "http://127.0.0.1:9/nobody"
    cloud.webhooks.write(person, "text", {"body": "Hello"})
    return person


def build(values: dict[str, str]) -> WhatsAppConnector:
    channel = ChannelInfo(id=1, public_id="c0ffee", name="WhatsApp", hook_url=HOOK, country="GB")
    return WhatsAppConnector(WhatsAppSettings(**values), channel)


def outgoing(text: str = "", **more: Any) -> OutboundMessage:
    return OutboundMessage(**{"key": "d-1", "public_id": "m1", "to": ANA, "text": text, **more})


def hook(value: dict[str, Any], settings: WhatsAppSettings, field: str = "messages") -> Request:
    """A signed webhook for the channel's number."""
    metadata = {"display_phone_number": demo.NUMBER, "phone_number_id": settings.phone_number_id}
    whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    entry = {"id": settings.waba_id, "changes": [{"field": field, "value": whole}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    return sign(Request(body=body, received_at=AT, url=HOOK), settings)


def read(connector: WhatsAppConnector, value: dict[str, Any], field: str = "messages") -> list[InboundEvent]:
    request = hook(value, connector.settings, field)
    connector.verify(request)
    return list(connector.parse(request))
