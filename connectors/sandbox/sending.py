"""One message → one signed POST to the sandbox's receiver, and its answer → Accepted or the contract's errors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import httpx

from connectors import http
from connectors.guard import Guard
from inbox.contract import (
    Accepted,
    ChannelBroken,
    Health,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

TIMEOUT = timedelta(seconds=10)
# The request cannot have been taken when one of these is raised (httpx: Exceptions).
NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def send(message: OutboundMessage, *, url: str, secret: str) -> Accepted:
    """Post it. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown."""
    if not url:
        raise PermanentFailure("This channel only receives: its “Send to” is empty.", code="no_address")
    answer = _post(url, secret, message.key, _payload(message))
    data = _json(answer)
    if answer.is_success and data.get("id"):
        return Accepted(external_id=str(data["id"]))
    _refused(answer, str(data.get("error", "")), str(data.get("reason", "")))
    raise OutcomeUnknown("The receiver answered without an id, so nobody knows whether it took the message.")


def check(url: str, *, secret: str) -> Health:
    """Post a ping and tell what came back."""
    try:
        answer = _post(url, secret, "ping", {"ping": True})
    except (TemporaryFailure, PermanentFailure, OutcomeUnknown) as error:
        return Health(ok=False, lines=(error.reason,))
    return Health(ok=answer.is_success, lines=(f"{url} answered {answer.status_code}.",))


def _payload(message: OutboundMessage) -> dict[str, Any]:
    files = [
        {"name": f.name, "type": f.content_type, "base64": base64.b64encode(f.content or b"").decode()}
        for f in message.files
    ]
    written: dict[str, Any] = {"to": message.to.value, "text": message.text}
    return written | ({"files": files} if files else {})


def _post(url: str, secret: str, key: str, payload: dict[str, Any]) -> httpx.Response:
    body = json.dumps(payload).encode()
    sent = str(int(time.time()))
    digest = hmac.new(secret.encode(), sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-Sandbox-Signature": f"t={sent},v1={digest}",
    }
    with http.client(Guard(TIMEOUT)) as client:
        try:
            return client.post(http.checked(url), content=body, headers=headers)
        except NEVER_ARRIVED as error:
            raise TemporaryFailure("The receiver could not be reached.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(
                "The connection ended before the receiver answered.", code="no_answer"
            ) from error


def _refused(answer: httpx.Response, code: str, reason: str) -> None:
    """Raise what an answer without success means; return if it means nothing we know."""
    status = answer.status_code
    if status in (401, 403):
        raise ChannelBroken("The receiver refuses our signature. Check the signing secret.", code=code)
    if status in (408, 425, 429) or status >= 500:
        wait = http.retry_after(answer.headers)
        raise TemporaryFailure(f"The receiver is busy ({status}).", code=code, retry_after=wait)
    if 400 <= status < 500:
        raise PermanentFailure(reason or f"The receiver refuses the message ({status}).", code=code)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        data = answer.json()
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
