"""Plays Twilio's signing, for tests and `manage.py simulate`. Its whole API is standin/ beside this file."""

from __future__ import annotations

import dataclasses

from twilio.request_validator import RequestValidator

from connectors.twilio.settings import TwilioSettings
from connectors.twilio.signature import Form, form
from inbox.contract import Request

SETTINGS = {
    "account_sid": "AC00000000000000000000000000000001",
    "auth_token": "auth-token-of-the-samples",
    "number": "+14155238886",
    "api_url": "{provider}",
}


def sign(request: Request, settings: TwilioSettings) -> Request:
    """The same request with X-Twilio-Signature as Twilio computes it. It holds no time, so nothing is ever stale."""
    fields = Form() if request.method == "GET" else form(request)
    digest = RequestValidator(settings.auth_token).compute_signature(request.url, fields)
    return dataclasses.replace(request, headers={**request.headers, "x-twilio-signature": digest})
