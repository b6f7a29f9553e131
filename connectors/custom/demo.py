"""The demo's own channel: settings, and the other system that takes what it sends."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.custom.connector import CustomConnector
from connectors.custom.standin import running

PORT = 8037


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel; the secret is made anew, since whoever knows it can write in anybody's name."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return {"secret": secret, "send_url": f"http://127.0.0.1:{port}/messages"}


@contextmanager
def stand_in(channels: Sequence[CustomConnector]) -> Iterator[list[str]]:
    """Serve the first channel that sends to this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.send_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    port = httpx.URL(ours[0].settings.send_url).port or PORT
    with running(ours[0].settings.secret, port=port) as standin:
        yield [f"The other system of the API channel: {standin.base} takes what we post."]
