"""Plays Meta's signing, for tests and `manage.py simulate`. Its API is standin.py."""

from connectors.meta.standin import sign

__all__ = ["SETTINGS", "sign"]

SETTINGS = {
    "app_id": "1517776481860111",
    "app_secret": "app-secret-of-the-samples",
    "access_token": "page-token-of-the-samples",
    "verify_token": "verify-token-of-the-samples",
    "page_id": "104512349876543",
    "graph_url": "{provider}/v26.0",
}
