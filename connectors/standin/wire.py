"""Requests to a stand-in, its answers and its troubles, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit


class Cut(Exception):
    """Hang up without an answer."""


@dataclass
class Asked:
    """One request. Header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The first value of each parameter of the query."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def bearer(self) -> str:
        """The token of `Authorization: Bearer …` (RFC 6750), or ""."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    @property
    def json(self) -> Any:
        """The body read as JSON; {} if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The form's fields of a POST, else those of the query."""
        text = self.body.decode(errors="replace") if self.method == "POST" else urlsplit(self.target).query
        return parse_qsl(text, keep_blank_values=True)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Trouble:
    """What goes wrong with the next request: an answer instead of the real one, or (`cut`) none, after it was done or before."""

    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    after: bool = False


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(value).encode(), headers=headers or {})
