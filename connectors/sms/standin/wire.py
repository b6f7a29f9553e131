"""Requests to the stand-in and its answers, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from connectors.sms.signature import Form
from connectors.sms.standin.records import Refusal


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
    def fields(self) -> Form:
        """Of the body of a POST, else of the query."""
        text = self.body.decode(errors="replace") if self.method == "POST" else urlsplit(self.target).query
        fields = Form()
        for name, value in parse_qsl(text, keep_blank_values=True):
            fields.setdefault(name, []).append(value)
        return fields


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def refused(refusal: Refusal) -> Answer:
    """Twilio's error document (docs: usage/twilios-response)."""
    return as_json(
        {
            "code": refusal.code,
            "message": str(refusal),
            "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
            "status": refusal.status,
        },
        refusal.status,
    )
