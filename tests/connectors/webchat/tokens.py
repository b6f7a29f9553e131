"""Tokens a shop's server signs, and ones it never would."""

import time
from typing import Any

import jwt

from tests.connectors.webchat.conftest import SECRET


def signed(sub: Any = "1001", *, secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """As the shop signs it; a claim given as None is left out."""
    body = {"sub": sub, "exp": int(time.time()) + 300, **claims}
    body = {name: value for name, value in body.items() if value is not None}
    return jwt.encode(body, secret, algorithm=algorithm)


def unsigned(sub: str = "1001") -> str:
    """alg: none (RFC 8725, section 2.1)."""
    return jwt.encode({"sub": sub, "exp": int(time.time()) + 300}, "", algorithm="none")
