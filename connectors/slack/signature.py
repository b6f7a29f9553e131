"""Whether Slack signed a request (docs: authentication/verifying-requests-from-slack), by its SDK's verifier."""

from __future__ import annotations

from slack_sdk.signature import Clock, SignatureVerifier

from inbox.contract import Request

SIGNATURE, TIMESTAMP = "x-slack-signature", "x-slack-request-timestamp"


class Arrival(Clock):
    """The verifier's clock: when the request came, not when we look at it."""

    def __init__(self, request: Request) -> None:
        self.at = request.received_at.timestamp()

    def now(self) -> float:
        return self.at


def is_signed(request: Request, secret: str) -> bool:
    """Over the time and the raw body, compared in constant time, at most five minutes off."""
    verifier = SignatureVerifier(secret, Arrival(request))
    try:
        return verifier.is_valid(request.body, request.header(TIMESTAMP), request.header(SIGNATURE))
    except (ValueError, TypeError):
        # A time that is no number, a body that is no UTF-8, a signature that is no ASCII: none of it is Slack's.
        return False
