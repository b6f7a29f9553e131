"""What matters now: everything an agent should know before answering, nothing that is not theirs, in few queries."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox import live, outlook
from inbox.models import Agent, Channel, Customer, Desk
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db


def test_nothing_is_said_of_somebody_of_whom_nothing_is_known(sam: Agent, ana: Customer) -> None:
    assert not outlook.of(sam, ana)


# ---------------------------------------------------------------- matters and contacts


def test_open_matters_come_with_what_was_promised_first(sam: Agent, ana: Customer) -> None:
    factories.conversation(ana, main=False, status="resolved")
    waiting = factories.conversation(ana, waiting_since=at(1))
    later = factories.conversation(ana, main=False, promised_at=at(90), next_step="Call the carrier")
    sooner = factories.conversation(ana, main=False, promised_at=at(30), status="snoozed")

    found = outlook.of(sam, ana)

    assert list(found.matters) == [sooner, later, waiting]
    assert found.more_matters == 0


def test_many_matters_are_cut_and_counted(sam: Agent, ana: Customer) -> None:
    for _ in range(outlook.MATTERS + 2):
        factories.conversation(ana, main=False)

    found = outlook.of(sam, ana)

    assert (len(found.matters), found.more_matters) == (outlook.MATTERS, 2)


def test_the_last_contact_on_each_channel_is_named_newest_first(sam: Agent, ana: Customer) -> None:
    mail, phone = factories.channel("email"), factories.channel("sms")
    matter = factories.conversation(ana)
    factories.message(matter, channel=mail, occurred_at=at(1))
    factories.reply(matter, sam, channel=mail, occurred_at=at(3))
    factories.message(matter, channel=phone, occurred_at=at(2))
    factories.message(matter, kind="visit", occurred_at=at(0))
    factories.message(matter, channel=phone, occurred_at=at(9), nature="auto")
    factories.note(matter, sam, occurred_at=at(8))

    contacts = outlook.of(sam, ana).contacts

    assert [(each.channel, each.kind, each.at, each.inbound) for each in contacts] == [
        (mail, "text", at(3), False),
        (phone, "text", at(2), True),
        (None, "visit", at(0), True),
    ]


def test_a_restricted_desk_leaves_no_trace(sam: Agent, kim: Agent, ana: Customer, hr: Desk) -> None:
    channel = factories.channel(desk=hr)
    secret = factories.conversation(ana, desk=hr, promised_at=at(1), next_step="Ask her boss")
    factories.message(secret, channel=channel)
    live.viewing(
        who="v",
        customer_id=ana.pk,
        page=live.Viewing(title="Complaints", url="", channel_id=channel.pk, since=at(1)),
    )

    assert not outlook.of(sam, ana)
    found = outlook.of(kim, ana)
    assert list(found.matters) == [secret]
    assert len(found.contacts) == 1
    assert found.viewing is not None


# ---------------------------------------------------------------- what they did


def test_the_last_rating_is_the_newest_review(sam: Agent, ana: Customer) -> None:
    newest = factories.touchpoint(ana, "review", occurred_at=at(2))
    factories.touchpoint(ana, "review", occurred_at=at(1))

    assert outlook.of(sam, ana).rating == newest


def test_the_cart_is_the_newest_word_of_one(sam: Agent, ana: Customer) -> None:
    factories.touchpoint(ana, "order", occurred_at=at(0))
    factories.touchpoint(ana, "cart", occurred_at=at(1))
    cart = factories.touchpoint(ana, "cart", occurred_at=at(2), value=Decimal(20), currency="EUR")

    assert outlook.of(sam, ana).cart == cart


def test_an_order_closes_the_cart_and_so_does_emptying_it(sam: Agent, ana: Customer) -> None:
    factories.touchpoint(ana, "cart", occurred_at=at(1))
    factories.touchpoint(ana, "order", occurred_at=at(2))
    assert outlook.of(sam, ana).cart is None

    factories.touchpoint(ana, "cart", occurred_at=at(3), data={"items": []})
    assert outlook.of(sam, ana).cart is None


def test_orders_are_put_together_by_their_number_with_how_they_stand(sam: Agent, ana: Customer) -> None:
    old = factories.touchpoint(ana, "order", reference="A1", occurred_at=at(1))
    new = factories.touchpoint(ana, "order", reference="B2", occurred_at=at(2))
    ready = factories.touchpoint(ana, "ready", reference="A1", occurred_at=at(3))
    alone = factories.touchpoint(ana, "delivery", occurred_at=at(0))
    factories.touchpoint(ana, "page", occurred_at=at(9))

    orders = outlook.of(sam, ana).orders

    assert [(each.first, each.newest) for each in orders] == [(old, ready), (new, new), (alone, alone)]


def test_only_the_last_orders_are_told(sam: Agent, ana: Customer) -> None:
    for number in range(9):
        factories.touchpoint(ana, "order", reference=f"N{number}", occurred_at=at(number))

    assert [each.first.reference for each in outlook.of(sam, ana).orders] == ["N8", "N7", "N6"]


# ---------------------------------------------------------------- the page in view


def look(customer: Customer, channel: Channel, title: str = "Size guide") -> live.Viewing:
    page = live.Viewing(title=title, url="https://shop.example/sizes", channel_id=channel.pk, since=at(1))
    live.viewing(who="v", customer_id=customer.pk, page=page)
    return page


def test_the_page_in_view_is_told_until_they_leave_it(sam: Agent, ana: Customer) -> None:
    channel = factories.channel()
    page = look(ana, channel)
    assert outlook.of(sam, ana).viewing == page

    live.still_viewing(who="v", here=False)

    assert outlook.of(sam, ana).viewing is None


def test_the_page_in_view_is_forgotten_by_itself(ana: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "VIEWING_SECONDS", 1)
    look(ana, factories.channel())

    until = time.monotonic() + 10
    while live.viewed(ana.pk) is not None and time.monotonic() < until:
        time.sleep(0.1)

    assert live.viewed(ana.pk) is None


def test_one_does_not_look_on_at_a_page_one_has_left(ana: Customer) -> None:
    page = look(ana, factories.channel())
    live.still_viewing(who="v", here=True)
    assert live.viewed(ana.pk) == page
    live.still_viewing(who="v", here=False)

    live.still_viewing(who="v", here=True)

    assert live.viewed(ana.pk) is None


def test_who_comes_back_to_a_page_is_known_by_their_address(ana: Customer) -> None:
    page = look(ana, factories.channel())
    live.still_viewing(who="v", here=False)

    live.viewing(who="v", page=page)
    live.viewing(who="nobody-knows", page=page)

    assert live.viewed(ana.pk) == page


# ---------------------------------------------------------------- cost


def test_a_long_story_costs_no_more_queries(sam: Agent, ana: Customer) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            found = outlook.of(sam, ana)
            assert all(each.assignee == sam for each in found.matters)
            assert [each.channel and each.channel.name for each in found.contacts]
        return len(captured)

    def more(times: int) -> None:
        for minute in range(times):
            matter = factories.conversation(ana, main=False, assignee=sam)
            factories.message(matter, channel=factories.channel(), occurred_at=at(minute))
            for kind in ("cart", "order", "ready", "review", "page"):
                factories.touchpoint(ana, kind, reference=f"R{minute}", occurred_at=at(minute))

    more(1)
    few = queries()
    more(12)

    assert queries() == few <= 8
