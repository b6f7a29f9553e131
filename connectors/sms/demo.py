"""The demo's SMS: settings for a channel of a made-up account, and the stand-in of Twilio that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.sms.connector import SmsConnector
from connectors.sms.standin.server import running
from connectors.twilio.signature import RETRIES
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import sid

PORT = 8025
# From the range Ofcom keeps for drama; nobody's telephone rings.
NUMBER = "+442079460123"


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The token is made anew, since whoever knows it can text in anybody's name."""
    return {
        "account_sid": sid("AC"),
        "auth_token": secrets.token_hex(16),
        "number": NUMBER,
        "api_url": f"http://127.0.0.1:{port}",
    }


@contextmanager
def stand_in(channels: Sequence[SmsConnector]) -> Iterator[list[str]]:
    """Serve the channels whose API address is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT and localhost:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.api_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    first = ours[0].settings
    account = Account(first.account_sid, first.auth_token)
    for each in ours:
        if each.settings.account_sid == account.sid:
            account.add_number(each.settings.number, each.channel.hook_url + RETRIES)
    port = httpx.URL(first.api_url).port or PORT
    with running(account, port=port, automatic=True) as standin:
        yield [f"Text as a customer: {standin.base} (no real SMS is sent)"]
