"""A Twilio with WhatsApp senders of this test's own, and a channel's connector that talks to it through the real SDK."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.whatsapp_twilio import provider
from connectors.whatsapp_twilio.connector import WhatsAppConnector
from connectors.whatsapp_twilio.settings import WhatsAppSettings
from connectors.whatsapp_twilio.standin.account import Account
from connectors.whatsapp_twilio.standin.server import StandIn, running
from inbox.contract import Address, ChannelInfo, OutboundMessage, Request

ACCOUNT, TOKEN = provider.SETTINGS["account_sid"], provider.SETTINGS["auth_token"]
NUMBER, ANA = "+442079460124", "+447700900123"
HOOK = "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Build = Callable[..., WhatsAppConnector]


@pytest.fixture
def twilio(settings: Any) -> Iterator[StandIn]:
    """An account with one WhatsApp sender, to which Ana has just written."""
    account = Account(ACCOUNT, TOKEN)
    account.add_number(f"whatsapp:{NUMBER}", HOOK)
    account.receive(f"whatsapp:{ANA}", f"whatsapp:{NUMBER}", "Hello")
    with running(account) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def build() -> Build:
    def made(**given: str) -> WhatsAppConnector:
        values = {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": NUMBER, **given}
        channel = ChannelInfo(id=1, public_id="c0ffee", name="Shop", hook_url=HOOK, country="GB")
        return WhatsAppConnector(WhatsAppSettings(**values), channel)

    return made


@pytest.fixture
def whatsapp(twilio: StandIn, build: Build) -> WhatsAppConnector:
    return build(api_url=twilio.base)


def post(**fields: str) -> Request:
    """A webhook with these fields over those of Ana's text."""
    base = {
        "AccountSid": ACCOUNT,
        "MessageSid": "SM" + "1" * 32,
        "SmsStatus": "received",
        "From": f"whatsapp:{ANA}",
        "To": f"whatsapp:{NUMBER}",
        "Body": "Hello",
        "NumMedia": "0",
    }
    return Request(body=urlencode(base | fields).encode(), url=HOOK, received_at=AT)


def outgoing(**changes: Any) -> OutboundMessage:
    """Sam's answer to Ana."""
    message = OutboundMessage(
        key="delivery-1",
        public_id="m1",
        to=Address(space="phone", value=ANA),
        text="It is on its way.",
        reference_id="m1",
    )
    return dataclasses.replace(message, **changes)
