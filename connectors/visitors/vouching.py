"""Whom the host site vouches for: the JWT (RFC 7519) its server signs for a logged-in user, checked.

Claims: sub and exp are required. email is proven only with "email_verified": true, phone_number only with
"phone_number_verified": true (OpenID Connect Core 1.0, section 5.1); otherwise they are no more than claims.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import jwt

from inbox.contract import Address
from inbox.text import storable

LEAST_SECRET = 32  # bytes: RFC 7518, section 3.2, for HS256
LEEWAY = 30
MOST_AHEAD = 7 * 24 * 3600
MOST_SUB = 200
MOST_TOKEN = 8_000


class NotVouched(Exception):  # reads as what happened
    """The token is not accepted. `str(error)` says why, for the host site's developer; it never repeats the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a valid token says."""

    sub: str
    name: str = ""
    proofs: tuple[Address, ...] = ()
    claims: tuple[Address, ...] = ()


def check(token: object, *, secret: str, audience: str) -> Vouched:
    """The user the token names. Raises NotVouched. An empty or short secret accepts nothing at all."""
    if len(secret.encode()) < LEAST_SECRET:
        raise NotVouched("This channel has no identity secret of at least 32 characters.")
    if not isinstance(token, str) or not token or len(token) > MOST_TOKEN:
        raise NotVouched("The token is missing or too long.")
    claims = _decode(token, secret)
    _check_audience(claims.get("aud"), audience)
    if claims["exp"] > time.time() + MOST_AHEAD:
        raise NotVouched("The token lives longer than 7 days. Sign a new one for each page.")
    sub = claims["sub"]
    # The identity's column is finite and its text is cleaned: two users must never become one by that.
    if not 0 < len(sub) <= MOST_SUB or not sub.isprintable() or sub != sub.strip():
        raise NotVouched("sub must be 1 to 200 printable characters.")
    proofs, said = _addresses(claims)
    return Vouched(sub=sub, name=_text(claims.get("name"))[:120], proofs=proofs, claims=said)


def _decode(token: str, secret: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            leeway=LEEWAY,
            options={"require": ["exp", "sub"], "verify_aud": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise NotVouched("The token has expired.") from error
    except jwt.MissingRequiredClaimError as error:
        raise NotVouched(f"The token lacks {error.claim}.") from error
    except (jwt.InvalidTokenError, ValueError, TypeError) as error:
        raise NotVouched("The token is not signed with this channel's identity secret (HS256).") from error


def _check_audience(given: object, audience: str) -> None:
    """A token made for somebody else is refused even if it was signed with the same secret."""
    listed = given if isinstance(given, list) else [given]
    if given is not None and audience not in listed:
        raise NotVouched("The token is meant for another audience (aud).")


def _addresses(claims: dict[str, Any]) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    proofs: list[Address] = []
    said: list[Address] = []
    for space, value, verified in (
        ("email", email(claims.get("email")), claims.get("email_verified")),
        ("phone", phone(claims.get("phone_number")), claims.get("phone_number_verified")),
    ):
        if value:
            (proofs if verified is True else said).append(Address(space=space, value=value))
    return tuple(proofs), tuple(said)


def email(given: object) -> str:
    """A mail address as identities hold it, or "" if it is none."""
    value = _text(given).lower()
    local, at, domain = value.rpartition("@")
    plain = value.isprintable() and not any(char in value for char in ' ,;:<>()[]"\\')
    return (
        value
        if at and local and "@" not in local and "." in domain.strip(".") and plain and len(value) <= 254
        else ""
    )


def phone(given: object) -> str:
    """An E.164 number, or ""."""
    value = _text(given)
    return (
        value
        if value[:1] == "+" and value[1:].isascii() and value[1:].isdecimal() and 8 <= len(value) <= 16
        else ""
    )


def _text(given: object) -> str:
    return storable(given).strip() if isinstance(given, str) else ""
