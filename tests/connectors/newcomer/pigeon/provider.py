"""Plays the post office, for tests and `manage.py simulate`."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from connectors.pigeon.connector import PigeonSettings, sealed

from inbox.contract import Request

SETTINGS = {"seal": "seal-of-the-samples", "token": "token-of-the-samples", "office": "{provider}"}

# One minute past the tolerance.
STALE = timedelta(minutes=6)


def sign(request: Request, settings: PigeonSettings) -> Request:
    """The same request with the seal the post office would set at `received_at`."""
    sent = str(int(request.received_at.timestamp()))
    seal = sealed(settings.seal, sent, request.body)
    return dataclasses.replace(request, headers={**request.headers, "pigeon-seal": f"{sent}.{seal}"})
