"""The demo's Telegram: settings for a channel of a made-up bot, and the stand-in that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from connectors.telegram.connector import TelegramConnector
from connectors.telegram.standin.bot import Bot
from connectors.telegram.standin.page import CUSTOMER
from connectors.telegram.standin.server import running

PORT = 8034
# What the story of the demo calls this channel.
STORY = "bot"


def settings(*, port: int = PORT) -> dict[str, str]:
    """For a new channel. The token is made anew, since whoever knows it can write in anybody's name."""
    return {
        "bot_token": f"7000000002:{secrets.token_hex(16)}",
        "username": "northwool_bot",
        "api_url": f"http://127.0.0.1:{port}",
    }


@contextmanager
def stand_in(channels: Sequence[TelegramConnector]) -> Iterator[list[str]]:
    """Serve the first channel whose API address is on this machine until the block ends; gives lines for a person.

    GUARDED_HTTP_ALLOW must name 127.0.0.1:PORT. Raises OSError if the port is taken.
    """
    ours = [each for each in channels if httpx.URL(each.settings.api_url).host == "127.0.0.1"]
    if not ours:
        yield []
        return
    first = ours[0]
    bot = Bot(first.settings.bot_token, first.settings.username, plain_webhooks=True)
    bot.webhook = {"url": first.channel.hook_url, "secret_token": first.settings.hook_secret}
    bot.add_chat(CUSTOMER, "Ana")
    port = httpx.URL(first.settings.api_url).port or PORT
    with running(bot, port=port) as standin:
        yield [f"Write as a customer in Telegram: {standin.base} (nothing leaves this machine)"]
