"""Where and when they want to hear from us: noted in the panel, heeded by the composer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from agents import composing
from inbox.models import Agent, Channel, Conversation, Customer, Desk, Identity
from tests import factories

Post = Callable[..., HttpResponse]


def known(ana: Customer, **more: object) -> dict[str, object]:
    return {"name": "Ana Silva", "preferred_from": "09:00", "preferred_until": "17:30"} | more


def test_preferences_are_edited_and_shown(
    post: Post, as_sam: Client, ana: Customer, ana_mail: Identity, ana_phone: Identity
) -> None:
    answer = post(f"/customers/{ana.pk}/edit/", **known(ana, preferred_identity=ana_phone.pk))

    ana.refresh_from_db()
    assert (ana.preferred_identity, ana.preferred_from) == (ana_phone, time(9))
    html = answer.content.decode()
    assert "09:00–17:30" in html
    assert f"<bdi>{ana_phone.value}</bdi>" in html


@pytest.mark.parametrize(
    "wrong", [{"preferred_until": ""}, {"preferred_from": "nine"}, {"preferred_identity": "77"}]
)
def test_what_makes_no_sense_is_said_and_not_kept(
    post: Post, ana: Customer, wrong: dict[str, object]
) -> None:
    answer = post(f"/customers/{ana.pk}/edit/", **known(ana, **wrong))

    assert "errorlist" in answer.content.decode()
    ana.refresh_from_db()
    assert (ana.preferred_from, ana.preferred_identity) == (None, None)


def test_an_address_one_may_not_see_is_neither_shown_nor_lost(
    post: Post, as_sam: Client, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    hidden = factories.identity(ana, "ana.private@x.example")
    factories.message(factories.conversation(ana, desk=hr), "Between us", identity=hidden)
    Customer.objects.filter(pk=ana.pk).update(preferred_identity=hidden)

    assert "ana.private" not in as_sam.get(f"/customers/{ana.pk}/edit/").content.decode()
    assert "ana.private" not in as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    post(f"/customers/{ana.pk}/edit/", name="Ana Moreno")

    ana.refresh_from_db()
    assert (ana.name, ana.preferred_identity) == ("Ana Moreno", hidden)


def test_who_writes_first_begins_with_the_address_they_prefer(
    sam: Agent, ana: Customer, mailbox: Channel, number: Channel, ana_mail: Identity, ana_phone: Identity
) -> None:
    Customer.objects.filter(pk=ana.pk).update(preferred_identity=ana_phone)
    fresh = factories.conversation(Customer.objects.get(pk=ana.pk))

    found = composing.of(sam, fresh).chosen

    assert found is not None
    assert found.identity == ana_phone


def test_an_answer_keeps_the_pair_of_the_message_it_answers(
    sam: Agent, matter: Conversation, number: Channel, ana_mail: Identity, ana_phone: Identity
) -> None:
    Customer.objects.filter(pk=matter.customer_id).update(preferred_identity=ana_phone)

    found = composing.of(sam, Conversation.objects.get(pk=matter.pk)).chosen

    assert found is not None
    assert found.identity == ana_mail


@pytest.mark.parametrize(("hour", "said"), [(3, False), (14, True)])
def test_the_composer_says_that_it_is_late_for_them(
    sam: Agent, matter: Conversation, hour: int, said: bool
) -> None:
    Customer.objects.filter(pk=matter.customer_id).update(
        time_zone="Asia/Tokyo", preferred_from=time(9), preferred_until=time(17)
    )
    with time_machine.travel(datetime(2026, 3, 2, hour, tzinfo=UTC)):
        browser = Client()
        browser.force_login(sam)
        html = browser.get(f"/conversations/{matter.pk}/").content.decode()

    assert ("Outside the hours they prefer" in html) == said


@pytest.mark.parametrize("shared", [True, False])
def test_the_composer_warns_of_a_shared_address(
    as_sam: Client, matter: Conversation, ana_mail: Identity, shared: bool
) -> None:
    Identity.objects.filter(pk=ana_mail.pk).update(shared=shared)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    hint = html.split('data-needs="shared"')[1].split(">", 1)[0]
    assert ("hidden" in hint) == (not shared)
