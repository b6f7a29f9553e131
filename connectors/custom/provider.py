"""Plays the other system's signing, for tests and `manage.py simulate`."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta

from connectors.custom import signature
from connectors.custom.settings import CustomSettings
from inbox.contract import Request

SETTINGS = {"secret": "whsec_c2FtcGxlcy1vbmx5LW5vdC1hLXJlYWwtc2VjcmV0", "send_url": "{provider}/messages"}
STALE = timedelta(minutes=6)


def sign(request: Request, settings: CustomSettings) -> Request:
    """The three headers of standard-webhooks; the id is the sample's, or made of the body."""
    message_id = request.header("webhook-id") or f"msg_{hashlib.sha256(request.body).hexdigest()[:24]}"
    headers = signature.signed(
        (settings.secret,), message_id=message_id, at=request.received_at, body=request.body
    )
    return dataclasses.replace(request, headers={**request.headers, **headers})
