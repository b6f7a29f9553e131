"""Plays Meta's signing, for tests and `manage.py simulate`. Its API is standin.py."""

from connectors.meta.standin import sign

__all__ = ["SETTINGS", "sign"]

SETTINGS = {
    "app_id": "1517776481860222",
    "app_secret": "app-secret-of-the-samples",
    "access_token": "account-token-of-the-samples",
    "verify_token": "verify-token-of-the-samples",
    "account_id": "17841405309211844",
    "graph_url": "{provider}/v26.0",
}
