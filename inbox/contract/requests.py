"""Raw requests and answers, polled items, and the result of a check. HTTP itself is connectors/hooks.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A raw inbound request or fetched mail, as stored in a receipt. `headers` keys are lower case; `url` is the public one."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"
    url: str = ""
    received_at: datetime

    def header(self, name: str) -> str:
        """The header's value, or "" if absent."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a hook answers. Default: 200 with an empty body.

    even_unstored: given although the request could not be stored, instead of 503 (somebody is on the line).
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    even_unstored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One item fetched by `poll`: stored as a receipt in the same transaction that moves the channel's cursor to `cursor`.

    `key` is unique per channel for ever (mail: folder/UIDVALIDITY/UID), so that a crash between fetch and commit doubles nothing.
    """

    key: str
    request: Request
    cursor: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The result of `check`: what was tried, in plain lines, and the day a credential ends if known.

    broken    our credentials are refused: the channel stops with the first line as the reason
    renewed   settings to store (a token exchanged for a younger one); secrets stay secrets
    """

    ok: bool
    lines: tuple[str, ...] = ()
    expires_at: datetime | None = None
    broken: bool = False
    renewed: Mapping[str, Any] = field(default_factory=dict, repr=False)
