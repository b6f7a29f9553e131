"""People of these tests: ana writes, sam answers, kim is on another team and alone reads HR. Nobody is at the other end."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import Agent, Channel, Conversation, Customer, Identity
from tests import factories
from tests.people import ana, ana_mail, hr, kim, mailbox, secret

__all__ = ["ana", "ana_mail", "hr", "kim", "mailbox", "secret"]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def sam(db: None) -> Agent:
    return factories.agent("Sam Reed", time_zone="Europe/London")


@pytest.fixture
def number(db: None) -> Channel:
    return factories.channel("sms", name="Shop UK", address="+442079460000")


@pytest.fixture
def ana_phone(ana: Customer) -> Identity:
    return factories.identity(ana, "+34611204489", space="phone", verified_at=factories.MORNING)


@pytest.fixture
def matter(ana: Customer, mailbox: Channel, ana_mail: Identity) -> Conversation:
    """Ana's open matter: one mail from her, nobody looks after it."""
    made = factories.conversation(ana, title="Wrong size", last_channel=mailbox)
    first = factories.message(
        made,
        "May I still change it?",
        subject="Order 4417",
        channel=mailbox,
        identity=ana_mail,
        occurred_at=factories.at(1),
    )
    Conversation.objects.filter(pk=made.pk).update(last_inbound_id=first.pk, waiting_since=factories.at(1))
    made.refresh_from_db()
    return made


@pytest.fixture
def as_sam(client: Client, sam: Agent) -> Client:
    """A browser in which sam is logged in."""
    client.force_login(sam)
    return client


@pytest.fixture
def as_kim(kim: Agent) -> Client:
    browser = Client()
    browser.force_login(kim)
    return browser


@pytest.fixture
def post(as_sam: Client) -> Callable[..., HttpResponse]:
    """Post as the page's script does: with HX-Request."""

    def send(path: str, **values: Any) -> HttpResponse:
        return as_sam.post(path, values, headers=HTMX)

    return send
