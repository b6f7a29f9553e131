"""The demo's data: believable, complete, loaded once, and through the same actions as real life."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from inbox import outlook, timeline
from inbox.models import Agent, Channel, Conversation, Customer, Delivery, Message, Touchpoint
from inbox.models.story import TouchpointKind


@pytest.fixture
def printed(db: None, settings: Any, tmp_path: Path) -> str:
    settings.DATA_DIR = tmp_path
    out = StringIO()
    call_command("demo_data", stdout=out)
    return out.getvalue()


def test_it_prints_who_may_log_in_with_a_password_made_for_this_machine(printed: str) -> None:
    password = printed.split("password: ")[1].split(maxsplit=1)[0]

    assert isinstance(authenticate(username="sam@northwool.example", password=password), Agent)


def test_loading_it_twice_changes_nothing(printed: str) -> None:
    before = (Message.objects.count(), Customer.objects.count(), Channel.objects.count())
    again = StringIO()

    call_command("demo_data", stdout=again)

    assert (Message.objects.count(), Customer.objects.count(), Channel.objects.count()) == before
    assert again.getvalue() == printed


@pytest.mark.usefixtures("printed")
def test_one_customer_has_written_by_mail_text_and_chat_in_one_conversation() -> None:
    ana = Customer.objects.get(identities__value="ana@example.com")

    (conversation,) = Conversation.objects.filter(customer=ana, status="open")
    assert (
        conversation.messages.values_list("channel__kind", flat=True).exclude(channel=None).distinct().count()
        == 3
    )


@pytest.mark.usefixtures("printed")
def test_what_customers_did_elsewhere_stands_in_their_threads_and_matters_now() -> None:
    sam = Agent.objects.get(email="sam@northwool.example")
    ana = Customer.objects.get(identities__value="ana@example.com")

    found = outlook.of(sam, ana)
    kinds = [entry.entry_kind for entry in timeline.page(sam, ana, limit=100).entries]

    assert found.rating is not None
    assert found.cart is not None
    assert [order.first.reference for order in found.orders] == ["4417", "4102"]
    assert found.orders[1].newest.kind == TouchpointKind.DELIVERY
    assert "message" in kinds[kinds.index("touchpoint") :]
    # A visit is noted by hand, in words; the demo shows all that other systems tell.
    assert set(Touchpoint.objects.values_list("kind", flat=True)) == set(TouchpointKind) - {
        TouchpointKind.VISIT
    }


def test_somebody_in_a_shop_has_noted_visits_and_reads_no_message(printed: str) -> None:
    lena = Agent.objects.get(email="lena@northwool.example")

    assert "Lena Frost (Shop staff)" in printed
    assert set(Message.objects.filter(author=lena).values_list("kind", "encounter__place__name")) == {
        ("visit", "Northwool Edinburgh"),
        ("visit", "Northwool Leeds"),
    }
    assert Message.objects.filter(kind="letter").count() == 1
    assert not Message.objects.visible_to(lena).exists()


@pytest.mark.usefixtures("printed")
def test_nothing_of_the_past_is_waiting_to_be_sent() -> None:
    assert not Delivery.objects.filter(status__in=["queued", "sending"]).exists()


@pytest.mark.usefixtures("printed")
def test_the_restricted_desk_is_invisible_to_an_agent() -> None:
    sam = Agent.objects.get(email="sam@northwool.example")

    assert not Conversation.objects.visible_to(sam).filter(desk__name="People").exists()
    assert not Customer.objects.visible_to(sam).filter(name="Noor van Dijk").exists()


@pytest.mark.usefixtures("printed")
def test_one_customer_goes_from_channel_to_channel_and_stays_one_thread() -> None:
    noor = Customer.objects.get(identities__value="noor.haddad@example.org")
    sam = Agent.objects.get(email="sam@northwool.example")

    said = Message.objects.filter(customer=noor).order_by("occurred_at")
    kinds = set(said.values_list("channel__kind", flat=True))
    matter = Conversation.objects.get(customer=noor, main=True)

    assert len(kinds) == 5
    assert matter.messages.values_list("channel", flat=True).distinct().count() == 4
    assert Conversation.objects.get(customer=noor, main=False).public
    shown = [entry for entry in timeline.page(sam, noor, limit=100).entries if entry.entry_kind == "message"]
    assert [entry.at for entry in shown] == sorted(entry.at for entry in shown)
    assert any(message.cards for message in said)
    assert any(message.in_reply_to for message in said)
