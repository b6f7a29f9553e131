"""Meta's webhooks: the handshake and X-Hub-Signature-256 (docs: graph-api/webhooks/getting-started). What is in them: reading.py."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from inbox.contract import BadSignature, Request, Response

HEADER = "x-hub-signature-256"
MODE, TOKEN, CHALLENGE = "hub.mode", "hub.verify_token", "hub.challenge"


def signature(secret: str, body: bytes) -> str:
    """The header's value for these raw bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(request: Request, *, secrets: Iterable[str], verify_token: str) -> None:
    """Raise BadSignature unless one of `secrets` signed the body, or a GET carries the verify token. No time is signed: only an
    event's own key stops a replay."""
    if request.method == "GET":
        _verify_handshake(request, verify_token)
        return
    sent = request.header(HEADER).encode()
    # All are computed, so that the time tells nothing.
    fits = [
        hmac.compare_digest(signature(secret, request.body).encode(), sent) for secret in secrets if secret
    ]
    if not any(fits):
        raise BadSignature("Meta's signature does not fit the app secret.")


def challenge(request: Request) -> Response | None:
    """The handshake's answer: what Meta sent, back as it is. None to anything but a handshake."""
    given = _query(request)
    return (
        Response(body=given[CHALLENGE].encode()) if request.method == "GET" and CHALLENGE in given else None
    )


def _verify_handshake(request: Request, verify_token: str) -> None:
    given = _query(request)
    if not all(name.startswith("hub.") for name in given):
        raise BadSignature("This is not Meta's handshake.")
    sent = given.get(TOKEN, "")
    if not verify_token or not hmac.compare_digest(sent.encode(), verify_token.encode()):
        raise BadSignature("The verify token is not the one of this channel's settings.")
    if given.get(MODE) != "subscribe" or CHALLENGE not in given:
        raise BadSignature("This is not Meta's handshake.")


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True, errors="replace"))
