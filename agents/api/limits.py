"""How often a token may ask, how often an address may guess tokens, and how large a request may be."""

from __future__ import annotations

from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from agents.limits import client
from agents.models import ApiToken
from inbox.limits import Limit, network, spend

REQUESTS_OF_TOKEN = Limit("api-token", 600, 60)
FAILURES_OF_IP = Limit("api-failures", 100, 60)
BODY_BYTES = 2 * 2**20


class PerToken(BaseThrottle):
    """REQUESTS_OF_TOKEN, counted over all processes."""

    seconds = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count one. Requests without a token have been refused before."""
        if isinstance(request.auth, ApiToken):
            self.seconds = spend(REQUESTS_OF_TOKEN, str(request.auth.pk))
        return not self.seconds

    def wait(self) -> float:
        """Seconds until the next may come."""
        return self.seconds


def count_failure(request: Request) -> None:
    """Count a token that is none. Raises Throttled."""
    wait = spend(FAILURES_OF_IP, network(client(request)))
    if wait:
        raise Throttled(wait)
