"""A Facebook page of this test's own, and a channel's connector that talks to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.messenger import provider
from connectors.messenger.connector import MessengerConnector
from connectors.messenger.settings import FIELDS, MessengerSettings
from connectors.messenger.standin import PageStandIn
from connectors.meta.standin_inbox import Person
from inbox.contract import Address, ChannelInfo, InboundEvent, OutboundMessage, Request
from tests.standins.web import Asked, Web

PAGE = provider.SETTINGS["page_id"]
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Build = Callable[..., MessengerConnector]


@pytest.fixture
def hook() -> Iterator[Web]:
    """What stands for our hook: it keeps what it is sent."""
    with Web.running() as web:
        yield web


@pytest.fixture
def facebook(hook: Web, settings: Any) -> Iterator[PageStandIn]:
    """A page whose app is set up; its address is the only private one we may reach."""
    with PageStandIn(MessengerSettings(**provider.SETTINGS)).running() as standin:
        standin.webhook_url = hook.url("/hooks/c0ffee")
        standin.subscribed = list(FIELDS)
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def build(facebook: PageStandIn) -> Build:
    """A connector to the page; settings may be given by name."""

    def made(**given: str) -> MessengerConnector:
        values = {**provider.SETTINGS, "graph_url": facebook.graph_url, **given}
        info = ChannelInfo(id=1, public_id="c0ffee", name="Our page", hook_url=facebook.webhook_url)
        return MessengerConnector(MessengerSettings(**values), info)

    return made


@pytest.fixture
def messenger(build: Build) -> MessengerConnector:
    return build()


@pytest.fixture
def ana(facebook: PageStandIn) -> Person:
    """She has just written, so that she can be answered."""
    person = facebook.meet("Ana Almeida")
    facebook.says(person, "Is the blue one in stock?")
    return person


def outgoing(to: Person | str, **changes: Any) -> OutboundMessage:
    """Sam's answer. `to` is a person, or the rest of an address."""
    value = f"{PAGE}/{to if isinstance(to, str) else to.id}"
    message = OutboundMessage(
        key="delivery-1",
        public_id="m1",
        to=Address(space="messenger", value=value),
        text="We have two left.",
    )
    return dataclasses.replace(message, **changes)


def heard(connector: MessengerConnector, hook: Web) -> list[InboundEvent]:
    """All that came to the hook, verified and read."""
    return [event for asked in hook.asked for event in _read(connector, asked, hook)]


def _read(connector: MessengerConnector, asked: Asked, hook: Web) -> list[InboundEvent]:
    request = Request(body=asked.body, headers=asked.headers, url=hook.url(asked.path), received_at=AT)
    connector.verify(request)
    return list(connector.parse(request))
