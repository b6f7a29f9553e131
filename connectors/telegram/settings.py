"""What an admin types in to connect a Telegram bot, and what follows from it."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from inbox.contract import ChannelBroken, setting

# <bot id>:<35 characters> today; their number is not promised.
TOKEN = re.compile(r"([0-9]+):[A-Za-z0-9_-]+")
NOT_ONE = "This is no bot token. Copy the line “123456:ABC…” that BotFather gave into the channel's settings."


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """One bot. Its token is all that is needed; the rest is made from it or filled in by the check."""

    bot_token: str = setting(
        "Bot token",
        secret=True,
        placeholder="123456:ABC…",
        help="@BotFather in Telegram gives it to you: /newbot, or /mybots → API Token.",
    )
    phone_button: str = setting(
        "Button that asks for the phone number",
        default="Share my phone number",
        help="Offer a button with exactly these words, and Telegram asks the customer to share their own number.",
    )
    username: str = setting(
        "Bot's name",
        default="",
        placeholder="my_shop_bot",
        group="Advanced",
        help="Filled in by “Check connection”.",
    )
    api_url: str = setting(
        "API address",
        default="",
        group="Advanced",
        help="Only for a Bot API server of your own, or a test server. If it is inside a private network, "
        "GUARDED_HTTP_ALLOW must name it.",
    )

    @property
    def bot(self) -> str:
        """The bot's id at Telegram. Raises ChannelBroken if there is no token."""
        found = TOKEN.fullmatch(self.bot_token)
        if not found:
            raise ChannelBroken(NOT_ONE, code="no_token")
        return found[1]

    @property
    def hook_secret(self) -> str:
        """What Telegram sends with each update. Made from the token, so that there is nothing more to type in and to keep secret.

        "" without a token: then nothing is to be let in.
        """
        if not TOKEN.fullmatch(self.bot_token):
            return ""
        return hmac.new(self.bot_token.encode(), b"the secret of our webhook", hashlib.sha256).hexdigest()
