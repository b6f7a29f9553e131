"""X's API over httpx, signed with OAuth 1.0a; errors that tell whether the request ever left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from oauthlib.oauth1 import Client

from connectors import http
from connectors.guard import Guard
from connectors.x_dm.settings import XSettings
from inbox.contract import (
    ChannelBroken,
    ContractError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

Method = Literal["GET", "POST"]
BASE = "https://api.x.com"
TIMEOUT = timedelta(seconds=15)
# Raised before a byte of the request was sent (httpx: Exceptions); after any other, X may have it.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def authorization(settings: XSettings, method: Method, url: str) -> dict[str, str]:
    """The header for a request whose body is no form (RFC 5849 §3.4.1.3: then it is not signed)."""
    client = Client(
        settings.consumer_key, settings.consumer_secret, settings.access_token, settings.access_token_secret
    )
    _, headers, _ = client.sign(url, http_method=method)
    return {"Authorization": str(headers["Authorization"])}


def call(settings: XSettings, method: Method, path: str, **sent: Any) -> Mapping[str, Any]:
    """The answer's JSON. `sent` is httpx's json or files. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown."""
    url = (settings.api_url or BASE).rstrip("/") + path
    headers = authorization(settings, method, url)
    try:
        with http.client(Guard(TIMEOUT)) as client:
            answer = client.request(method, http.checked(url), headers=headers, **sent)
    except NEVER_LEFT as error:
        raise TemporaryFailure("X cannot be reached now.", code="unreachable") from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown("The connection to X ended before it answered.", code="no_answer") from error
    said = _json(answer)
    if not answer.is_success:
        raise refusal(answer.status_code, said, answer.headers)
    return said


def refusal(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> ContractError:
    """What an answer that is not 2xx means (docs: response codes and errors)."""
    code, detail = f"http_{status}", str(said.get("detail") or said.get("title") or "")[:200]
    if status == 429:
        reason = "X asks us to slow down. It is tried again by itself."
        return TemporaryFailure(reason, code=code, retry_after=_reset(headers), whole_channel=True)
    if status in {500, 503}:
        return TemporaryFailure("X has a fault. It is tried again by itself.", code=code)
    if status > 500:
        return OutcomeUnknown("X's gateway broke off; nobody knows whether the message went.", code=code)
    if status == 401:
        return ChannelBroken(
            "X refuses our keys. Enter the current ones in the channel's settings.", code=code
        )
    if (
        status == 402
        or "client-not-enrolled" in str(said.get("type"))
        or said.get("reason") == "client-not-enrolled"
    ):
        return ChannelBroken(
            "X's plan for our app does not allow this. Choose a paid plan in its portal.", code=code
        )
    if status == 403 and "DM" in detail:
        return PermanentFailure(
            "This person takes no direct messages from us. They must follow us or write first.", code=code
        )
    return PermanentFailure(f"X refused it: {detail or status}", code=code)


def _reset(headers: Mapping[str, str]) -> timedelta | None:
    """X says when, in seconds since 1970 (docs: rate limits)."""
    moment = headers.get("x-rate-limit-reset", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 12):
        return http.retry_after(headers)
    left = timedelta(seconds=int(moment) - datetime.now(UTC).timestamp())
    return min(max(left, timedelta(seconds=1)), timedelta(days=1))


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
