"""The demo's Slack: settings for a channel of a made-up workspace, and the stand-in that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.slack.checking import SCOPES
from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import TEAM, Workspace

PORT = 8036
# What the story of the demo calls this channel.
STORY = "room"
ACME, TEAM_CHANNEL = "C0ACME", "C0TEAM"


def settings(*, port: int = PORT) -> dict[str, object]:
    """For a new channel. The secrets are made anew, since whoever knows them can write in anybody's name."""
    return {
        "bot_token": f"xoxb-{secrets.token_hex(16)}",
        "signing_secret": secrets.token_hex(16),
        "companies": [f"{ACME} = Acme Ltd"],
        "notice_channel": TEAM_CHANNEL,
        "team_id": TEAM,
        "api_url": f"http://127.0.0.1:{port}",
    }


@contextmanager
def stand_in(channels: Sequence[SlackConnector]) -> Iterator[list[str]]:
    """Serve the first channel whose API address is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT and localhost:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.api_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    first = ours[0].settings
    workspace = Workspace(first.bot_token, first.app_token, scopes=set(SCOPES), forgetful=True)
    workspace.add_channel(ACME, "acme-and-shop", shared=True)
    workspace.add_channel(first.notice_channel or TEAM_CHANNEL, "support")
    workspace.add_person("U0ANA", "Ana", team="T0ACME")
    workspace.add_person("U0SAM", "Sam", email="sam@shop.example")
    workspace.channel("U0ANA")
    standin = StandIn(workspace, secret=first.signing_secret, port=httpx.URL(first.api_url).port or PORT)
    standin.events.hook_url = ours[0].channel.hook_url
    with standin.running():
        yield [f"Write in Slack as a customer: {standin.base} (nothing of it is real)"]
