"""What matters now, at the top of the customer's place: without a click, as far as the reader may know."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from inbox import live
from inbox.models import Agent, Channel, Conversation, Customer, Desk
from tests import factories

pytestmark = pytest.mark.django_db


def shown(client: Client, agent: Agent, address: str) -> str:
    """The words of the section on that page."""
    client.force_login(agent)
    page = client.get(address).content.decode()
    section = page.partition('id="outlook"')[2].partition("</section>")[0]
    return " ".join(strip_tags("<section " + section).split())


def test_it_is_on_the_page_of_the_matter_without_a_click(
    client: Client, sam: Agent, matter: Conversation
) -> None:
    matter.next_step, matter.promised_at = "Call the carrier", timezone.now() + timedelta(hours=1)
    matter.save()
    factories.touchpoint(matter.customer, "review", data={"rating": 4}, title="Good <b>wool</b>")
    factories.touchpoint(matter.customer, "cart", title="Beanie", value=Decimal(34), currency="GBP")
    factories.touchpoint(
        matter.customer,
        reference="4417",
        title="Jumper",
        value=Decimal(128),
        currency="GBP",
        occurred_at=factories.at(0),
    )
    factories.touchpoint(matter.customer, "delivery", reference="4417", occurred_at=factories.at(1))

    words = shown(client, sam, f"/conversations/{matter.pk}/")

    for expected in (
        "What matters now",
        "Wrong size",
        "promise due",
        "Next: Call the carrier",
        "E-mail",
        "★★★★★",
    ):
        assert expected in words
    assert "Good &lt;b&gt;wool&lt;/b&gt;" in words
    assert "Beanie in the cart" in words
    assert "4417 · Jumper delivered" in words
    assert "£34.00" in words
    assert "£128.00" in words


def test_a_promise_that_is_over_looks_late(client: Client, sam: Agent, matter: Conversation) -> None:
    matter.promised_at = timezone.now() - timedelta(minutes=1)
    matter.save()
    client.force_login(sam)

    page = client.get(f"/live/matters-now/{matter.customer_id}/").content.decode()

    assert 'class="chip is-late"' in page


def test_an_order_stands_as_its_own_words_say(client: Client, sam: Agent, matter: Conversation) -> None:
    factories.touchpoint(matter.customer, "delivery", reference="7", data={"state": "on its way"})

    assert "7 on its way" in shown(client, sam, f"/conversations/{matter.pk}/")


def test_a_customer_without_a_matter_has_it_too(client: Client, sam: Agent, ana: Customer) -> None:
    factories.touchpoint(ana, reference="4417", title="Jumper")

    assert "4417 · Jumper ordered" in shown(client, sam, f"/customers/{ana.pk}/")


def test_nothing_to_say_is_no_empty_box(client: Client, sam: Agent, ana: Customer) -> None:
    client.force_login(sam)

    page = client.get(f"/customers/{ana.pk}/").content.decode()

    assert "panel-section outlook is-empty" in page
    assert "What matters now" not in page


def test_what_a_restricted_desk_has_is_not_told(
    client: Client, sam: Agent, kim: Agent, matter: Conversation, hr: Desk
) -> None:
    secret: Channel = factories.channel("sms", desk=hr, name="HR line")
    factories.message(factories.conversation(matter.customer, desk=hr, title="My boss"), channel=secret)
    page = live.Viewing(title="Complaints", url="", channel_id=secret.pk, since=timezone.now())
    live.viewing(who="v", customer_id=matter.customer_id, page=page)

    for address in (f"/conversations/{matter.pk}/", f"/live/matters-now/{matter.customer_id}/"):
        words = shown(client, sam, address)
        assert "Wrong size" in words
        assert not {word for word in ("My boss", "SMS", "Complaints") if word in words}
    assert "Complaints" in shown(client, kim, f"/live/matters-now/{matter.customer_id}/")
