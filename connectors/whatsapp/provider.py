"""Plays Meta's signing, for tests and `manage.py simulate`. Its whole API is connectors/whatsapp/standin/."""

from __future__ import annotations

from connectors.meta.standin import sign

__all__ = ["SETTINGS", "sign"]

SETTINGS = {
    "app_id": "900000000000001",
    "app_secret": "app-secret-of-the-samples",
    "access_token": "access-token-of-the-samples",
    "verify_token": "verify-token-of-the-samples",
    "phone_number_id": "106540352242922",
    "waba_id": "102290129340398",
    "portfolio_id": "506914307656634",
    "graph_url": "{provider}/v26.0",
}
