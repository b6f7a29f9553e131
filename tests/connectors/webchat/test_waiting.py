"""What the widget may promise: what visitors really waited, or nothing."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from connectors.visitors.waiting import measure, usual_minutes
from inbox.models import Agent, Channel, Conversation, Identity
from tests import factories
from tests.connectors.webchat.conftest import Browser

NOW = timezone.now()


class Talk:
    """One visitor's conversation."""

    def __init__(self, channel: Channel) -> None:
        customer = factories.customer()
        self.channel = channel
        self.identity: Identity = factories.identity(customer, space="webchat")
        self.conversation: Conversation = factories.conversation(customer)

    def asks(self, at: datetime) -> None:
        factories.message(self.conversation, channel=self.channel, identity=self.identity, occurred_at=at)

    def gets(self, at: datetime, sam: Agent | None) -> None:
        factories.message(
            self.conversation, direction="outbound", author=sam, channel=self.channel, identity=self.identity, occurred_at=at
        )  # fmt: skip


@pytest.fixture
def sam(db: None) -> Agent:
    return factories.agent()


def waits(channel: Channel, sam: Agent, *minutes: float, begun: datetime = NOW - timedelta(hours=5)) -> None:
    for wait in minutes:
        talk = Talk(channel)
        talk.asks(begun)
        talk.gets(begun + timedelta(minutes=wait), sam)


def test_three_of_four_were_answered_within_it(channel: Channel, sam: Agent) -> None:
    waits(channel, sam, 1, 2, 3, 4, 5, 6, 7, 90)

    assert measure(channel, NOW) == 6


def test_without_five_answers_nothing_is_promised(channel: Channel, sam: Agent) -> None:
    waits(channel, sam, 1, 1, 1, 1)

    assert measure(channel, NOW) is None
    assert usual_minutes(channel) is None


def test_answers_of_long_ago_do_not_count(channel: Channel, sam: Agent) -> None:
    waits(channel, sam, 1, 1, 1, 1, 1, begun=NOW - timedelta(days=15))

    assert measure(channel, NOW) is None


def test_a_second_question_does_not_shorten_the_wait(channel: Channel, sam: Agent) -> None:
    for _ in range(5):
        talk = Talk(channel)
        talk.asks(NOW - timedelta(minutes=60))
        talk.asks(NOW - timedelta(minutes=31))
        talk.gets(NOW - timedelta(minutes=30), sam)

    assert measure(channel, NOW) == 30


def test_an_automatic_answer_ends_no_wait(channel: Channel, sam: Agent) -> None:
    for _ in range(5):
        talk = Talk(channel)
        talk.asks(NOW - timedelta(minutes=60))
        talk.gets(NOW - timedelta(minutes=59), None)
        talk.gets(NOW - timedelta(minutes=40), sam)

    assert measure(channel, NOW) == 20


def test_the_widget_is_told_and_the_figure_is_kept_for_a_while(
    channel: Channel, sam: Agent, ana: Browser
) -> None:
    waits(channel, sam, 2, 2, 2, 2, 2)
    assert ana.get("config").json()["wait_minutes"] == 2

    waits(channel, sam, *[50] * 20)

    assert ana.get("config").json()["wait_minutes"] == 2
