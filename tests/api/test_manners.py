"""What holds for every request: problems in one form, limits, sizes, one form of answer."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from agents.api import limits, problems
from inbox.limits import Limit
from inbox.models import Agent, Customer
from tests.api.conftest import Api, token_of

pytestmark = pytest.mark.django_db


def test_a_problem_is_told_in_one_form(api: Api) -> None:
    answer = api.get("customers/987654321/")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is nothing here, or it is not for this token.",
    }


@pytest.mark.parametrize("path", ["", "nowhere/", "customers", "customers/x/"])
def test_an_address_that_is_none_is_a_problem_too(api: Api, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert (answer := api.ask(method, path)).status == 404
        assert answer.body["code"] == "not_found"


def test_an_id_larger_than_any_is_nobodys(api: Api) -> None:
    assert (
        api.get(f"customers/{10**30}/").status == api.get(f"conversations/{10**30}/messages/").status == 404
    )


def test_a_method_that_is_none_is_refused(api: Api) -> None:
    answer = api.ask("DELETE", "customers/")

    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "malformed"),
        (b"\xff", 400, "malformed"),
        (b'{"name": NaN}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b"9" * 10_000, 400, "malformed"),
        (b'{"name": "' + b"x" * limits.BODY_BYTES + b'"}', 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(api: Api, body: bytes, status: int, code: str) -> None:
    answer = api.ask("POST", "customers/", body)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert Customer.objects.count() == 0


def test_only_json_is_read(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}

    answer = api.browser.post("/api/v1/customers/", {"name": "Ana"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_json_is_answered_whatever_one_would_rather_have(api: Api) -> None:
    answer = api.get("customers/", Accept="text/html")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")


def test_a_token_may_ask_so_often_and_no_more(api: Api, sam: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS_OF_TOKEN", Limit("api-token", 3, 3600))
    other = Api(token_of(sam))

    statuses = [api.get("me/").status for _ in range(5)]
    answer = api.get("me/")

    assert statuses == [200, 200, 200, 429, 429]
    assert answer.body["code"] == "throttled"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert other.get("me/").status == 200


def test_who_guesses_tokens_is_held_up_and_others_are_not(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FAILURES_OF_IP", Limit("api-failures", 3, 3600))

    statuses = [Api(f"ot_0000000{number}_{'0' * 40}").get("me/").status for number in range(5)]

    assert statuses == [401, 401, 401, 429, 429]
    assert api.get("me/").status == 200


def test_an_answer_is_for_nobody_elses_cache(api: Api) -> None:
    assert "no-store" in api.get("me/").headers["Cache-Control"]


def test_a_lock_that_does_not_come_is_no_bug_and_anything_else_is() -> None:
    busy = OperationalError()
    busy.__cause__ = LockNotAvailable()

    answer = problems.answer(busy, {})

    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert problems.answer(OperationalError(), {}) is None
    assert problems.answer(ZeroDivisionError(), {}) is None
