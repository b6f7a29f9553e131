"""What a channel has sent: every delivery with its fate, what failed sent again, and nothing of other desks."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agents.views.settings import sent
from inbox.contract import Status
from inbox.models import Agent, Channel, Conversation, Delivery, Message
from tests import factories


@pytest.fixture
def ada(db: None) -> Agent:
    return factories.agent("Ada Admin", role="admin")


@pytest.fixture
def as_ada(ada: Agent) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def channel(db: None) -> Channel:
    return factories.channel("sandbox", name="Reviews")


@pytest.fixture
def matter(db: None) -> Conversation:
    return factories.conversation(factories.customer())


def went(
    channel: Channel, matter: Conversation, author: Agent, status: Status = Status.SENT, **more: object
) -> Message:
    identity = factories.identity(matter.customer, space="sandbox", value=f"ana{Message.objects.count()}")
    message = factories.reply(matter, author, channel=channel, identity=identity, status=status)
    Delivery.objects.filter(message=message).update(**more)
    return message


def page(browser: Client, channel: Channel, query: str = "") -> str:
    answer = browser.get(f"/settings/channels/{channel.pk}/sent/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def again(browser: Client, channel: Channel, message: object, **more: str) -> str:
    """What the page says after pressing Send again."""
    answer = browser.post(
        f"/settings/channels/{channel.pk}/sent/", {"message": str(message), **more}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_channel_that_sent_nothing_says_so(as_ada: Client, channel: Channel) -> None:
    assert "Nothing was sent yet" in page(as_ada, channel)
    assert "Nothing has failed" in page(as_ada, channel, "?failed=1")


def test_each_message_stands_there_with_its_fate(
    as_ada: Client, channel: Channel, matter: Conversation, ada: Agent
) -> None:
    failed = went(
        channel, matter, ada, Status.FAILED, attempts=8, code="http_422", reason="The review was <withdrawn>."
    )
    went(channel, matter, ada, Status.DELIVERED, attempts=1)

    told = page(as_ada, channel)

    assert "Delivered" in told
    assert "The review was &lt;withdrawn&gt;." in told
    assert "http_422" in told
    assert f'/conversations/{matter.pk}/#message-{failed.pk}"' in told
    assert told.count("Send again</button>") == 1


def test_failed_and_unknown_can_be_looked_at_alone(
    as_ada: Client, channel: Channel, matter: Conversation, ada: Agent
) -> None:
    went(channel, matter, ada, Status.DELIVERED)
    went(channel, matter, ada, Status.FAILED, reason="One")
    went(channel, matter, ada, Status.UNKNOWN, reason="Two")

    told = page(as_ada, channel, "?failed=1")

    assert "One" in told
    assert "Two" in told
    assert told.count("<relative-time") == 2


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNKNOWN])
def test_what_failed_is_sent_again_at_once_with_all_its_tries(
    status: Status, as_ada: Client, channel: Channel, matter: Conversation, ada: Agent
) -> None:
    message = went(channel, matter, ada, status, attempts=8)

    assert "It is being sent again." in again(as_ada, channel, message.pk, failed="1")

    delivery = Delivery.objects.get(message=message)
    assert (delivery.status, delivery.attempts) == (Status.QUEUED, 0)


def test_what_arrived_is_not_sent_again(
    as_ada: Client, channel: Channel, matter: Conversation, ada: Agent
) -> None:
    message = went(channel, matter, ada, Status.DELIVERED)

    assert "can be sent again" in again(as_ada, channel, message.pk)

    assert Delivery.objects.get(message=message).status == Status.DELIVERED


@pytest.mark.parametrize("number", ["", "x", "²", "0", "9" * 30])
def test_what_is_no_message_here_is_said(number: str, as_ada: Client, channel: Channel) -> None:
    assert "no such message" in again(as_ada, channel, number)


def test_a_message_of_another_channel_is_none_of_this_one(
    as_ada: Client, channel: Channel, matter: Conversation, ada: Agent
) -> None:
    elsewhere = went(factories.channel("sandbox", name="Other"), matter, ada, Status.FAILED)

    assert "no such message" in again(as_ada, channel, elsewhere.pk)
    assert "Nothing was sent yet" in page(as_ada, channel)


def test_a_message_moved_to_a_desk_i_may_not_read_is_not_there(
    as_ada: Client, channel: Channel, ada: Agent
) -> None:
    desk = factories.desk("HR", restricted=True, members=(factories.agent("Kim Lee"),))
    secret = went(
        channel, factories.conversation(factories.customer("Hal"), desk=desk), ada, Status.FAILED, reason="HR"
    )

    assert "Nothing was sent yet" in page(as_ada, channel)
    assert "no such message" in again(as_ada, channel, secret.pk)
    assert Delivery.objects.get(message=secret).status == Status.FAILED


def test_older_ones_are_on_the_next_page(
    as_ada: Client, channel: Channel, matter: Conversation, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "PAGE", 2)
    first, *_rest = [went(channel, matter, ada) for _ in range(3)]

    newest = page(as_ada, channel)

    assert f"#message-{first.pk}" not in newest
    older = newest.partition('href="?before=')[2].partition('"')[0]
    assert f"#message-{first.pk}" in page(as_ada, channel, f"?before={older}")
    assert as_ada.get(f"/settings/channels/{channel.pk}/sent/?before=1").status_code == 400


def test_a_page_takes_the_same_queries_however_long(
    as_ada: Client,
    channel: Channel,
    matter: Conversation,
    ada: Agent,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(12):
        went(channel, matter, ada, Status.FAILED)

    with django_assert_max_num_queries(20):
        page(as_ada, channel)


def test_the_channels_page_leads_there(as_ada: Client, channel: Channel) -> None:
    assert (
        f'href="/settings/channels/{channel.pk}/sent/"'
        in as_ada.get(f"/settings/channels/{channel.pk}/").content.decode()
    )


def test_it_is_for_admins(channel: Channel, db: None) -> None:
    browser = Client()
    browser.force_login(factories.agent("Sam Reed"))

    assert browser.get(f"/settings/channels/{channel.pk}/sent/").status_code == 404
