"""Plays LINE's signing, for tests and `manage.py simulate`. Its API is connectors/line/standin/."""

from __future__ import annotations

import dataclasses

from connectors.line.connector import HEADER, signature
from connectors.line.settings import LineSettings
from inbox.contract import Request

SETTINGS = {
    "channel_secret": "channel-secret-of-the-samples",
    "access_token": "access-token-of-the-samples",
    "basic_id": "@northwool",
    "bot_id": "U00000000000000000000000000000001",
    "api_url": "{provider}",
}


def sign(request: Request, settings: LineSettings) -> Request:
    """The same request with X-Line-Signature. It holds no time, so nothing is ever stale."""
    digest = signature(settings.channel_secret, request.body).decode()
    return dataclasses.replace(request, headers={**request.headers, HEADER.lower(): digest})
