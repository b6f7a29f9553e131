"""Customers and their addresses over the API."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from inbox.actions import absorb, attributes
from inbox.models import Agent, Conversation, Customer, Event, Identity
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db
ANA = {"space": "email", "value": "Ana@X.example", "name": "Ana Silva"}


def test_a_customer_is_added_with_addresses_that_count_as_claimed(api: Api, sam: Agent) -> None:
    sent = {"name": "Ana Silva", "company": "Silva Ltd", "vip": True, "language": "pt", "identities": [ANA]}

    answer = api.post("customers/", sent)

    assert answer.status == 201
    assert answer.body["company"] == "Silva Ltd"
    (identity,) = answer.body["identities"]
    assert (identity["value"], identity["verified"]) == ("ana@x.example", False)
    made = Customer.objects.get(pk=answer.body["id"])
    assert (made.name, made.vip, made.language) == ("Ana Silva", True, "pt")
    assert Event.objects.filter(customer=made, actor=sam).exists()


def test_a_phone_number_is_kept_in_its_one_spelling(api: Api) -> None:
    phone = {"space": "phone", "value": "020 7946 0000"}

    answer = api.post("customers/", {"identities": [phone]})

    assert answer.body["identities"][0]["value"] == "+442079460000"


def test_an_address_that_is_somebodys_is_not_taken_from_them(api: Api, ana_mail: Identity) -> None:
    answer = api.post("customers/", {"name": "Somebody", "identities": [ANA]})

    assert (answer.status, answer.body["code"]) == (409, "refused")
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, ""),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ana\x00"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"name": "Ana", "time_zone": "Mars/Base"}, "time_zone"),
        ({"name": "Ana", "vip": "perhaps"}, "vip"),
        ({"identities": [{"space": "email", "value": "nobody"}]}, "identities.0.value"),
        ({"identities": [{"space": "nowhere", "value": "x"}]}, "identities.0.value"),
        ({"identities": {"space": "email"}}, "identities"),
        (["Ana"], ""),
        ("Ana", ""),
        (None, ""),
    ],
)
def test_what_does_not_fit_is_said_for_each_field(api: Api, sent: object, field: str) -> None:
    answer = api.ask("POST", "customers/", b"null" if sent is None else sent)

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.body["errors"]] == [field]
    assert Customer.objects.count() == 0


def test_a_customer_is_changed_and_the_rest_stays(api: Api, ana: Customer) -> None:
    answer = api.patch(f"customers/{ana.pk}/", {"about": "Likes tea"})

    assert (answer.status, answer.body["about"], answer.body["name"]) == (200, "Likes tea", "Ana Silva")


def test_customers_are_found_by_name_and_by_address(api: Api, ana: Customer, ana_mail: Identity) -> None:
    other = factories.customer("Ben Moss")

    def found(query: str) -> list[int]:
        return [each["id"] for each in api.get(f"customers/?{query}").body["results"]]

    assert found("q=silvia") == [ana.pk]
    assert found("address=email:ANA@x.example") == [ana.pk]
    assert found("address=email:nobody@x.example") == []
    assert found("") == [other.pk, ana.pk]


def test_pages_hold_every_customer_once(api: Api) -> None:
    made = [factories.customer(f"Person {number}").pk for number in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"customers/?limit=3&cursor={cursor}" if cursor else "customers/?limit=3")
        seen += [each["id"] for each in answer.body["results"]]
        cursor = answer.body["next"]

    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("cursor=nonsense", 400, "bad_cursor"),
        ("limit=0", 422, "invalid"),
        ("limit=many", 422, "invalid"),
        ("address=ana", 422, "invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api: Api, query: str, status: int, code: str) -> None:
    answer = api.get(f"customers/?{query}")

    assert (answer.status, answer.body["code"]) == (status, code)


def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api: Api, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        factories.identity(factories.customer(f"Person {number}"))

    with django_assert_max_num_queries(7):
        assert len(api.get("customers/").body["results"]) == 30


def test_an_address_is_added_and_read(api: Api, ana: Customer) -> None:
    added = api.post(f"customers/{ana.pk}/identities/", ANA)

    assert (added.status, added.body["customer"], added.body["verified"]) == (201, ana.pk, False)
    assert api.get(f"identities/{added.body['id']}/").body == added.body
    assert api.get(f"customers/{ana.pk}/identities/").body["results"] == [added.body]


def test_an_address_used_with_another_desk_only_is_not_there(
    api: Api, ana: Customer, ana_mail: Identity, secret: Conversation, matter: Conversation
) -> None:
    hidden = factories.identity(ana, "ana@home.example")
    factories.message(secret, "Between us", identity=hidden)

    assert [each["id"] for each in api.get(f"customers/{ana.pk}/").body["identities"]] == [ana_mail.pk]
    assert [each["id"] for each in api.get(f"customers/{ana.pk}/identities/").body["results"]] == [
        ana_mail.pk
    ]
    assert api.get(f"identities/{hidden.pk}/").status == 404
    assert api.get("customers/?address=email:ana@home.example").body["results"] == []


def test_fields_of_the_companys_own_are_set_and_emptied(api: Api, ana: Customer, ada: Agent) -> None:
    attributes.save(actor=ada, attribute=None, label="Shoe size", kind="number")
    attributes.save(actor=ada, attribute=None, label="Since", kind="date")
    path = f"customers/{ana.pk}/"

    first = api.patch(path, {"attributes": {"shoe_size": 40, "since": "2020-01-31"}})
    second = api.patch(path, {"attributes": {"since": None}})

    assert first.body["attributes"] == {"shoe_size": 40, "since": "2020-01-31"}
    assert second.body["attributes"] == {"shoe_size": 40}


@pytest.mark.parametrize(
    ("key", "value"),
    [("shoe_size", "large"), ("shoe_size", [40]), ("shoe_size", {}), ("hat_size", 3), ("\x00", 1)],
)
def test_a_value_that_does_not_fit_its_field_is_refused(
    api: Api, ana: Customer, ada: Agent, key: str, value: object
) -> None:
    attributes.save(actor=ada, attribute=None, label="Shoe size", kind="number")

    answer = api.patch(f"customers/{ana.pk}/", {"vip": True, "attributes": {key: value}})

    assert (answer.status, [error["field"] for error in answer.body["errors"]]) == (
        422,
        [f"attributes.{key}"],
    )
    ana.refresh_from_db()
    assert (ana.vip, ana.attributes) == (False, {})


def test_an_id_from_before_a_merge_leads_to_whoever_they_are_now(api: Api, ana: Customer) -> None:
    between, gone = factories.customer("Ana S."), factories.customer("A. Silva")
    absorb.into(keep_id=between.pk, gone_id=gone.pk)
    absorb.into(keep_id=ana.pk, gone_id=between.pk)

    assert api.get(f"customers/{gone.pk}/").body["id"] == ana.pk
    assert api.patch(f"customers/{gone.pk}/", {"about": "Likes tea"}).body["about"] == "Likes tea"
    for part in ("identities", "messages", "touchpoints"):
        assert api.get(f"customers/{gone.pk}/{part}/").status == 200
    assert [each["id"] for each in api.get("customers/").body["results"]] == [ana.pk]
