"""Plays X's signing, for tests and `manage.py simulate`."""

from __future__ import annotations

import dataclasses
from urllib.parse import urlsplit

from connectors.x_dm import signature
from connectors.x_dm.settings import XSettings
from inbox.contract import Request

SETTINGS = {
    "user_id": "4337869213",
    "consumer_key": "key-of-the-samples",
    "consumer_secret": "consumer-secret-of-the-samples",
    "access_token": "4337869213-token",
    "access_token_secret": "token-secret-of-the-samples",
    "api_url": "{provider}",
}


def sign(request: Request, settings: XSettings) -> Request:
    """The same request with x-twitter-webhooks-signature. It holds no time, so nothing is ever stale."""
    content = urlsplit(request.url).query.encode() if request.method == "GET" else request.body
    signed = {signature.HEADER: signature.digest(settings.consumer_secret, content)}
    return dataclasses.replace(request, headers={**request.headers, **signed})
