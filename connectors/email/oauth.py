"""Access tokens for servers that no longer take passwords (Microsoft 365, Google Workspace): RFC 6749, and SASL XOAUTH2."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import httpx

from connectors import http
from connectors.email.reasons import plain
from connectors.email.settings import Settings
from connectors.guard import Guard
from inbox.contract import ChannelBroken, PermanentFailure, TemporaryFailure

# A token is renewed this long before it ends, so that it never ends between login and use.
_EARLY = 120.0
_DEFAULT_LIFE = 3600.0

_lock = threading.Lock()
_tokens: dict[tuple[str, str, str], tuple[str, float]] = {}


def xoauth2(user: str, token: str) -> bytes:
    """The initial response of XOAUTH2, as Google and Microsoft document it."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()


def access_token(settings: Settings) -> str:
    """A token good for the next minutes; asked for once an hour or so. Raises ChannelBroken or TemporaryFailure."""
    key = (settings.oauth_token_url, settings.oauth_client_id, settings.oauth_refresh_token)
    with _lock:
        token, ends = _tokens.get(key, ("", 0.0))
        if time.monotonic() < ends:
            return token
        token, life = _request(settings)
        _tokens[key] = (token, time.monotonic() + life - _EARLY)
        return token


def forget(settings: Settings) -> None:
    """The token was refused: the next one is asked for anew."""
    with _lock:
        _tokens.pop((settings.oauth_token_url, settings.oauth_client_id, settings.oauth_refresh_token), None)


def _request(settings: Settings) -> tuple[str, float]:
    fields = {
        "client_id": settings.oauth_client_id,
        "client_secret": settings.oauth_client_secret,
        "scope": settings.oauth_scope,
    }
    if settings.oauth_refresh_token:
        fields |= {"grant_type": "refresh_token", "refresh_token": settings.oauth_refresh_token}
    else:
        fields["grant_type"] = "client_credentials"
    try:
        with http.client(Guard(timedelta(seconds=settings.timeout_seconds))) as asking:
            answer = asking.post(
                http.checked(settings.oauth_token_url),
                data={name: value for name, value in fields.items() if value},
            )
            said = answer.json()
    except PermanentFailure as error:
        raise ChannelBroken(f"The token address cannot be used. {error.reason}", code="oauth") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise TemporaryFailure("The token address gave no usable answer. It is tried again.") from error
    said = said if isinstance(said, dict) else {}
    token, life = said.get("access_token"), said.get("expires_in")
    if answer.status_code == 200 and isinstance(token, str):
        return token, float(life) if isinstance(life, int | float) else _DEFAULT_LIFE
    if answer.status_code in (400, 401, 403):
        why = plain(str(said.get("error_description") or said.get("error") or answer.status_code))
        raise ChannelBroken(f"The access to the mailbox has ended: {why}. Give consent again.", code="oauth")
    raise TemporaryFailure(
        f"The token address answered {answer.status_code} and no token. It is tried again."
    )
