"""Requests to addresses somebody else chose (media, links, hooks, test servers): guarded, limited, sniffed.

A provider's own fixed address needs none of this; which addresses are refused is connectors/guard.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext

import httpcore
import httpx

from connectors.guard import AddressRefused, Guard
from connectors.sniff import sniff
from inbox.contract import PermanentFailure, TemporaryFailure

MAX_BYTES = 10_000_000
TIMEOUT = timedelta(seconds=10)
MAX_REDIRECTS = 3
_LONGEST_WAIT = timedelta(days=1)
# Asking for no compression keeps a small answer from unpacking into a large one.
PLAIN = {"User-Agent": "Onethread", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back: the bytes, what they are (not what the server said they are), and where they were in the end."""

    content: bytes = dataclasses.field(repr=False)
    content_type: str
    url: str


class GuardedTransport(httpx.HTTPTransport):
    """httpx over a Guard. httpx has no public way to name httpcore's network backend, hence the pool of our own."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(verify=tls())
        self._pool.close()
        self._pool = httpcore.ConnectionPool(ssl_context=tls(), network_backend=guard)


@cache
def tls() -> SSLContext:
    """The certificates we trust. Reading them takes longer than most requests, so once a process."""
    return httpx.create_ssl_context()


def client(guard: Guard) -> httpx.Client:
    """A client for one exchange. Follows no redirect, reads no proxy or netrc from the environment: both would evade the guard."""
    transport = GuardedTransport(guard)
    return httpx.Client(transport=transport, trust_env=False, timeout=guard.seconds, headers=PLAIN)


def fetch(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
    guard: Guard | None = None,
) -> Fetched:
    """GET a file. `headers` and `auth` go to the first origin only and are gone for good once it redirects elsewhere.

    Raises AddressRefused, PermanentFailure (gone, too large, too many redirects) or TemporaryFailure (5xx, 429, time-out).
    """
    with client(guard or Guard(TIMEOUT)) as asking:
        where = checked(url)
        first, ours = where, True
        for _ in range(MAX_REDIRECTS + 1):
            ours = ours and _origin(where) == _origin(first)
            request = asking.build_request("GET", where, headers=headers if ours else None)
            try:
                answer = asking.send(request, auth=auth if ours else None, stream=True)
                if not answer.has_redirect_location:
                    return _read(answer, max_bytes)
                answer.close()
            except httpx.InvalidURL as error:  # httpx reads where it redirects before we ask it to
                raise AddressRefused(
                    f"{where.host} redirects to no web address.", code="address_refused"
                ) from error
            except httpx.HTTPError as error:
                raise TemporaryFailure(f"{where.host} did not answer: {error}", code="unreachable") from error
            where = checked(answer.headers["location"], base=where)
    raise PermanentFailure(f"{first.host} redirects too often.", code="redirects")


def checked(url: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """The parsed address. Raises AddressRefused unless it is http or https, with a host and without a name and password."""
    try:
        parsed = base.join(url) if base else httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(f"This is not a web address: {error}.", code="address_refused") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise AddressRefused("Only http and https addresses are fetched.", code="address_refused")
    if parsed.userinfo:
        raise AddressRefused(
            "An address with a name or password in it is not fetched.", code="address_refused"
        )
    return parsed


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _read(answer: httpx.Response, max_bytes: int) -> Fetched:
    """The body, stopped at `max_bytes`."""
    try:
        _check_status(answer)
        too_large = PermanentFailure(
            f"The file is larger than {max_bytes // 1_000_000} MB.", code="too_large"
        )
        if int(answer.headers.get("content-length", "0")) > max_bytes:
            raise too_large
        content = bytearray()
        for part in answer.iter_raw():
            content += part
            if len(content) > max_bytes:
                raise too_large
    finally:
        answer.close()
    declared = answer.headers.get("content-type", "")
    return Fetched(content=bytes(content), content_type=sniff(content, declared), url=str(answer.url))


def _check_status(answer: httpx.Response) -> None:
    code, host = f"http_{answer.status_code}", answer.url.host
    if answer.status_code in {408, 425, 429} or answer.is_server_error:
        wait = retry_after(answer.headers)
        raise TemporaryFailure(f"{host} is busy ({answer.status_code}).", code=code, retry_after=wait)
    if not answer.is_success:
        raise PermanentFailure(f"{host} does not give the file ({answer.status_code}).", code=code)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise PermanentFailure(f"{host} sent a compressed answer that was not asked for.", code="encoding")


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait: seconds or a date (RFC 9110 §10.2.3), a day at most; None if it cannot be read."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        # Longer numbers than these mean the same, and Python refuses to read some.
        return timedelta(seconds=min(int(text[:10]), _LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(max(timedelta(), until - datetime.now(UTC)), _LONGEST_WAIT)
