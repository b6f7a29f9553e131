"""People of these tests: ana writes, sam answers, kim is on another team and is the only one who reads HR."""

import pytest

from inbox import registry
from inbox.models import Agent, Customer, Desk
from tests import factories
from tests.inbox.outbox import LiveLike, MailLike, TestConnector, accepts


@pytest.fixture
def sam(db: None) -> Agent:
    return factories.agent("Sam Reed")


@pytest.fixture
def kim(db: None) -> Agent:
    return factories.agent("Kim Lee")


@pytest.fixture
def ana(db: None) -> Customer:
    return factories.customer("Ana Silva")


@pytest.fixture
def hr(kim: Agent) -> Desk:
    """A restricted desk; kim is its only member."""
    return factories.desk("HR", restricted=True, members=(kim,))


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> type[TestConnector]:
    """The connectors of outbox.py are known, and have sent nothing yet."""
    for connector in (TestConnector, MailLike, LiveLike):
        monkeypatch.setitem(registry._connectors, connector.kind, connector)
        monkeypatch.setattr(connector, "sent", TestConnector.sent)
        monkeypatch.setattr(connector, "provider", staticmethod(accepts))
    TestConnector.sent.clear()
    return TestConnector
