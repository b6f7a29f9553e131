"""X's signature over what it sends us, and its check that we hold the secret (docs: account-activity-api, securing webhooks).

Both are the same HMAC, so whoever could have us answer any check could have us sign any event: hence the two limits below.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import parse_qs, urlsplit

from inbox.contract import BadSignature, Request

HEADER = "x-twitter-webhooks-signature"
# Nothing that could be read as an event: those are JSON.
TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{1,200}")


def digest(secret: str, content: bytes) -> str:
    """`sha256=` and the base64 of HMAC-SHA256."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def verify(request: Request, secret: str) -> None:
    """Of a POST the raw body, of the check (GET) the query are signed. Raises BadSignature."""
    content = urlsplit(request.url).query.encode() if request.method == "GET" else request.body
    if not hmac.compare_digest(request.header(HEADER).encode(), digest(secret, content).encode()):
        raise BadSignature("X's signature does not fit the API key secret.")
    if request.method == "GET" and not TOKEN.fullmatch(crc_token(request)):
        raise BadSignature("The request asks for no check that X would make.")


def crc_token(request: Request) -> str:
    """What X wants signed to see that we hold the secret."""
    return parse_qs(urlsplit(request.url).query).get("crc_token", [""])[0]
