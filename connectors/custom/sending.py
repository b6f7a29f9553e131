"""One message → one signed POST, and its answer → Accepted or the contract's errors. The format: README.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors import http
from connectors.custom import signature
from connectors.custom.settings import CustomSettings
from connectors.guard import Guard
from inbox.contract import (
    Accepted,
    Address,
    ChannelBroken,
    ChannelInfo,
    ContractError,
    Health,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

TIMEOUT = timedelta(seconds=15)
MOST_SENT = 1_000_000
MOST_READ = 64_000
# The request cannot have been taken when one of these is raised (httpx: Exceptions).
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
GONE = {401: "refuses our signature", 403: "refuses us", 404: "knows no such address", 410: "is gone"}


def send(message: OutboundMessage, settings: CustomSettings, channel: ChannelInfo) -> Accepted:
    """Post it. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown."""
    if not settings.send_url:
        raise PermanentFailure("This channel only receives: its “Send to” is empty.", code="no_address")
    status, said, headers = post(settings, message.key, payload(message, channel))
    if 200 <= status < 300:
        return Accepted(external_id=str(said.get("external_id") or message.public_id)[:200])
    raise refusal(status, said, headers)


def payload(message: OutboundMessage, channel: ChannelInfo) -> dict[str, Any]:
    """Empty fields are left out."""
    files = [
        {"name": each.name, "type": each.content_type, "size": each.size, "url": each.url}
        for each in message.files
    ]
    written = {
        "type": "message",
        "id": message.public_id,
        "channel": channel.public_id,
        "to": _person(message.to, channel),
        "text": message.text,
        "html": message.html,
        "files": files,
        "in_reply_to": message.in_reply_to,
        "thread_key": message.thread_key,
        "public": message.public,
        "choices": list(message.choices),
        "author_name": message.author_name,
        "nature": message.nature.value,
    }
    return {name: value for name, value in written.items() if value}


def post(
    settings: CustomSettings, key: str, written: Mapping[str, Any]
) -> tuple[int, Mapping[str, Any], Mapping[str, str]]:
    """(status, what the answer's JSON says, its headers) of a signed POST. The same key is the same request: they may count on it."""
    body = json.dumps(written, ensure_ascii=False).encode()
    if len(body) > MOST_SENT:
        raise PermanentFailure("The message is larger than 1 MB. Shorten it.", code="too_large")
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        **signature.signed(settings.secrets, message_id=key, at=datetime.now(UTC), body=body),
    }
    with http.client(Guard(TIMEOUT)) as client:
        try:
            with client.stream(
                "POST", http.checked(settings.send_url), content=body, headers=headers
            ) as answer:
                return answer.status_code, _said(answer), answer.headers
        except NEVER_LEFT as error:
            raise TemporaryFailure("The receiver cannot be reached now.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(
                "The connection ended before the receiver answered.", code="no_answer"
            ) from error


def refusal(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> ContractError:
    """What an answer that is not 2xx means: the message was not taken."""
    code, reason = str(said.get("code") or f"http_{status}")[:60], str(said.get("reason") or "")[:300]
    if status in {408, 425, 429} or status >= 500:
        return TemporaryFailure(
            reason or f"The receiver is busy ({status}). It is tried again by itself.",
            code=code,
            retry_after=http.retry_after(headers),
            whole_channel=status == 429,
        )
    if status in GONE:
        return ChannelBroken(
            f"The receiver {GONE[status]} ({status}). Check “Send to” and the secret.", code=code
        )
    return PermanentFailure(
        reason or f"The receiver refuses the message ({status}).",
        code=code,
        opted_out=said.get("opted_out") is True,
        undeliverable=said.get("undeliverable") is True,
        window_closed=said.get("window_closed") is True,
    )


def check(settings: CustomSettings) -> Health:
    """A signed ping to the receiver."""
    if not settings.send_url:
        return Health(ok=True, lines=("This channel only receives: its “Send to” is empty.",))
    try:
        status, _, _ = post(settings, f"ping-{datetime.now(UTC):%Y%m%d%H%M%S}", {"type": "ping"})
    except ContractError as error:
        return Health(ok=False, lines=(error.reason,))
    taken = 200 <= status < 300
    advice = "" if taken else " It should answer a signed ping with 200."
    return Health(ok=taken, lines=(f"{settings.send_url} answered {status}.{advice}",))


def _person(to: Address, channel: ChannelInfo) -> dict[str, str]:
    """As they named the person to us."""
    kind, _, value = to.value.removeprefix(f"{channel.public_id}/").partition(":")
    return {"type": kind, "value": value, "name": to.name}


def _said(answer: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of the answer, {} if there is none; never more than a little of it is read."""
    content = b""
    for part in answer.iter_bytes():
        content += part
        if len(content) > MOST_READ:
            return {}
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
