"""Touchpoints: kept once, under the right person, and nothing else is touched."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inbox import tasks
from inbox.actions import absorb, touchpoints
from inbox.actions.errors import Refused
from inbox.actions.told import problem
from inbox.actions.touchpoints import NotKept, Told
from inbox.contract import Address, Identified
from inbox.models import Agent, Claim, Conversation, Customer, Event, Identity, Touchpoint
from tests import factories
from tests.inbox.arrivals import arrive, take

pytestmark = pytest.mark.django_db
MAIL = Address(space="email", value="ana@x.example", name="Ana Silva")


def told(number: int = 1, **more: Any) -> Told:
    """An order in the shop, with an id of its own, told of ana's mail address unless told otherwise."""
    if "customer_id" not in more:
        more.setdefault("address", MAIL)
    usual: dict[str, Any] = {
        "kind": "order",
        "source": "shop",
        "external_id": f"o-{number}",
        "occurred_at": factories.at(number),
    }
    return Told(**usual | more)


def one(item: Told) -> Touchpoint:
    """Keep it and give its row."""
    (recorded,) = touchpoints.record([item])
    return Touchpoint.objects.select_related("customer", "identity").get(pk=recorded.touchpoint_id)


def test_a_touchpoint_is_kept_as_it_was_told_with_one_fact() -> None:
    kept = one(
        told(
            reference="ORD-7",
            title="Oak table",
            url="https://shop.example/orders/7",
            value=Decimal("249.90"),
            currency="EUR",
            data={"items": [{"name": "Oak table", "count": 1}]},
        )
    )

    assert (kept.kind, kept.source, kept.external_id, kept.reference) == ("order", "shop", "o-1", "ORD-7")
    assert (kept.value, kept.currency, kept.url) == (
        Decimal("249.90"),
        "EUR",
        "https://shop.example/orders/7",
    )
    assert kept.data == {"items": [{"name": "Oak table", "count": 1}]}
    assert kept.occurred_at == factories.at(1)
    event = Event.objects.get()
    assert (event.kind, event.customer_id, event.conversation_id, event.desk_id) == (
        "touchpoint_recorded",
        kept.customer_id,
        None,
        None,
    )
    assert event.data == {"touchpoint": kept.pk}


def test_an_address_nobody_has_used_becomes_a_customer_and_is_not_proven() -> None:
    kept = one(told())

    assert kept.customer.name == "Ana Silva"
    assert kept.identity == Identity.objects.get()
    assert not Identity.objects.get().verified
    assert kept.told_of is None


def test_the_same_told_twice_is_one_the_first() -> None:
    first = touchpoints.record([told(title="Table")])
    again = touchpoints.record(
        [told(title="Something else", address=Address(space="email", value="b@x.example"))]
    )

    assert [recorded.created for recorded in first + again] == [True, False]
    assert first[0].touchpoint_id == again[0].touchpoint_id
    assert first[0].customer_id == again[0].customer_id
    assert Touchpoint.objects.get().title == "Table"
    assert Event.objects.count() == 1
    assert Customer.objects.count() == 1


def test_the_same_twice_in_one_list_is_one() -> None:
    recorded = touchpoints.record([told(1), told(2), told(1)])

    assert [each.created for each in recorded] == [True, True, False]
    assert recorded[0].touchpoint_id == recorded[2].touchpoint_id
    assert Touchpoint.objects.count() == Event.objects.count() == 2


def test_two_sources_may_use_the_same_id() -> None:
    touchpoints.record([told(source="shop"), told(source="app")])

    assert Touchpoint.objects.count() == 2


def test_answers_come_in_the_order_of_the_list(ana: Customer) -> None:
    recorded = touchpoints.record([told(number, customer_id=ana.pk) for number in (3, 1, 2)])

    ids = [each.touchpoint_id for each in recorded]
    assert list(
        Touchpoint.objects.filter(pk__in=ids).order_by("external_id").values_list("external_id", flat=True)
    ) == [
        "o-1",
        "o-2",
        "o-3",
    ]
    by_id = Touchpoint.objects.in_bulk(ids)
    assert [by_id[pk].external_id for pk in ids] == ["o-3", "o-1", "o-2"]


def test_what_is_told_of_a_merged_customer_is_the_surviving_ones_and_remembers_of_whom_it_was_told(
    ana: Customer,
) -> None:
    ben, cai = factories.customer("Ben"), factories.customer("Cai")
    absorb.into(keep_id=ben.pk, gone_id=ana.pk)
    absorb.into(keep_id=cai.pk, gone_id=ben.pk)

    kept = one(told(customer_id=ana.pk))

    assert (kept.customer, kept.told_of_id) == (cai, ana.pk)
    assert Event.objects.get(kind="touchpoint_recorded").customer == cai


def test_what_is_told_of_an_address_that_somebody_only_claimed_is_not_shown_to_them() -> None:
    site = factories.channel()
    visitor = Address(space="visitor", value="v1")
    arrive(site, by=visitor)
    take(site, Identified(event_key="i", author=visitor, claims=(MAIL,)))
    claimant = Identity.objects.get(space="visitor").customer

    kept = one(told())

    assert kept.customer != claimant
    assert Claim.objects.get().customer == claimant


def test_no_conversation_is_opened_woken_or_raised(ana: Customer, sam: Agent) -> None:
    channel = factories.channel()
    message = arrive(channel)
    before = Conversation.objects.values().get()

    touchpoints.record([told(customer_id=message.customer_id)])

    assert Conversation.objects.values().get() == before


def test_what_lies_ahead_happens_now(ana: Customer) -> None:
    kept = one(told(customer_id=ana.pk, occurred_at=timezone.now() + timedelta(days=3)))

    assert kept.occurred_at == kept.received_at


def test_amounts_are_kept_to_the_cent(ana: Customer) -> None:
    kept = one(told(customer_id=ana.pk, value=Decimal("12.3456"), currency="EUR"))

    assert kept.value == Decimal("12.35")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "rocket"}, "kind"),
    ({"kind": ""}, "kind"),
    ({"source": " "}, "source"),
    ({"source": "s" * 41}, "source"),
    ({"external_id": ""}, "external_id"),
    ({"external_id": "e" * 201}, "external_id"),
    ({"external_id": "a\x00b"}, "external_id"),
    ({"reference": "r" * 101}, "reference"),
    ({"title": "t" * 301}, "title"),
    ({"title": "safe \u202e txt.exe"}, "title"),
    ({"title": "\ud800"}, "title"),
    ({"url": "javascript:alert(1)"}, "url"),
    ({"url": "data:text/html,x"}, "url"),
    ({"url": "//shop.example/x"}, "url"),
    ({"url": "https://"}, "url"),
    ({"url": "https://shop.example@evil.example/"}, "url"),
    ({"url": "https://shop.example/\nx"}, "url"),
    ({"url": "https://shop.example\\@evil.example"}, "url"),
    ({"url": "https://[::1"}, "url"),
    ({"url": "https://x.example/" + "a" * 2000}, "url"),
    ({"value": Decimal(1)}, "currency"),
    ({"currency": "EUR"}, "value"),
    ({"value": Decimal(1), "currency": "eur"}, "currency"),
    ({"value": Decimal(1), "currency": "EURO"}, "currency"),
    ({"value": Decimal("NaN"), "currency": "EUR"}, "value"),
    ({"value": Decimal("sNaN"), "currency": "EUR"}, "value"),
    ({"value": Decimal("Infinity"), "currency": "EUR"}, "value"),
    ({"value": Decimal("1E+999999"), "currency": "EUR"}, "value"),
    ({"value": Decimal("999999999999.999"), "currency": "EUR"}, "value"),
    ({"occurred_at": datetime(2026, 3, 2)}, "time zone"),  # noqa: DTZ001  # that is what is wrong with it
    ({"occurred_at": factories.MORNING - timedelta(days=365 * 100)}, "too long ago"),
    ({"data": {"a": {"b": {"c": {"d": {}}}}}}, "deep"),
    ({"data": {"a": "x" * 8_000}}, "large"),
    ({"data": {"a\x00": 1}}, "JSON"),
    ({"data": {"a": "\ud800"}}, "JSON"),
    ({"data": {"a": float("nan")}}, "JSON"),
    ({"data": {"a": 10**5000}}, "JSON"),
    ({"data": {1: "x"}}, "JSON"),
    ({"data": {"a": Decimal(1)}}, "JSON"),
    ({"data": ["a"]}, "JSON"),
    ({"address": None}, "whose"),
    ({"customer_id": 1, "address": MAIL}, "whose"),
    ({"address": Address(space="email", value=" ")}, "empty"),
    ({"customer_id": 987654321}, "no such customer"),
]


@pytest.mark.parametrize(("wrong", "says"), BAD)
def test_what_is_wrong_is_said_and_nothing_of_the_list_is_kept(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        touchpoints.record([told(1), told(2, **wrong)])

    assert isinstance(refused.value, NotKept)
    assert list(refused.value.problems) == [1]
    assert not Touchpoint.objects.exists()
    assert not Customer.objects.exists()


def test_each_bad_item_is_named() -> None:
    with pytest.raises(NotKept) as refused:
        touchpoints.record([told(1, kind="x"), told(2), told(3, url="ftp://x.example")])

    assert list(refused.value.problems) == [0, 2]
    assert str(refused.value).startswith("1: The kind")


def test_five_hundred_take_as_many_queries_as_five(ana: Customer) -> None:
    def queries(items: list[Told]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            touchpoints.record(items)
        return len(captured)

    def some(number: int, start: int) -> list[Told]:
        addresses = [Address(space="email", value=f"p{n}@x.example") for n in range(start, start + number)]
        by_address = [told(start + n, address=addresses[n]) for n in range(number)]
        return by_address + [told(start + number + n, customer_id=ana.pk) for n in range(number)]

    few, many = queries(some(5, 0)), queries(some(250, 1_000))

    assert few == many <= 12
    assert Touchpoint.objects.count() == 510


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_keep_it_once() -> None:
    items = [
        told(number, address=Address(space="email", value=f"{number % 7}@x.example")) for number in range(40)
    ]
    answers: dict[int, list[touchpoints.Recorded]] = {}

    def tell(which: int) -> None:
        try:
            answers[which] = touchpoints.record(items if which % 2 else items[::-1])
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=[which]) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Touchpoint.objects.count() == 40
    assert Event.objects.filter(kind="touchpoint_recorded").count() == 40
    assert sum(each.created for answer in answers.values() for each in answer) == 40
    assert len({frozenset(each.touchpoint_id for each in answer) for answer in answers.values()}) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=12,
)


@given(
    kind=st.sampled_from(["page", "order", "x", "\x00"]),
    texts=st.tuples(*[st.text(st.characters(), max_size=45)] * 4),
    url=st.sampled_from(["", "https://", "http://x/", "javascript:"]).flatmap(
        lambda start: st.text(st.characters(), max_size=20).map(lambda rest: start + rest)
    ),
    value=st.none() | st.decimals(),
    currency=st.sampled_from(["", "EUR", "€"]),
    data=st.dictionaries(st.text(st.characters(), max_size=5), ANYTHING, max_size=3),
    at=st.datetimes(timezones=st.timezones()),
)
def test_whatever_is_told_is_kept_whole_or_refused(
    kind: str,
    texts: tuple[str, str, str, str],
    url: str,
    value: Decimal | None,
    currency: str,
    data: dict[str, Any],
    at: datetime,
) -> None:
    source, external_id, reference, title = texts
    customer = Customer.objects.create()
    item = Told(
        kind=kind,
        source=source,
        external_id=external_id,
        reference=reference,
        title=title,
        url=url,
        value=value,
        currency=currency,
        data=data,
        occurred_at=at,
        customer_id=customer.pk,
    )

    if problem(item):
        with pytest.raises(NotKept):
            touchpoints.record([item])
        return
    (recorded,) = touchpoints.record([item])
    kept = Touchpoint.objects.get(pk=recorded.touchpoint_id)
    if recorded.created:
        assert (kept.kind, kept.url, kept.data) == (kind, url, data)


# ---------------------------------------------------------------- what is forgotten


def test_views_of_pages_are_forgotten_after_a_while_and_nothing_else_is(
    ana: Customer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given old and new views, and an old order
    settings.PAGE_VIEWS_DAYS = 30
    monkeypatch.setattr(touchpoints, "BATCH", 2)
    now = timezone.now()
    for days in (31, 32, 33, 34, 35):
        factories.touchpoint(ana, "page", title="Old", occurred_at=now - timedelta(days=days))
    factories.touchpoint(ana, "page", title="New", occurred_at=now - timedelta(days=29))
    factories.touchpoint(ana, "order", title="Chair", occurred_at=now - timedelta(days=400))

    # When the task runs, twice
    tasks.purge_touchpoints()
    tasks.purge_touchpoints()

    # Then the old views are gone
    assert set(Touchpoint.objects.values_list("title", flat=True)) == {"New", "Chair"}


def test_views_of_pages_are_kept_for_ever_if_that_is_wished(ana: Customer, settings: Any) -> None:
    settings.PAGE_VIEWS_DAYS = 0
    factories.touchpoint(ana, "page", occurred_at=factories.at(0) - timedelta(days=4000))

    assert touchpoints.purge() == 0
    assert Touchpoint.objects.count() == 1
