"""Telegram's Bot API over httpx: one deadline for all calls of a job, and the token kept out of logs and errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from connectors import http
from connectors.guard import Guard
from connectors.sniff import sniff
from connectors.telegram.errors import Refused
from connectors.telegram.settings import TelegramSettings
from inbox.contract import File, OutcomeUnknown, PermanentFailure, TemporaryFailure

BASE = "https://api.telegram.org"
TIMEOUT = timedelta(seconds=20)
# For what carries files, 50 MB at most.
LONG = timedelta(seconds=75)
# docs: getFile. A server of one's own has no limit; then this is ours.
MAX_DOWNLOAD = 20_000_000
# Raised before a byte of the request was sent (httpx: Exceptions); after any other, Telegram may have it.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# Stands in every address for the token, which the transport writes in at the last moment.
UNSEEN = "bot*"


class Hidden(httpx.BaseTransport):
    """Writes the token into the path only after httpx has logged the address and made its errors from it."""

    def __init__(self, inner: httpx.BaseTransport, token: str) -> None:
        self.inner = inner
        self.token = token

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.replace(UNSEEN.encode(), f"bot{self.token}".encode(), 1)
        url = request.url.copy_with(raw_path=path)
        return self.inner.handle_request(
            httpx.Request(
                request.method,
                url,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    def close(self) -> None:
        self.inner.close()


class Api:
    """Calls for one channel within `timeout` altogether. Raises ChannelBroken at once if the token cannot be one."""

    def __init__(self, settings: TelegramSettings, *, timeout: timedelta = TIMEOUT) -> None:
        self.bot = settings.bot
        self.token = settings.bot_token
        self.base = (settings.api_url or BASE).rstrip("/")
        self.guard = Guard(timeout)

    def call(
        self, method: str, fields: Mapping[str, Any] | None = None, files: Mapping[str, File] | None = None
    ) -> Any:
        """The `result` of a method. Raises Refused, TemporaryFailure (it never left) or OutcomeUnknown (no answer that can be read)."""
        url = http.checked(f"{self.base}/{UNSEEN}/{method}")
        try:
            with self._client() as client:
                answer = client.post(url, **_body(fields or {}, files or {}))
        except NEVER_LEFT as error:
            raise TemporaryFailure("Telegram cannot be reached now.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(
                "The connection to Telegram ended before it answered.", code="no_answer"
            ) from error
        return _result(answer)

    def download(self, path: str) -> tuple[bytes, str]:
        """The bytes of a `file_path` that getFile gave, and what they are. Raises TemporaryFailure or PermanentFailure."""
        url = http.checked(f"{self.base}/file/{UNSEEN}/{path}")
        content = bytearray()
        try:
            with self._client() as client, client.stream("GET", url) as answer:
                if answer.status_code == 429 or answer.is_server_error:
                    raise TemporaryFailure("Telegram is busy.", code=f"http_{answer.status_code}")
                if not answer.is_success:
                    raise PermanentFailure(
                        "Telegram no longer has the file.", code=f"http_{answer.status_code}"
                    )
                for part in answer.iter_raw():
                    content += part
                    if len(content) > MAX_DOWNLOAD:
                        raise PermanentFailure("The file is larger than 20 MB.", code="too_large")
        except httpx.HTTPError as error:
            raise TemporaryFailure("Telegram did not give the file.", code="unreachable") from error
        return bytes(content), answer.headers.get("content-type", "")

    def _client(self) -> httpx.Client:
        transport = Hidden(http.GuardedTransport(self.guard), self.token)
        return httpx.Client(
            transport=transport, trust_env=False, timeout=self.guard.seconds, headers=http.PLAIN
        )


def fetch(file: File, settings: TelegramSettings) -> File:
    """The file behind a `file_id`. Raises TemporaryFailure or PermanentFailure, and ChannelBroken or Refused for the first call."""
    api = Api(settings, timeout=LONG)
    path = api.call("getFile", {"file_id": file.url})["file_path"]
    content, declared = api.download(path)
    # Telegram serves everything as octet-stream: then what the message said is the better hint.
    said = file.content_type if declared in {"", "application/octet-stream"} else declared
    return File(
        name=file.name,
        content_type=sniff(content, said),
        content=content,
        url=file.url,
        size=len(content),
        inline=file.inline,
    )


def _body(fields: Mapping[str, Any], files: Mapping[str, File]) -> dict[str, Any]:
    """JSON, or multipart as soon as bytes go along (docs: Making requests)."""
    if not files:
        return {"json": dict(fields)}
    written = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in fields.items()
    }
    parts = {name: (each.name, each.content or b"", each.content_type) for name, each in files.items()}
    return {"data": written, "files": parts}


def _result(answer: httpx.Response) -> Any:
    """Raises Refused, or OutcomeUnknown for a gateway's page: behind it the call may have been carried out."""
    try:
        data = answer.json()
    except ValueError:
        data = None
    if not isinstance(data, dict) or "ok" not in data:
        if answer.is_success or answer.status_code in {502, 504}:
            raise OutcomeUnknown(
                "Telegram's answer cannot be read; nobody knows whether it took the message.",
                code="bad_answer",
            )
        data = {}
    if data.get("ok") is True:
        return data.get("result")
    given = data.get("parameters")
    raise Refused(
        int(data.get("error_code") or answer.status_code),
        str(data.get("description") or ""),
        given if isinstance(given, dict) else {},
    )
