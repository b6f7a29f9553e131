"""System checks: each missing or wrong setting is named in plain words, with what to do about it."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

MAKE_ONE = "Make one: python -m config.keys"


@register(Tags.security)
def environment(**_: Any) -> list[CheckMessage]:
    """What could not be read; the default was used in its place."""
    found = settings.ENVIRONMENT.problems
    return [Error(text, hint="See .env.example.", id=f"onethread.{name}") for name, text in found.items()]


@register(Tags.security)
def keys(**_: Any) -> Iterator[CheckMessage]:
    """A missing key is a warning here, so that a fresh checkout can run its commands, and an error in production."""
    if not settings.HAS_SECRET_KEY:
        problem = "is missing. One for this process only was made up: sessions and links end with it."
        yield _warning("SECRET_KEY", problem, MAKE_ONE)
    if not settings.FIELD_KEYS:
        problem = "is missing; without it no channel can be saved, as it encrypts their passwords and tokens."
        yield _warning("FIELD_KEYS", problem, MAKE_ONE)
    for position, key in enumerate(settings.FIELD_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            yield _error(
                "FIELD_KEYS",
                f"number {position} is not 32 bytes in URL-safe base64.",
                MAKE_ONE,
            )


@register(Tags.security, deploy=True)
def keys_in_production(**_: Any) -> Iterator[CheckMessage]:
    if not settings.HAS_SECRET_KEY:
        yield _error("SECRET_KEY", "is missing; it signs sessions and links.", MAKE_ONE)
    elif len(settings.SECRET_KEY) < 50:
        yield _error("SECRET_KEY", "is shorter than 50 characters.", MAKE_ONE)
    if not settings.FIELD_KEYS:
        yield _error("FIELD_KEYS", "is missing; it encrypts the secrets of channels.", MAKE_ONE)


@register(Tags.security)
def country(**_: Any) -> list[CheckMessage]:
    import phonenumbers

    if settings.DEFAULT_COUNTRY in phonenumbers.SUPPORTED_REGIONS:
        return []
    hint = "Use two letters such as GB, DE or US; numbers without a country code are read as numbers of it."
    return [_error("DEFAULT_COUNTRY", f"is not a country: {settings.DEFAULT_COUNTRY!r}.", hint)]


@register(Tags.security, deploy=True)
def public_url(**_: Any) -> list[CheckMessage]:
    """Only for production: on one's own machine http://localhost is right."""
    found: list[CheckMessage] = []
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if not settings.HTTPS:
        hint = "Set it to the https:// address of your reverse proxy; providers and browsers insist on it."
        found.append(_warning("PUBLIC_URL", "does not begin with https://.", hint))
    if not _allowed(host, settings.ALLOWED_HOSTS):
        hint = f"Add {host} to ALLOWED_HOSTS; otherwise every page answers 400."
        found.append(_error("ALLOWED_HOSTS", "lacks the host of PUBLIC_URL.", hint))
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        hint = (
            "Set it to the number of your proxies (often 1) or their networks. Until then every visitor seems to come "
            "from the proxy, and pages redirect to https:// for ever."
        )
        found.append(_warning("TRUSTED_PROXIES", "is empty although PUBLIC_URL is https://.", hint))
    return found


@register(Tags.security, deploy=True)
def mail(**_: Any) -> list[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        hint = "Set it to your mail server, such as smtp+tls://user:password@mail.example.com:587."
        return [_warning("EMAIL_URL", "is not set, so nobody receives a password reset.", hint)]
    return []


def _allowed(host: str, patterns: Sequence[str]) -> bool:
    return any(p in {"*", host} or (p.startswith(".") and f".{host}".endswith(p)) for p in patterns)


def _error(name: str, problem: str, hint: str) -> CheckMessage:
    return Error(f"{name} {problem}", hint=hint, id=f"onethread.{name}")


def _warning(name: str, problem: str, hint: str) -> CheckMessage:
    return Warning(f"{name} {problem}", hint=hint, id=f"onethread.{name}")
