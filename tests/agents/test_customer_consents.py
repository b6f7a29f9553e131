"""Consent in the customer's place: what holds, how it came about, and noting a yes or a no."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox import permission
from inbox.actions import consents, identify
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Agent, Consent, Conversation, Customer, Desk, Event, Identity, Purpose
from tests import factories
from tests.agents.conftest import HTMX
from tests.agents.test_event_lines import line

Post = Callable[..., HttpResponse]


def path(customer: Customer) -> str:
    return f"/customers/{customer.pk}/consents/"


def test_the_panel_says_what_they_allow(as_sam: Client, matter: Conversation, ana_mail: Identity) -> None:
    consents.change(identity_id=ana_mail.pk, purpose=Purpose.NEWS, allowed=True, how="form")

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert 'id="consents"' in html
    assert html.count('class="consent is-no"') == 1


def test_the_form_says_how_and_when_and_the_history_stays(
    as_sam: Client, sam: Agent, ana: Customer, ana_mail: Identity
) -> None:
    consents.change(identity_id=ana_mail.pk, purpose=Purpose.NEWS, allowed=True, how="agent", actor=sam)
    identify.consent(address=Address(space="email", value=ana_mail.value), allowed=False)

    html = as_sam.get(path(ana), headers=HTMX).content.decode()

    assert "noted by Sam Reed" in html
    assert "by STOP" in html
    assert html.count("<li>") == 3


def test_a_yes_is_noted_with_who_noted_it(post: Post, sam: Agent, ana: Customer, ana_mail: Identity) -> None:
    answer = post(path(ana), identity=ana_mail.pk, purpose="news", allowed="yes")

    row = Consent.objects.get()
    assert (row.identity, row.purpose, row.allowed, row.how, row.actor) == (
        ana_mail,
        "news",
        True,
        "agent",
        sam,
    )
    assert 'id="consents" hx-swap-oob="true"' in answer.content.decode()


def test_a_stop_of_the_holders_is_not_lifted_here(post: Post, ana: Customer, ana_mail: Identity) -> None:
    identify.consent(address=Address(space="email", value=ana_mail.value), allowed=False)

    answer = post(path(ana), identity=ana_mail.pk, purpose="service", allowed="yes")

    assert answer.status_code == 422
    assert "Only they can lift it" in answer.content.decode()
    assert not permission.allowed(ana_mail)


@pytest.mark.parametrize(
    "wrong", [{"purpose": "bribes"}, {"allowed": "perhaps"}, {"identity": "x"}, {"identity": "-1"}]
)
def test_nonsense_is_refused(post: Post, ana: Customer, ana_mail: Identity, wrong: dict[str, str]) -> None:
    given = {"identity": str(ana_mail.pk), "purpose": "news", "allowed": "yes"} | wrong

    assert post(path(ana), **given).status_code == 422
    assert not Consent.objects.exists()


def test_an_address_of_somebody_else_or_of_a_hidden_desk_does_not_exist_here(
    post: Post, as_sam: Client, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    other = factories.identity(factories.customer("Ben Moss"))
    hidden = factories.identity(ana, "ana.private@x.example")
    factories.message(factories.conversation(ana, desk=hr), "Between us", identity=hidden)
    consents.change(identity_id=hidden.pk, purpose=Purpose.NEWS, allowed=True, how="form")

    for identity in (other, hidden):
        assert post(path(ana), identity=identity.pk, purpose="news", allowed="no").status_code == 404
    assert "ana.private" not in as_sam.get(path(ana)).content.decode()
    assert permission.allowed(hidden, Purpose.NEWS)


def test_it_works_without_scripts(as_sam: Client, ana: Customer, ana_mail: Identity) -> None:
    assert "<html" in as_sam.get(path(ana)).content.decode()

    answer = as_sam.post(path(ana), {"identity": ana_mail.pk, "purpose": "survey", "allowed": "yes"})

    assert answer["Location"] == f"/customers/{ana.pk}/"
    assert permission.allowed(ana_mail, Purpose.SURVEY)


@pytest.mark.parametrize(
    ("allowed", "by", "words"),
    [
        (True, True, "Sam Reed noted that ana@x.example allows “News and offers”"),
        (False, True, "Sam Reed noted that ana@x.example does not want “News and offers”"),
        (True, False, "ana@x.example allows “News and offers”"),
        (False, False, "ana@x.example does not want “News and offers”"),
    ],
)
def test_the_thread_says_it_in_a_line(
    sam: Agent, matter: Conversation, ana_mail: Identity, allowed: bool, by: bool, words: str
) -> None:
    data = {"identity": ana_mail.pk, "change": "consent", "purpose": "news", "allowed": allowed}

    assert line(matter, Kind.IDENTITY_CHANGED, actor=sam if by else None, data=data) == words


def test_a_message_that_was_stopped_says_so_in_the_thread(
    as_sam: Client, sam: Agent, matter: Conversation, ana_mail: Identity
) -> None:
    sent = factories.reply(
        matter,
        sam,
        channel=matter.last_channel,
        identity=ana_mail,
        status="queued",
        occurred_at=factories.at(5),
    )
    identify.consent(address=Address(space="email", value=ana_mail.value), allowed=False)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()

    assert "Not sent" in html
    assert "They asked not to be written to at this address" in html
    assert Event.objects.filter(kind=Kind.DELIVERY_CHANGED, message=sent).exists()
