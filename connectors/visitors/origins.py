"""Which websites may show a channel's chat, decided by the Origin header (RFC 6454), which a page cannot forge."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def allowed(origin: str, listed: Iterable[str], *, own: str) -> bool:
    """Whether `origin` is in the channel's list or is our own address. No origin, "null" and anything odd: no."""
    asked = _parts(origin)
    if asked is None:
        return False
    return any(_fits(asked, entry) for entry in [own, *listed])


def of(url: str) -> str:
    """The origin of a page's address; "" if it is none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in PORTS and parts.netloc else ""


def _fits(asked: tuple[str, str, int], entry: str) -> bool:
    # A subdomain mark is set aside while parsing: "*" is no host.
    any_subdomain = "://*." in entry
    wanted = _parts(entry.strip().replace("://*.", "://", 1))
    if wanted is None:
        return False
    same_host = asked[1].endswith("." + wanted[1]) if any_subdomain else asked[1] == wanted[1]
    return asked[0] == wanted[0] and asked[2] == wanted[2] and same_host


def _parts(origin: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(origin.strip())
        port = parts.port
    except ValueError:
        return None
    odd = parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in PORTS or not parts.hostname or odd:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]
