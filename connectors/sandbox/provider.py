"""Plays the sandbox's sender, for tests and `manage.py simulate`."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from connectors.sandbox.connector import SandboxSettings, signature
from inbox.contract import Request

SETTINGS = {"secret": "sandbox-secret-of-the-samples", "send_url": "{provider}/messages"}

# One minute past the tolerance.
STALE = timedelta(minutes=6)


def sign(request: Request, settings: SandboxSettings) -> Request:
    """The same request with the signature the sender would make at `received_at`."""
    sent = str(int(request.received_at.timestamp()))
    digest = signature(settings.secret, sent, request).decode()
    return dataclasses.replace(
        request, headers={**request.headers, "x-sandbox-signature": f"t={sent},v1={digest}"}
    )
