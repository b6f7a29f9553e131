"""A Twilio of this test's own, and a channel's connector that talks to it through the real SDK."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.sms import provider
from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import StandIn, running
from connectors.twilio.settings import TwilioSettings
from connectors.twilio.standin.account import Account
from inbox.contract import Address, ChannelInfo, OutboundMessage, Request

ACCOUNT, TOKEN, NUMBER = (provider.SETTINGS[name] for name in ("account_sid", "auth_token", "number"))
ANA = "+447700900123"
HOOK = "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def twilio(settings: Any) -> Iterator[StandIn]:
    """An account with one number, on loopback; its address is the only private one we may reach."""
    account = Account(ACCOUNT, TOKEN)
    account.add_number(NUMBER, HOOK)
    with running(account) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


Build = Callable[..., SmsConnector]


@pytest.fixture
def build() -> Build:
    """A connector without a Twilio to talk to; settings may be given by name."""

    def made(hook_url: str = HOOK, **given: str) -> SmsConnector:
        values = {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": NUMBER, **given}
        channel = ChannelInfo(id=1, public_id="c0ffee", name="Shop by SMS", hook_url=hook_url, country="GB")
        return SmsConnector(TwilioSettings(**values), channel)

    return made


@pytest.fixture
def sms(twilio: StandIn, build: Build) -> SmsConnector:
    """The channel of the account's number."""
    return build(api_url=twilio.base)


def post(fields: dict[str, Any], *, url: str = HOOK, signed: bool = True, token: str = TOKEN) -> Request:
    """A webhook with these fields, signed over the address it is posted to."""
    request = Request(
        body=urlencode({"AccountSid": ACCOUNT, **fields}, doseq=True).encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
        url=url,
        received_at=AT,
    )
    return (
        provider.sign(request, TwilioSettings(account_sid=ACCOUNT, auth_token=token)) if signed else request
    )


def incoming(**fields: Any) -> dict[str, Any]:
    """The fields of Ana's text."""
    return {
        "MessageSid": "SM" + "1" * 32,
        "SmsSid": "SM" + "1" * 32,
        "SmsMessageSid": "SM" + "1" * 32,
        "SmsStatus": "received",
        "From": ANA,
        "To": NUMBER,
        "Body": "Hello",
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
        **fields,
    }


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
