"""Touchpoints over the API: one or many, each kept once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions import absorb
from inbox.models import Conversation, Customer, Identity, Touchpoint
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db


def order(number: int = 1, **more: Any) -> dict[str, Any]:
    """An order, told of ana's mail address unless told otherwise."""
    usual: dict[str, Any] = {
        "kind": "order",
        "source": "shop",
        "external_id": f"o-{number}",
        "occurred_at": f"2026-03-02T09:{number % 60:02}:00Z",
        "title": "Two chairs",
        "value": "129.00",
        "currency": "EUR",
        "data": {"items": ["Chair", "Chair"]},
    }
    whose = {} if "customer" in more else {"address": {"space": "email", "value": "ana@x.example"}}
    return usual | whose | more


def test_a_touchpoint_stands_with_its_customer(api: Api, ana: Customer, ana_mail: Identity) -> None:
    kept = api.post("touchpoints/", order())

    assert (kept.status, kept.body["created"]) == (201, True)
    (shown,) = api.get(f"customers/{ana.pk}/touchpoints/").body["results"]
    assert shown["id"] == kept.body["id"]
    assert (shown["value"], shown["currency"], shown["data"]) == (
        "129.00",
        "EUR",
        {"items": ["Chair", "Chair"]},
    )


def test_the_same_told_twice_is_one(api: Api, ana: Customer) -> None:
    first, second = (api.post("touchpoints/", order(customer=ana.pk)) for _ in range(2))

    assert second.body == {"id": first.body["id"], "created": False}
    assert Touchpoint.objects.count() == 1


def test_five_hundred_are_kept_at_once_in_a_few_queries(api: Api, ana: Customer) -> None:
    with CaptureQueriesContext(connection) as queries:
        kept = api.post("touchpoints/", [order(number, customer=ana.pk) for number in range(500)])

    assert kept.status == 201
    assert len(kept.body) == Touchpoint.objects.count() == 500
    assert len(queries) <= 20


def test_five_hundred_and_one_are_too_many(api: Api, ana: Customer) -> None:
    answer = api.post("touchpoints/", [order(number, customer=ana.pk) for number in range(501)])

    assert (answer.status, answer.body["code"]) == (422, "invalid")


def test_one_bad_item_keeps_the_list_out_and_is_named(api: Api, ana: Customer) -> None:
    listed = [
        order(1, customer=ana.pk),
        order(2, customer=ana.pk, kind="dream"),
        order(3, customer=ana.pk, value="x"),
    ]

    answer = api.post("touchpoints/", listed)

    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == ["1.kind", "2.value"]
    assert Touchpoint.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": None},
        {"customer": 1, "address": {"space": "email", "value": "ana@x.example"}},
        {"occurred_at": "yesterday"},
        {"occurred_at": "0001-01-01T00:00:00+23:59"},
        {"occurred_at": "9999-12-31T23:59:59-23:59"},
        {"url": "javascript:alert(1)"},
        {"value": "12", "currency": ""},
        {"value": "NaN"},
        {"currency": "eur"},
        {"data": {"text": "\x00"}},
        {"data": {"text": "\ud800"}},
        {"data": {"much": "x" * 9_000}},
        {"title": "Up\u202eside"},
        {"customer": 10**30, "address": None},
        {"customer": True, "address": None},
    ],
)
def test_what_does_not_fit_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    answer = api.post("touchpoints/", order() | wrong)

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert Touchpoint.objects.count() == 0


def test_an_address_of_somebody_hidden_tells_nothing(api: Api, secret: Conversation, ana: Customer) -> None:
    """ana is known to HR alone: telling of her address looks just like telling of one that nobody has."""
    factories.identity(ana, "ana@x.example")

    known = api.post("touchpoints/", order(1))
    unknown = api.post("touchpoints/", order(2, address={"space": "email", "value": "new@x.example"}))

    assert known.body.keys() == unknown.body.keys() == {"id", "created"}
    assert api.get(f"customers/{ana.pk}/touchpoints/").status == 404
    assert api.post("touchpoints/", order(3, customer=ana.pk)).status == 422


def test_a_customer_who_was_merged_away_is_whoever_they_are_now(api: Api, ana: Customer) -> None:
    gone = factories.customer("Ana S.")
    absorb.into(keep_id=ana.pk, gone_id=gone.pk)

    kept = api.post("touchpoints/", order(customer=gone.pk))

    assert kept.status == 201
    assert Touchpoint.objects.get().customer == ana


def test_a_list_shows_the_latest_first_and_only_the_kind_asked_for(api: Api, ana: Customer) -> None:
    kept = api.post("touchpoints/", [order(number, customer=ana.pk) for number in (2, 3, 1)]).body
    api.post("touchpoints/", order(9, customer=ana.pk, kind="review"))
    path = f"customers/{ana.pk}/touchpoints/?kind=order&limit=2"

    first = api.get(path).body
    rest = api.get(f"{path}&cursor={first['next']}").body

    shown = [each["id"] for each in first["results"] + rest["results"]]
    assert shown == [kept[1]["id"], kept[0]["id"], kept[2]["id"]]
    assert rest["next"] is None
