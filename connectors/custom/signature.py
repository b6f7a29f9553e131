"""Signing and verifying as standard-webhooks 1.0 says (github.com/standard-webhooks), both ways; and the weaker bearer token."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from inbox.contract import BadSignature, Request

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
# Nobody rotates more than a few secrets at once; each one costs an HMAC.
MOST_SIGNATURES = 10


def key(secret: str) -> bytes:
    """The bytes of `whsec_<base64>`, padded or not; any other text is its own bytes."""
    text = secret.removeprefix(PREFIX)
    if text == secret:
        return secret.encode()
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()


def signed(secrets: Iterable[str], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers, with a signature for each secret."""
    seconds = str(int(at.timestamp()))
    digests = [f"v1,{_digest(each, message_id, seconds, body).decode()}" for each in secrets]
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": " ".join(digests)}


def verify(request: Request, secrets: Iterable[str]) -> None:
    """Raises BadSignature unless one of `secrets` signed these bytes within five minutes of now."""
    message_id, seconds = request.header("webhook-id"), request.header("webhook-timestamp")
    if not message_id:
        raise BadSignature("The request has no webhook-id.")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        raise BadSignature("The request's webhook-timestamp is no time.")
    if abs(request.received_at.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise BadSignature("The request was signed more than 5 minutes ago, or a clock is wrong.")
    given = [
        each.removeprefix("v1,").encode()
        for each in request.header("webhook-signature").split(" ")[:MOST_SIGNATURES]
        if each.startswith("v1,")
    ]
    for secret in secrets:
        expected = _digest(secret, message_id, seconds, request.body)
        if any(hmac.compare_digest(expected, each) for each in given):
            return
    raise BadSignature("No signature fits the signing secret.")


def verify_bearer(request: Request, token: str) -> None:
    """Raises BadSignature unless `Authorization: Bearer <token>` (RFC 6750) fits and a token is set at all."""
    scheme, _, given = request.header("authorization").partition(" ")
    if not token:
        raise BadSignature("The request is not signed.")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise BadSignature("The request is neither signed nor has the bearer token.")


def _digest(secret: str, message_id: str, seconds: str, body: bytes) -> bytes:
    content = f"{message_id}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(key(secret), content, hashlib.sha256).digest())
