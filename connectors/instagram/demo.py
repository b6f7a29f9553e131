"""The demo's channel: settings of a made-up account, and the stand-in that plays Meta for such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.instagram.connector import InstagramConnector
from connectors.instagram.standin import AccountStandIn
from connectors.meta.standin_page import PAGE

PORT = 8033
# What the story of the demo calls this channel.
STORY = "pictures"


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The secrets are made anew: whoever knows them can write in anybody's name."""
    return {
        "app_id": "100000000000001",
        "app_secret": secrets.token_hex(16),
        "access_token": secrets.token_urlsafe(32),
        "verify_token": secrets.token_urlsafe(16),
        "account_id": "17840000000000001",
        "graph_url": f"http://127.0.0.1:{port}/v26.0",
    }


@contextmanager
def stand_in(channels: Sequence[InstagramConnector]) -> Iterator[list[str]]:
    """Serve the first channel whose Graph API is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.graph_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    first = ours[0]
    standin = AccountStandIn(first.settings, port=httpx.URL(first.settings.graph_url).port or PORT)
    standin.webhook_url = first.channel.hook_url
    standin.automatic = True
    with standin.running():
        yield [f"Write as a customer of {first.channel.name}: {standin.base}{PAGE} (no real message is sent)"]
