"""People whom agents' pages and the API know alike: ana writes, kim is on another team and alone reads HR."""

import pytest

from inbox.models import Agent, Channel, Conversation, Customer, Desk, Identity
from tests import factories


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
def ana_mail(ana: Customer) -> Identity:
    return factories.identity(ana, "ana@x.example", verified_at=factories.MORNING)


@pytest.fixture
def secret(ana: Customer, hr: Desk) -> Conversation:
    """A matter of Ana's that sam must never learn of."""
    made = factories.conversation(ana, desk=hr, title="Dismissal")
    factories.message(made, "This is between us", occurred_at=factories.at(2))
    return made
