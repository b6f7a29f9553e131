"""Twilio's form requests: reading the fields, and whether Twilio signed them (docs: usage/webhooks/webhooks-security)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from inbox.contract import Request

# Appended to the addresses we give Twilio: try again when we are down (docs: webhooks-connection-overrides). Whether a fragment is
# part of what is signed is not documented, so both are accepted.
RETRIES = "#rc=3&rp=5xx,ct,rt"


class Form(dict[str, list[str]]):
    """Fields with all their values, as Twilio's validator wants them."""

    def getlist(self, name: str) -> list[str]:
        return self[name]

    def first(self, name: str) -> str:
        """The first value, or ""."""
        return self.get(name, [""])[0]


def form(request: Request) -> Form:
    """The fields of the body, or of the query for a number configured to use GET. Bytes that are not UTF-8 become U+FFFD."""
    text = urlsplit(request.url).query if request.method == "GET" else request.body.decode(errors="replace")
    fields = Form()
    for name, value in parse_qsl(text, keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def is_signed(request: Request, secrets: Iterable[str]) -> bool:
    """Whether one of `secrets` (auth token, shared key) signed this request. The validator tries with and without the port."""
    fields = Form() if request.method == "GET" else form(request)
    sent = request.header(SIGNATURE_HEADER)
    algorithm = get_signature_algorithm(request.header(SIGNATURE_SETTINGS_HEADER))
    try:
        return any(
            RequestValidator(secret).validate(url, fields, sent, algorithm)
            for secret in secrets
            if secret
            for url in (request.url, request.url + RETRIES)
        )
    except ValueError:
        # A port or a character that no real address has.
        return False
