"""What every page tells the browser."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(client: Client) -> dict[str, list[str]]:
    header = client.get("/login/")["Content-Security-Policy"]
    directives = [directive.split() for directive in header.split(";") if directive.strip()]
    return {name: sources for name, *sources in directives}


def test_nothing_inline_and_nothing_from_elsewhere_runs(policy: dict[str, list[str]]) -> None:
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert not any(
        unsafe in sources
        for sources in policy.values()
        for unsafe in ("'unsafe-inline'", "'unsafe-eval'", "*")
    )


def test_a_page_cannot_be_framed(client: Client, policy: dict[str, list[str]]) -> None:
    assert policy["frame-ancestors"] == ["'none'"]
    assert client.get("/login/")["X-Frame-Options"] == "DENY"


def test_a_browser_neither_guesses_types_nor_tells_other_sites_where_it_was(client: Client) -> None:
    response = client.get("/login/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_the_session_is_out_of_reach_for_scripts() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
