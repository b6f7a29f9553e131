"""An Instagram account of this test's own, and a channel's connector that talks to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.instagram import provider
from connectors.instagram.connector import InstagramConnector
from connectors.instagram.settings import FIELDS, InstagramSettings
from connectors.instagram.standin import AccountStandIn
from connectors.meta.standin_inbox import Person
from inbox.contract import Address, ChannelInfo, InboundEvent, OutboundMessage, Request
from tests.standins.web import Asked, Web

ACCOUNT = provider.SETTINGS["account_id"]
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Build = Callable[..., InstagramConnector]


@pytest.fixture
def hook() -> Iterator[Web]:
    """What stands for our hook: it keeps what it is sent."""
    with Web.running() as web:
        yield web


@pytest.fixture
def meta(hook: Web, settings: Any) -> Iterator[AccountStandIn]:
    """An account whose app is set up; its address is the only private one we may reach."""
    with AccountStandIn(InstagramSettings(**provider.SETTINGS)).running() as standin:
        standin.webhook_url = hook.url("/hooks/c0ffee")
        standin.subscribed = list(FIELDS)
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def build(meta: AccountStandIn) -> Build:
    """A connector to the account; settings may be given by name."""

    def made(**given: str) -> InstagramConnector:
        values = {**provider.SETTINGS, "graph_url": meta.graph_url, **given}
        info = ChannelInfo(id=1, public_id="c0ffee", name="Our Instagram", hook_url=meta.webhook_url)
        return InstagramConnector(InstagramSettings(**values), info)

    return made


@pytest.fixture
def instagram(build: Build) -> InstagramConnector:
    return build()


@pytest.fixture
def ana(meta: AccountStandIn) -> Person:
    """She has just written, so that she can be answered."""
    person = meta.meet("Ana")
    meta.says(person, "Do you have this in blue?")
    return person


def outgoing(to: Person | str, **changes: Any) -> OutboundMessage:
    """Sam's answer. `to` is a person, or the rest of an address."""
    value = f"{ACCOUNT}/{to if isinstance(to, str) else to.id}"
    message = OutboundMessage(
        key="delivery-1",
        public_id="m1",
        to=Address(space="instagram", value=value),
        text="Yes, in two sizes.",
    )
    return dataclasses.replace(message, **changes)


def heard(connector: InstagramConnector, hook: Web) -> list[InboundEvent]:
    """All that came to the hook, verified and read."""
    return [event for asked in hook.asked for event in _read(connector, asked, hook)]


def _read(connector: InstagramConnector, asked: Asked, hook: Web) -> list[InboundEvent]:
    request = Request(body=asked.body, headers=asked.headers, url=hook.url(asked.path), received_at=AT)
    connector.verify(request)
    return list(connector.parse(request))
