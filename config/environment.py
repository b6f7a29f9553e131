"""Reads environment variables. A wrong value never stops Django: it becomes a sentence for the system check.

Without that, `manage.py check` itself would die on the mistake it is there to explain.
"""

import ipaddress
import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


def load(checkout: Path) -> None:
    """Puts .env into the environment; what is there already stays. ENV_FILE names another file."""
    _load_file(checkout / os.environ.get("ENV_FILE", ".env"))


def load_keys(data: Path) -> None:
    """The same for the keys that the supervisor made on its first start, so that manage.py uses them too."""
    _load_file(data / "secrets.env")


def _load_file(file: Path) -> None:
    if file.is_file() and os.access(file, os.R_OK):
        environ.Env.read_env(file)


@dataclass
class Environment:
    """Typed readers over SOURCE; `problems` maps a variable's name to what is wrong and what to do."""

    source: Mapping[str, str] = field(default_factory=lambda: os.environ)
    problems: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """An empty value counts as not set, as in `NAME=` of an .env file."""
        return self.source.get(name, "").strip() or default

    def words(self, name: str, default: list[str] | None = None) -> list[str]:
        """Values between commas."""
        given = [word.strip() for word in self.text(name).split(",") if word.strip()]
        return given or list(default or [])

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
        value = self.text(name, str(default))
        if value.isdecimal() and least <= int(value) <= most:
            return int(value)
        return self._wrong(name, f"must be a whole number from {least} to {most}, not {value!r}.", default)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        return self._wrong(name, f"must be true or false, not {value!r}.", default)

    def choice(self, name: str, default: str, choices: set[str]) -> str:
        value = self.text(name, default).lower()
        if value in choices:
            return value
        return self._wrong(name, f"must be one of {', '.join(sorted(choices))}, not {value!r}.", default)

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return self._wrong(name, f"must be a time zone such as Europe/London, not {value!r}.", default)
        return value

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        """The text is never repeated in the problem: it may hold a password."""
        value = self.text(name, default)
        if value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            return value
        return self._wrong(name, f"must begin with {' or '.join(f'{s}://' for s in schemes)}.", default)

    def proxies(self, name: str) -> list[str]:
        """A count of proxies (`1`) or their networks (`10.0.0.0/8,fd00::/8`)."""
        given = self.words(name)
        if len(given) == 1 and given[0].isdecimal():
            return given
        for network in given:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                wanted = f"must be a count such as 1, or networks such as 10.0.0.0/8; {network!r} is neither."
                return self._wrong(name, wanted, [])
        return given

    def database(self, name: str, default: str) -> dict[str, object]:
        url = self.url(name, default, ("postgres", "postgresql"))
        try:
            return dict(environ.Env.db_url_config(url))
        except (ValueError, ImproperlyConfigured):
            wrong = "must look like postgres://user:password@host:5432/name, with %-codes for signs such as @ or #."
            return self._wrong(name, wrong, dict(environ.Env.db_url_config(default)))

    def mail(self, name: str, default: str) -> dict[str, object]:
        try:
            return dict(environ.Env.email_url_config(self.text(name, default)))
        except (ValueError, ImproperlyConfigured):
            wrong = "must look like smtp+tls://user:password@host:587 or consolemail://."
            return self._wrong(name, wrong, dict(environ.Env.email_url_config(default)))

    def _wrong(self, name: str, problem: str, default: T) -> T:
        self.problems[name] = f"{name} {problem}"
        return default
