"""Requests to the Graph API: one connection and one deadline a call, and errors that tell whether the request ever left."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from connectors import http
from connectors.guard import Guard
from connectors.meta.errors import Meanings, refusal
from connectors.meta.reading import Json, mapping, rows, text
from inbox.contract import File, OutcomeUnknown, PermanentFailure, TemporaryFailure

TIMEOUT = timedelta(seconds=20)
# Raised before a byte of the request was sent (httpx: Exceptions); after any other, Meta may have it.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# A list longer than this is cut: nobody has so many templates, posts or subscriptions.
MOST_PAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """One channel's way to Graph. `base` includes the version; it passes the guard, so that a stand-in must be allowed by name.

    Every method raises TemporaryFailure, PermanentFailure, ChannelBroken; those that change something OutcomeUnknown too.
    """

    base: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    meanings: Meanings = field(default_factory=dict, repr=False)

    def get(self, path: str, **params: str) -> Json:
        return self._ask("GET", path, params)

    def post(self, path: str, data: Json, **params: str) -> Json:
        """`data` as JSON."""
        return self._ask("POST", path, params, json=data)

    def delete(self, path: str, **params: str) -> Json:
        return self._ask("DELETE", path, params)

    def upload(self, path: str, fields: Mapping[str, str], file: File) -> Json:
        """A multipart form with one file, its field named `file`. An upload reaches nobody, so a cut one may be made again:
        TemporaryFailure instead of OutcomeUnknown."""
        try:
            return self._ask(
                "POST",
                path,
                {},
                data=fields,
                files={"file": (file.name, file.content or b"", file.content_type)},
            )
        except OutcomeUnknown as error:
            raise TemporaryFailure(
                "The file did not reach Meta. It is tried again by itself.", code=error.code
            ) from error

    def pages(self, path: str, **params: str) -> Iterator[Json]:
        """The rows of a list, page after page by its cursor (docs: graph-api/results)."""
        for _ in range(MOST_PAGES):
            page = self.get(path, **params)
            yield from rows(page.get("data"))
            after = _next(page)
            if not after:
                return
            params["after"] = after

    def as_app(self, app_id: str) -> Graph:
        """The same with the app's own token (docs: facebook-login/guides/access-tokens#apptokens)."""
        token = f"{app_id}|{self.app_secret}"
        return Graph(base=self.base, token=token, app_secret=self.app_secret, meanings=self.meanings)

    def proof(self) -> str:
        """appsecret_proof (docs: graph-api/guides/secure-requests): a stolen token alone is of no use."""
        return hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()

    def _ask(self, method: str, path: str, params: Mapping[str, str], **body: Any) -> Json:
        where = http.checked(f"{self.base.rstrip('/')}/{path.lstrip('/')}")
        query = dict(params) | ({"appsecret_proof": self.proof()} if self.app_secret else {})
        try:
            with http.client(Guard(TIMEOUT)) as client:
                headers = {"Authorization": f"Bearer {self.token}"}
                answer = client.request(method, where, params=query, headers=headers, **body)
        except NEVER_LEFT as error:
            raise TemporaryFailure("Meta cannot be reached now.", code="unreachable") from error
        except httpx.HTTPError as error:
            raise _no_answer(
                method, "The connection to Meta ended before it answered.", "no_answer"
            ) from error
        if not answer.is_success:
            failure = refusal(answer.status_code, answer.text, answer.headers, self.meanings)
            if method == "GET" and isinstance(failure, OutcomeUnknown):
                raise TemporaryFailure("Meta has a fault.", code=failure.code)
            raise failure
        return _document(method, answer)


def _next(page: Json) -> str:
    """The cursor of the next page, "" on the last one, which has no `next` address."""
    paging = mapping(page.get("paging"))
    return text(mapping(paging.get("cursors")).get("after")) if paging.get("next") else ""


def _no_answer(method: str, reason: str, code: str) -> TemporaryFailure | OutcomeUnknown:
    """Reading again does no harm; writing again may do it twice."""
    return TemporaryFailure(reason, code=code) if method == "GET" else OutcomeUnknown(reason, code=code)


def _document(method: str, answer: httpx.Response) -> Json:
    try:
        data = json.loads(answer.text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise _no_answer(method, "Meta's answer cannot be read.", "bad_answer")
    return data


def is_at(url: str, hosts: tuple[str, ...], base: str) -> bool:
    """Whether our token may go there: https at one of `hosts` or below, or the same origin as `base` (a stand-in). Raises AddressRefused."""
    where, own = http.checked(url), http.checked(base)
    if (where.scheme, where.host, where.port) == (own.scheme, own.host, own.port):
        return True
    return where.scheme == "https" and f".{where.host}".endswith(tuple(f".{host}" for host in hosts))


def fetched(file: File, *, token: str, hosts: tuple[str, ...], base: str, max_bytes: int) -> File:
    """The file's bytes from its address, with our token only if it is Meta's own host. Raises TemporaryFailure or PermanentFailure."""
    if not is_at(file.url, hosts, base):
        raise PermanentFailure("The file is not at Meta.", code="address_refused")
    got = http.fetch(
        file.url, headers={"Authorization": f"Bearer {token}"} if token else None, max_bytes=max_bytes
    )
    return File(
        name=file.name,
        content_type=got.content_type,
        content=got.content,
        url=file.url,
        size=len(got.content),
    )
