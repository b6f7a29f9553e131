"""People of these tests: ana writes, sam answers, kim is on another team and alone reads HR. Nobody is at the other end."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import Agent, Channel, Conversation, Customer, Desk, Identity
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def sam(db: None) -> Agent:
    return factories.agent("Sam Reed", time_zone="Europe/London")


@pytest.fixture
def kim(db: None) -> Agent:
    return factories.agent("Kim Lee")


@pytest.fixture
def hr(kim: Agent) -> Desk:
    """A restricted desk; kim is its only member."""
    return factories.desk("HR", restricted=True, members=(kim,))


@pytest.fixture
def ana(db: None) -> Customer:
    return factories.customer("Ana Silva")


@pytest.fixture
def mailbox(db: None) -> Channel:
    return factories.channel("email", name="help@shop.example", address="help@shop.example")


@pytest.fixture
def number(db: None) -> Channel:
    return factories.channel("sms", name="Shop UK", address="+442079460000")


@pytest.fixture
def ana_mail(ana: Customer) -> Identity:
    return factories.identity(ana, "ana@x.example", verified_at=factories.MORNING)


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
def secret(ana: Customer, hr: Desk) -> Conversation:
    """A matter of Ana's that sam must never learn of."""
    made = factories.conversation(ana, desk=hr, title="Dismissal")
    factories.message(made, "This is between us", occurred_at=factories.at(2))
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
