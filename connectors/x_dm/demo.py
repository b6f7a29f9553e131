"""The demo's account on X: settings for a channel, and the stand-in that serves it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.x_dm.connector import XConnector
from connectors.x_dm.standin import running

PORT = 8038


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The keys are made anew, since whoever knows them can write in anybody's name."""
    made = {
        name: secrets.token_hex(16) for name in ("consumer_key", "consumer_secret", "access_token_secret")
    }
    return {
        "user_id": "4337869213",
        "access_token": f"4337869213-{secrets.token_hex(16)}",
        "api_url": f"http://127.0.0.1:{port}",
        **made,
    }


@contextmanager
def stand_in(channels: Sequence[XConnector]) -> Iterator[list[str]]:
    """Serve the first channel whose API address is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.api_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    port = httpx.URL(ours[0].settings.api_url).port or PORT
    with running(ours[0].settings, port=port) as standin:
        yield [f"X: {standin.base} takes what we send (no real message leaves)."]
