"""LINE's Messaging API over httpx: one deadline for all calls of a job, the token only to LINE's own hosts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from connectors import http
from connectors.guard import Guard
from connectors.line.errors import Refused
from connectors.line.settings import LineSettings
from connectors.sniff import sniff
from inbox.contract import File, OutcomeUnknown, PermanentFailure, TemporaryFailure

# docs: Domain name
API, DATA = "https://api.line.me", "https://api-data.line.me"
TIMEOUT = timedelta(seconds=20)
LONG = timedelta(seconds=60)
MAX_DOWNLOAD = 30_000_000
# Raised before a byte of the request was sent (httpx: Exceptions); after any other, LINE may have it.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Api:
    """Calls for one channel within `timeout` altogether."""

    def __init__(self, settings: LineSettings, *, timeout: timedelta = TIMEOUT) -> None:
        own = settings.api_url.rstrip("/")
        self.api, self.data = own or API, own or DATA
        self.headers = {**http.PLAIN, "Authorization": f"Bearer {settings.access_token}"}
        self.guard = Guard(timeout)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, retry_key: str = ""
    ) -> dict[str, Any]:
        """The answer's JSON. Raises Refused, TemporaryFailure (it never left) or OutcomeUnknown (no answer that can be read)."""
        headers = {"X-Line-Retry-Key": retry_key} if retry_key else {}
        try:
            with http.client(self.guard) as client:
                answer = client.request(
                    method,
                    http.checked(f"{self.api}{path}"),
                    json=dict(body) if body is not None else None,
                    headers=self.headers | headers,
                )
        except NEVER_LEFT as error:
            raise TemporaryFailure("LINE cannot be reached now.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(
                "The connection to LINE ended before it answered.", code="no_answer"
            ) from error
        return _result(answer)

    def content(self, message_id: str) -> tuple[bytes, str]:
        """The bytes of a message's file and the type LINE gives. Raises TemporaryFailure or PermanentFailure."""
        url = http.checked(f"{self.data}/v2/bot/message/{message_id}/content")
        content = bytearray()
        try:
            with http.client(self.guard) as client, client.stream("GET", url, headers=self.headers) as answer:
                _check(answer.status_code)
                for part in answer.iter_raw():
                    content += part
                    if len(content) > MAX_DOWNLOAD:
                        raise PermanentFailure("The file is larger than 30 MB.", code="too_large")
        except httpx.HTTPError as error:
            raise TemporaryFailure("LINE did not give the file.", code="unreachable") from error
        return bytes(content), answer.headers.get("content-type", "")


def fetch(file: File, settings: LineSettings) -> File:
    """A file at LINE (its `url` is the message's id), or wherever else it is: there our token does not go."""
    if file.url.isascii() and file.url.isdigit():
        content, declared = Api(settings, timeout=LONG).content(file.url)
        kind = sniff(content, declared or file.content_type)
    else:
        got = http.fetch(file.url, guard=Guard(http.TIMEOUT))
        content, kind = got.content, got.content_type
    return File(
        name=file.name,
        content_type=kind,
        content=content,
        url=file.url,
        size=len(content),
        inline=file.inline,
    )


def _check(status: int) -> None:
    """Raises unless the content is there. 202: a large film is still being prepared (docs: Get content)."""
    if status == 202:
        raise TemporaryFailure("LINE is still preparing the file.", code="202")
    if status in {401, 429} or status >= 500:
        raise TemporaryFailure(f"LINE does not give the file now ({status}).", code=str(status))
    if not 200 <= status < 300:
        raise PermanentFailure(
            "LINE no longer has the file: it was taken back or is too old.", code=str(status)
        )


def _result(answer: httpx.Response) -> dict[str, Any]:
    try:
        data = answer.json()
    except ValueError:
        data = None
    if answer.is_success and isinstance(data, dict):
        return data
    if answer.is_success:
        raise OutcomeUnknown("LINE's answer cannot be read.", code="bad_answer")
    given = data if isinstance(data, dict) else {}
    details = given.get("details")
    said = [
        f"{each.get('message', '')} ({each.get('property', '')})"
        for each in (details if isinstance(details, list) else [])
        if isinstance(each, dict)
    ]
    raise Refused(
        answer.status_code,
        str(given.get("message") or ""),
        "; ".join(said),
        headers=answer.headers,
        ids=ids_of(given),
    )


def ids_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of what was sent (docs: sentMessages)."""
    sent = data.get("sentMessages")
    return tuple(
        str(each["id"])
        for each in (sent if isinstance(sent, list) else [])
        if isinstance(each, dict) and each.get("id")
    )
