"""System checks: a missing or wrong setting is named in plain words, with what to do."""

import os
import subprocess
import sys
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import CheckMessage, run_checks

from config import paths
from config.environment import Environment


@pytest.fixture
def production(settings: Any) -> Any:
    """Settings as of an installation that is set up well."""
    settings.HAS_SECRET_KEY = True
    settings.SECRET_KEY = "".join(map(chr, range(40, 120)))
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    settings.PUBLIC_URL, settings.HTTPS = "https://inbox.example.com", True
    settings.ALLOWED_HOSTS = ["inbox.example.com"]
    settings.TRUSTED_PROXIES = ["1"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.ENVIRONMENT = Environment(source={})
    return settings


def found(*, deploy: bool = True) -> dict[str, CheckMessage]:
    """Our own messages by the name of the setting."""
    ours = [m for m in run_checks(include_deployment_checks=deploy) if str(m.id).startswith("onethread.")]
    return {str(message.id).removeprefix("onethread."): message for message in ours}


@pytest.mark.usefixtures("production")
def test_a_good_installation_has_nothing_to_say() -> None:
    assert found() == {}


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"HAS_SECRET_KEY": False}, "SECRET_KEY", "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY", "shorter than 50 characters"),
        ({"FIELD_KEYS": []}, "FIELD_KEYS", "FIELD_KEYS is missing"),
        ({"FIELD_KEYS": ["abc"]}, "FIELD_KEYS", "number 1 is not 32 bytes"),
        (
            {"PUBLIC_URL": "http://inbox.example.com", "HTTPS": False},
            "PUBLIC_URL",
            "does not begin with https://",
        ),
        ({"ALLOWED_HOSTS": ["other.example"]}, "ALLOWED_HOSTS", "lacks the host of PUBLIC_URL"),
        ({"TRUSTED_PROXIES": []}, "TRUSTED_PROXIES", "is empty although PUBLIC_URL is https://"),
        ({"DEFAULT_COUNTRY": "XX"}, "DEFAULT_COUNTRY", "is not a country: 'XX'"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "EMAIL_URL", "nobody receives"),
    ],
)
def test_each_mistake_is_named_with_what_to_do(
    production: Any, changes: dict[str, Any], name: str, words: str
) -> None:
    for setting, value in changes.items():
        setattr(production, setting, value)
    message = found()[name]
    assert words in message.msg
    assert message.hint


def test_a_wildcard_allows_the_host(production: Any) -> None:
    production.ALLOWED_HOSTS = [".example.com"]
    assert found() == {}


def test_a_fresh_checkout_without_keys_can_run_its_commands(production: Any) -> None:
    production.HAS_SECRET_KEY, production.FIELD_KEYS = False, []
    assert not any(message.is_serious() for message in found(deploy=False).values())
    assert all(message.is_serious() for message in found(deploy=True).values())


def test_what_could_not_be_read_is_an_error(production: Any) -> None:
    production.ENVIRONMENT = Environment(source={"PORT": "eighty"})
    production.ENVIRONMENT.number("PORT", 8000)
    assert found(deploy=False)["PORT"].is_serious()


def test_manage_check_survives_an_environment_full_of_mistakes_and_names_them_all() -> None:
    wrong = {
        "PORT": "eighty",
        "DEBUG": "maybe",
        "TIME_ZONE": "Mars/Olympus",
        "LANGUAGE_CODE": "tlh",
        "PUBLIC_URL": "inbox.example.com",
        "TRUSTED_PROXIES": "my-proxy",
        "DATABASE_URL": "sqlite:///db",
        "REDIS_URL": "localhost",
        "EMAIL_URL": "pigeon://",
        "LOG_FORMAT": "xml",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=paths.CHECKOUT,
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [name for name in wrong if f"(onethread.{name}) {name} must" not in done.stderr] == []
