"""The demo's LINE: settings for a channel of a made-up account, and the stand-in that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.line.connector import LineConnector
from connectors.line.standin.account import Account
from connectors.line.standin.page import CUSTOMER
from connectors.line.standin.server import running

PORT = 8035


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The secrets are made anew, since whoever knows them can write in anybody's name."""
    return {
        "channel_secret": secrets.token_hex(16),
        "access_token": secrets.token_hex(32),
        "basic_id": "@northwool",
        "bot_id": "U" + "0" * 31 + "1",
        "api_url": f"http://127.0.0.1:{port}",
    }


@contextmanager
def stand_in(channels: Sequence[LineConnector]) -> Iterator[list[str]]:
    """Serve the first channel whose API address is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.api_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    given = ours[0].settings
    account = Account(given.channel_secret, given.access_token, endpoint=ours[0].channel.hook_url)
    account.names[CUSTOMER] = "Ana"
    with running(account, port=httpx.URL(given.api_url).port or PORT) as standin:
        yield [f"Write as a customer in LINE: {standin.base} (nothing leaves this machine)"]
