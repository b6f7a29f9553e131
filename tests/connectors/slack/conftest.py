"""A workspace of this test's own, and a channel's connector that talks to it through Slack's SDK."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.slack import provider
from connectors.slack.checking import SCOPES
from connectors.slack.connector import SlackConnector
from connectors.slack.settings import SlackSettings
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Channel, Workspace
from inbox.contract import Address, ChannelInfo, InboundEvent, OutboundMessage, Request

TOKEN, SECRET, APP_TOKEN = "xoxb-test", "signing-secret-of-the-test", "xapp-test"
HOOK = "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ACME = Address(space="slack", value="T0SHOP/C0ACME")
ANA = Address(space="slack", value="T0ACME/U0ANA")
SAM = Address(space="slack", value="T0SHOP/U0SAM")

Build = Callable[..., SlackConnector]


@pytest.fixture
def workspace() -> Workspace:
    """A channel shared with Acme, where ana writes, and one of the team, where sam works."""
    made = Workspace(TOKEN, APP_TOKEN, scopes=set(SCOPES))
    made.add_channel("C0ACME", "acme", shared=True)
    made.add_channel("C0TEAM", "support")
    made.add_person("U0ANA", "Ana Example", email="ana@acme.example", team="T0ACME")
    made.add_person("U0SAM", "Sam", email="sam@shop.example")
    return made


@pytest.fixture
def standin(workspace: Workspace, settings: Any) -> Iterator[StandIn]:
    """The workspace on loopback; its address is the only private one we may reach."""
    with StandIn(workspace, secret=SECRET).running() as running:
        settings.GUARDED_HTTP_ALLOW = running.hosts
        yield running


@pytest.fixture
def build() -> Build:
    """A connector without a Slack to talk to; settings may be given by name."""

    def made(**given: Any) -> SlackConnector:
        values = {
            "bot_token": TOKEN,
            "signing_secret": SECRET,
            "companies": ("C0ACME = Acme Ltd",),
            "notice_channel": "C0TEAM",
            "team_id": "T0SHOP",
            **given,
        }
        info = ChannelInfo(id=1, public_id="c0ffee", name="Slack", hook_url=HOOK)
        return SlackConnector(SlackSettings(**values), info)

    return made


@pytest.fixture
def slack(standin: StandIn, build: Build) -> SlackConnector:
    return build(api_url=standin.base)


@pytest.fixture
def acme(workspace: Workspace) -> Channel:
    return workspace.channels["C0ACME"]


def outgoing(text: str = "It is on its way.", **more: Any) -> OutboundMessage:
    return OutboundMessage(**{"key": "d-1", "public_id": "m1", "to": ACME, "text": text, **more})


def posted(payload: Mapping[str, Any], *, secret: str = SECRET, at: datetime = AT) -> Request:
    """Signed as Slack does."""
    plain = Request(
        body=json.dumps(payload).encode(),
        headers={"content-type": "application/json"},
        url=HOOK,
        received_at=at,
    )
    return provider.sign(plain, SlackSettings(bot_token=TOKEN, signing_secret=secret))


def events(connector: SlackConnector, payload: Mapping[str, Any]) -> list[InboundEvent]:
    return list(connector.parse(posted(payload)))


def called(standin: StandIn) -> list[str]:
    """The methods that were asked for, in order."""
    return [asked.path.removeprefix("/api/") for asked in standin.asked]


def changed(request: Request, **headers: str) -> Request:
    return dataclasses.replace(request, headers={**request.headers, **headers})
