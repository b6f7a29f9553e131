"""The demo's WhatsApp at Twilio: settings for a channel of a made-up account, and the stand-in that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.twilio.signature import RETRIES
from connectors.twilio.standin.records import sid
from connectors.whatsapp_twilio.addresses import SCHEME
from connectors.whatsapp_twilio.connector import WhatsAppConnector
from connectors.whatsapp_twilio.standin.account import Account
from connectors.whatsapp_twilio.standin.server import running

PORT = 8039
# From the range Ofcom keeps for drama; nobody's telephone rings.
NUMBER = "+442079460124"


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The token is made anew, since whoever knows it can write in anybody's name."""
    return {
        "account_sid": sid("AC"),
        "auth_token": secrets.token_hex(16),
        "number": NUMBER,
        "api_url": f"http://127.0.0.1:{port}",
    }


@contextmanager
def stand_in(channels: Sequence[WhatsAppConnector]) -> Iterator[list[str]]:
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
            account.add_number(f"{SCHEME}:{each.settings.number}", each.channel.hook_url + RETRIES)
    account.add_content(
        {"twilio/text": {"body": "Hello {{1}}, your parcel {{2}} is on its way."}},
        friendly_name="parcel_on_its_way",
    )
    with running(account, port=httpx.URL(first.api_url).port or PORT, automatic=True) as standin:
        yield [f"WhatsApp at Twilio: {standin.base} takes what we send (no real message leaves)."]
