"""Plays Telegram's webhook, for tests and `manage.py simulate`. Its API is connectors/telegram/standin.py."""

from __future__ import annotations

import dataclasses

from connectors.telegram.connector import HEADER
from connectors.telegram.settings import TelegramSettings
from inbox.contract import Request

SETTINGS = {
    "bot_token": "7000000001:AA-token-of-the-samples-0123456789",
    "username": "northwool_bot",
    "api_url": "{provider}",
}

# A secret in a header is all that Telegram sends (docs: setWebhook).
SIGNS_BODY = False


def sign(request: Request, settings: TelegramSettings) -> Request:
    """The same request with the secret that we gave to setWebhook."""
    return dataclasses.replace(request, headers={**request.headers, HEADER.lower(): settings.hook_secret})
