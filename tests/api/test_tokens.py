"""Tokens: made and revoked by admins, shown once, kept as a digest, dead with their agent."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from agents import tokens
from agents.models import ApiToken
from config.logs import hide_secrets
from inbox.actions import staff
from inbox.actions.errors import Refused
from inbox.models import Agent, Audit, Desk
from tests.api.conftest import Api, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_ada(ada: Agent) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


def made_by(browser: Client, agent: Agent, *scopes: str) -> tuple[str, str]:
    """Fill in the form; the token's text, and the page that shows it."""
    sent = {"name": "Shop", "agent": agent.pk, "scopes": scopes or ["customers:read"], "days": "30"}
    page = browser.post("/settings/api/new/", sent).content.decode()
    found = re.search(r"ot_[0-9a-f]{8}_[0-9a-f]{40}", page)
    assert found, page
    return found[0], page


def test_an_admin_makes_a_token_that_is_shown_once(as_ada: Client, sam: Agent) -> None:
    text, page = made_by(as_ada, sam)

    assert page.count(text) == 1
    assert text not in as_ada.get("/settings/api/").content.decode()
    assert Api(text).get("customers/").status == 200
    token = ApiToken.objects.get()
    assert (token.agent, token.scopes) == (sam, ["customers:read"])
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)


def test_the_page_with_the_token_is_kept_nowhere(as_ada: Client, sam: Agent) -> None:
    sent = {"name": "Shop", "agent": sam.pk, "scopes": ["customers:read"], "days": "0"}

    answer = as_ada.post("/settings/api/new/", sent)

    assert "no-store" in answer["Cache-Control"]
    assert ApiToken.objects.get().expires_at is None


def test_the_secret_is_nowhere_in_the_database(sam: Agent) -> None:
    secret = token_of(sam).rpartition("_")[2]

    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM agents_apitoken t UNION ALL SELECT a::text FROM inbox_audit a")
        assert not any(secret in row for (row,) in cursor.fetchall())


def test_making_and_revoking_are_in_the_audit_log(as_ada: Client, ada: Agent, sam: Agent) -> None:
    text, _page = made_by(as_ada, sam)
    token = ApiToken.objects.get()

    as_ada.post(f"/settings/api/{token.pk}/revoke/")

    facts = Audit.objects.filter(object_type="apitoken", actor=ada).order_by("pk")
    assert [fact.action for fact in facts] == ["api token created", "api token revoked"]
    assert facts[0].data == {"prefix": token.prefix, "agent": sam.pk, "scopes": ["customers:read"]}
    assert facts[0].ip == "127.0.0.1"
    assert text not in as_ada.get("/settings/audit/").content.decode()


def test_a_revoked_token_ends_at_once_and_leaves_the_list(as_ada: Client, sam: Agent) -> None:
    text, _page = made_by(as_ada, sam)
    as_ada.post(f"/settings/api/{ApiToken.objects.get().pk}/revoke/")

    answer = Api(text).get("customers/")

    assert (answer.status, answer.body["code"]) == (401, "token_revoked")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "No tokens yet" in as_ada.get("/settings/api/").content.decode()


def test_a_token_ends_at_its_time(sam: Agent) -> None:
    text = token_of(sam, expires_at=timezone.now() + timedelta(days=1))
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Api(text).get("customers/").body["code"] == "token_expired"


def test_the_token_of_an_agent_who_was_let_go_is_dead(ada: Agent, sam: Agent) -> None:
    text = token_of(sam)
    staff.set_active(actor=ada, agent=sam, active=False)

    answer = Api(text).get("customers/")

    assert (answer.status, answer.body["code"]) == (401, "token_dead")


def test_the_token_of_somebody_who_became_shop_staff_is_dead(ada: Agent, sam: Agent) -> None:
    text = token_of(sam)
    staff.change_role(actor=ada, agent=sam, role="store")

    assert Api(text).get("customers/").status == 401


def test_a_wrong_secret_tells_nothing_about_the_token(sam: Agent) -> None:
    text = token_of(sam)
    ApiToken.objects.update(revoked_at=timezone.now())

    wrong = Api(text[:-1] + ("0" if text[-1] != "0" else "1")).get("customers/")
    unknown = Api("ot_00000000_" + 40 * "0").get("customers/")

    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert wrong.body["code"] == "token_invalid"


def test_an_admin_makes_no_token_for_a_desk_they_may_not_read(
    as_ada: Client, ada: Agent, kim: Agent, hr: Desk
) -> None:
    """Or else an admin who is not of HR could read it through kim's eyes."""
    page = as_ada.post(
        "/settings/api/new/", {"name": "Shop", "agent": kim.pk, "scopes": ["messages:read"], "days": "0"}
    ).content.decode()

    assert "Kim Lee" not in page
    assert ApiToken.objects.count() == 0
    with pytest.raises(Refused):
        tokens.issue(actor=ada, name="Shop", agent=kim, scopes=["messages:read"])


def test_its_last_use_is_noted(as_ada: Client, sam: Agent) -> None:
    text = token_of(sam)
    assert "never used" in as_ada.get("/settings/api/").content.decode()

    Api(text).get("customers/")

    assert ApiToken.objects.get().last_used_at is not None
    assert "never used" not in as_ada.get("/settings/api/").content.decode()


def test_a_token_in_a_log_line_is_hidden(sam: Agent) -> None:
    text = token_of(sam)

    for line in (f"Bearer {text}", f"somebody pasted {text} here"):
        shown = hide_secrets(logging.getLogger(), "info", {"event": line})
        assert text not in str(shown)


def test_a_session_is_no_way_in(as_ada: Client) -> None:
    assert as_ada.get("/api/v1/customers/").status_code == 401
    assert (
        as_ada.post("/api/v1/customers/", {"name": "x"}, content_type="application/json").status_code == 401
    )
