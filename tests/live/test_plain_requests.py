"""Live updates by plain requests, for where sockets are blocked: the same frames, for the same eyes only."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox import live, timeline
from inbox.actions import conversations, reply
from inbox.models import Agent, Channel, Conversation, Customer, Desk
from tests import factories
from tests.inbox.arrivals import arrive

pytestmark = pytest.mark.django_db(transaction=True)


def asked(agent: Agent, **query: Any) -> dict[str, list[dict[str, Any]]]:
    """The frames of one request, by kind."""
    client = Client()
    client.force_login(agent)
    answer = client.get("/live/since/", query)
    assert answer.status_code == 200, answer.content
    frames: dict[str, list[dict[str, Any]]] = {}
    for frame in answer.json()["frames"]:
        frames.setdefault(frame["t"], []).append(frame)
    return frames


def test_who_is_not_logged_in_is_sent_to_log_in() -> None:
    for address in ("/live/since/", "/live/entries/?message=1", "/live/around/1/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert "/login/" in answer.url


def test_what_happened_since_is_told_as_over_a_socket(
    sam: Agent, matter: Conversation, channel: Channel
) -> None:
    since = timeline.position(sam, matter.customer)
    message = arrive(channel, "Hello?")

    frames = asked(sam, customer=matter.customer_id, conversation=matter.pk, since=since, view="all", age=4)

    (thread,) = frames["thread"]
    assert f'id="message-{message.pk}"' in thread["events"][-1]["entries"][0]
    (lists,) = frames["lists"]
    assert [row["id"] for row in lists["rows"]] == [matter.pk]
    assert lists["counts"]["all"] == 1


def test_nothing_is_told_twice(sam: Agent, matter: Conversation) -> None:
    since = timeline.position(sam, matter.customer)

    assert "thread" not in asked(sam, customer=matter.customer_id, since=since)


def test_a_page_that_knew_everything_long_ago_reads_its_list_anew(sam: Agent, matter: Conversation) -> None:
    (lists,) = asked(sam, view="all", age=4000)["lists"]

    assert lists["reload_list"]


def test_the_page_in_view_is_told_to_those_who_read_its_desk(
    sam: Agent, kim: Agent, matter: Conversation, hr: Desk
) -> None:
    page = live.Viewing(title="Sizes", url="", channel_id=factories.channel(desk=hr).pk, since=timezone.now())
    live.viewing(who="v", customer_id=matter.customer_id, page=page)

    assert [frame["since"] for frame in asked(sam, customer=matter.customer_id)["viewing"]] == [""]
    assert [frame["since"] for frame in asked(kim, customer=matter.customer_id)["viewing"]] == [
        page.since.isoformat()
    ]


def test_who_is_here_and_the_customers_typing_are_told(sam: Agent, kim: Agent, matter: Conversation) -> None:
    asked(kim, customer=matter.customer_id, conversation=matter.pk)
    live.typing(customer_id=matter.customer_id, who=f"customer:{matter.customer_id}", active=True)

    frames = asked(sam, customer=matter.customer_id, conversation=matter.pk)

    assert "Kim Lee is here" in frames["here"][0]["html"]
    assert frames["typing"][0]["seconds"] == live.TYPING_SECONDS


def test_a_restricted_desk_leaves_no_trace(
    sam: Agent, kim: Agent, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    secret_channel = factories.channel(name="HR box", desk=hr)
    secret = arrive(secret_channel, "My boss shouts at me").conversation
    asked(kim, customer=ana.pk, conversation=secret.pk)
    live.typing(customer_id=ana.pk, who=f"customer:{ana.pk}", active=True, channel_id=secret_channel.pk)
    since = timeline.position(sam, ana)

    frames = asked(sam, customer=ana.pk, conversation=secret.pk, since=since, view="all", age=10)

    assert "thread" not in frames
    assert frames["here"][0]["html"] == ""
    assert frames["typing"][0]["seconds"] == 0
    assert [row["id"] for row in frames["lists"][0]["rows"]] == [matter.pk]
    assert frames["lists"][0]["counts"]["all"] == 1


def test_a_customer_one_may_not_see_is_like_none(sam: Agent, kim: Agent, hr: Desk) -> None:
    secret = arrive(factories.channel(name="HR box", desk=hr), "My boss shouts at me").conversation

    assert asked(sam, customer=secret.customer_id, conversation=secret.pk) == asked(sam, customer=999_999)


@pytest.mark.parametrize(
    "query", [{"customer": "x"}, {"customer": "9" * 40, "since": "-1"}, {"age": "٣", "view": "%"}]
)
def test_strange_questions_are_answered_with_nothing(sam: Agent, query: dict[str, str]) -> None:
    assert set(asked(sam, **query)) == {"lists"}


def test_entries_are_fetched_anew_but_only_those_one_may_see(
    sam: Agent, kim: Agent, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    secret = arrive(factories.channel(name="HR box", desk=hr), "My boss shouts at me")
    message = matter.messages.first()
    assert message
    client = Client()
    client.force_login(sam)

    answer = client.get("/live/entries/", {"message": [message.pk, secret.pk, "x", "9" * 40]})

    assert f'id="message-{message.pk}"' in answer.text
    assert "boss" not in answer.text


def test_what_stands_around_the_thread_is_fetched_anew(
    sam: Agent, kim: Agent, matter: Conversation, hr: Desk
) -> None:
    conversations.assign(agent=kim, conversation_ids=[matter.pk], assignee=kim, team=None)
    reply.note(agent=kim, conversation_id=matter.pk, text="x", client_key="x")
    secret = arrive(factories.channel(name="HR box", desk=hr), "My boss shouts at me").conversation
    client = Client()
    client.force_login(sam)

    answer = client.get(f"/live/around/{matter.pk}/?in=mine")

    assert "Kim Lee" in answer.text
    assert 'id="panel"' in answer.text
    assert f"/conversations/{secret.pk}/" not in answer.text
    assert client.get(f"/live/around/{secret.pk}/").status_code == 404
    assert client.get("/live/around/999999/").status_code == 404
