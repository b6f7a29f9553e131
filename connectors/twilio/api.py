"""Twilio's SDK over httpx: one connection per call, one deadline, and errors that tell whether the request ever left."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from connectors import http
from connectors.guard import Guard
from connectors.twilio.settings import EDGES, TwilioSettings
from inbox.contract import OutcomeUnknown, TemporaryFailure

TIMEOUT = timedelta(seconds=15)
# Raised before a byte of the request was sent (httpx: Exceptions); after any other, Twilio may have it.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def twilio(settings: TwilioSettings) -> Client:
    """The SDK's client for one channel."""
    user, password = settings.login
    return Client(
        user,
        password,
        settings.account_sid,
        # An empty mapping would make the SDK read TWILIO_* from the environment: another account's.
        environment={"": ""},
        http_client=Transport(settings.api_url),
        region=None if settings.region == "us1" else settings.region,
        edge=EDGES.get(settings.region) or None,
    )


class Transport(HttpClient):  # type: ignore[misc]  # the SDK is not typed
    """What the SDK asks for, sent by httpx. `base` replaces Twilio's own host, for a stand-in; it passes the guard.

    No connection is kept: one that died in the meantime would make a message's outcome unknown. Raises TemporaryFailure if the
    request never left, OutcomeUnknown if it did and no answer came. `headers` are those of the last answer.
    """

    def __init__(self, base: str = "") -> None:
        super().__init__(logging.getLogger("connectors.twilio"), is_async=False)
        self.base = base.rstrip("/")
        self.headers: Mapping[str, str] = {}

    def request(self, method: str, url: str, **asked: Any) -> Response:
        """`asked` is what the SDK passes: params, data, headers, auth; its own timeout and redirect wishes are not used."""
        try:
            with self._client() as client:
                answer = client.request(
                    method,
                    self._address(url),
                    params=asked.get("params"),
                    data=asked.get("data"),
                    headers=asked.get("headers"),
                    auth=asked.get("auth"),
                )
        except NEVER_LEFT as error:
            raise TemporaryFailure("Twilio cannot be reached now.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(
                "The connection to Twilio ended before it answered.", code="no_answer"
            ) from error
        self.headers = answer.headers
        return Response(answer.status_code, answer.text, answer.headers)

    def _client(self) -> httpx.Client:
        if self.base:
            return http.client(Guard(TIMEOUT))
        return httpx.Client(verify=http.tls(), timeout=TIMEOUT.total_seconds())

    def _address(self, url: str) -> httpx.URL:
        if not self.base:
            return httpx.URL(url)
        path = urlsplit(url)
        return http.checked(f"{self.base}{path.path}" + (f"?{path.query}" if path.query else ""))
