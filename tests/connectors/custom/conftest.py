"""Another system of this test's own, and the channel's connector that talks to it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.custom import provider
from connectors.custom.connector import CustomConnector
from connectors.custom.settings import CustomSettings
from connectors.custom.standin import StandIn, running
from inbox.contract import Address, ChannelInfo, OutboundMessage, Request

SECRET = provider.SETTINGS["secret"]
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANA = {"type": "user", "value": "42", "name": "Ana"}

Build = Callable[..., CustomConnector]


@pytest.fixture
def build() -> Build:
    def made(**given: Any) -> CustomConnector:
        channel = ChannelInfo(id=1, public_id="c0ffee", name="Reviews")
        return CustomConnector(CustomSettings(**{"secret": SECRET, **given}), channel)

    return made


@pytest.fixture
def other(settings: Any) -> Iterator[StandIn]:
    with running(SECRET) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def channel(other: StandIn, build: Build) -> CustomConnector:
    return build(send_url=f"{other.base}/messages")


def request(event: Any, **changes: Any) -> Request:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return dataclasses.replace(Request(body=body, headers={"webhook-id": "msg_1"}, received_at=AT), **changes)


def message(**fields: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "external_message_id": "post-1",
        "identity": ANA,
        "text": "Hello",
        **fields,
    }


def outgoing(**changes: Any) -> OutboundMessage:
    """Sam's answer to Ana."""
    answer = OutboundMessage(
        key="delivery-1",
        public_id="m1",
        to=Address(space="custom", value="c0ffee/user:42", name="Ana"),
        text="It is on its way.",
        reference_id="m1",
    )
    return dataclasses.replace(answer, **changes)
