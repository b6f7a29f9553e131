"""One message → one POST to the post office, and its answer → Accepted or the contract's errors."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx

from connectors import http
from connectors.guard import Guard
from inbox.contract import (
    Accepted,
    ChannelBroken,
    ContractError,
    Health,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

TIMEOUT = timedelta(seconds=10)
# The request cannot have been taken when one of these is raised (httpx: Exceptions).
NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def send(message: OutboundMessage, *, office: str, token: str) -> Accepted:
    """Hand it in. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown."""
    letter: dict[str, Any] = {"to": message.to.value, "text": message.text}
    if message.in_reply_to:
        letter["answers"] = message.in_reply_to
    for file in message.files:
        encoded = base64.b64encode(file.content or b"").decode()
        letter["picture"] = {"name": file.name, "type": file.content_type, "base64": encoded}
    answer = ask("POST", f"{office}/letters", token, headers={"Idempotency-Key": message.key}, json=letter)
    try:
        return Accepted(external_id=str(answer.json()["number"]))
    except (ValueError, KeyError, TypeError) as error:
        raise OutcomeUnknown("The post office gave the letter no number.") from error


def check(*, office: str, token: str) -> Health:
    """Ask which loft is ours."""
    try:
        answer = ask("GET", f"{office}/lofts/ours", token)
    except ContractError as error:
        return Health(ok=False, lines=(error.reason,), broken=isinstance(error, ChannelBroken))
    return Health(ok=True, lines=(f"The post office knows us: {answer.text}.",))


def ask(
    method: str, url: str, token: str, *, headers: dict[str, str] | None = None, json: Any = None
) -> httpx.Response:
    """One request, and a good answer to it. Raises like `send`."""
    shown = {"Authorization": f"Bearer {token}", **(headers or {})}
    with http.client(Guard(TIMEOUT)) as client:
        try:
            answer = client.request(method, http.checked(url), headers=shown, json=json)
        except NEVER_ARRIVED as error:
            raise TemporaryFailure("The post office could not be reached.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown("The post office did not answer.", code="no_answer") from error
    if answer.status_code == 401:
        raise ChannelBroken("The post office refuses our token.")
    if answer.status_code == 429 or answer.is_server_error:
        wait = http.retry_after(answer.headers)
        raise TemporaryFailure(f"All birds are out ({answer.status_code}).", retry_after=wait)
    if not answer.is_success:
        raise PermanentFailure(f"The post office does not take the letter ({answer.status_code}).")
    return answer
