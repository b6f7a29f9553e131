"""Plays Slack's signing, for tests and `manage.py simulate`. Its whole API is connectors/slack/standin/."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from slack_sdk.signature import SignatureVerifier

from connectors.slack.settings import SlackSettings
from connectors.slack.signature import SIGNATURE, TIMESTAMP
from inbox.contract import Request

SETTINGS = {
    "bot_token": "xoxb-token-of-the-samples",
    "signing_secret": "signing-secret-of-the-samples",
    "companies": ["C0ACME = Acme Ltd"],
    "notice_channel": "C0TEAM",
    "team_id": "T0SHOP",
    "api_url": "{provider}",
}

# One minute past the tolerance.
STALE = timedelta(minutes=6)


def sign(request: Request, settings: SlackSettings) -> Request:
    """The same request with the signature Slack would make at `received_at`."""
    sent = str(int(request.received_at.timestamp()))
    digest = SignatureVerifier(settings.signing_secret).generate_signature(timestamp=sent, body=request.body)
    return dataclasses.replace(request, headers={**request.headers, TIMESTAMP: sent, SIGNATURE: str(digest)})
