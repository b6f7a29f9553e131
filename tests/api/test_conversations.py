"""Conversations over the API: list, read, start, change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox.models import Agent, Channel, Conversation, Customer, Desk, Identity, Message
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db


def ids(answer: Any) -> list[int]:
    assert answer.status == 200, answer.body
    return [each["id"] for each in answer.body["results"]]


def test_a_conversation_is_read(api: Api, matter: Conversation, ana: Customer) -> None:
    factories.tag(matter, "refund")

    shown = api.get(f"conversations/{matter.pk}/").body

    assert (shown["customer"], shown["title"], shown["status"]) == (ana.pk, "Wrong size", "open")
    assert (shown["priority"], shown["tags"], shown["assignee"]) == ("normal", ["refund"], None)
    assert shown["desk"]["name"] == "Support"


def test_conversations_are_listed_by_what_is_asked_for(
    api: Api, matter: Conversation, ana: Customer, sam: Agent
) -> None:
    ben = factories.customer("Ben Moss")
    team = factories.team()
    done = factories.conversation(ben, status="resolved", assignee=sam, team=team)
    factories.tag(done, "refund")

    assert ids(api.get("conversations/")) == [done.pk, matter.pk]
    assert ids(api.get("conversations/?status=open")) == [matter.pk]
    assert ids(api.get(f"conversations/?customer={ana.pk}")) == [matter.pk]
    assert ids(api.get(f"conversations/?assignee={sam.pk}")) == [done.pk]
    assert ids(api.get("conversations/?unassigned=true")) == [matter.pk]
    assert ids(api.get("conversations/?unassigned=false")) == [done.pk]
    assert ids(api.get(f"conversations/?team={team.pk}&tag=refund")) == [done.pk]
    assert ids(api.get("conversations/?desk=987654321")) == []


def test_another_desks_conversation_is_not_there(
    api: Api, matter: Conversation, secret: Conversation
) -> None:
    assert ids(api.get("conversations/")) == [matter.pk]
    assert ids(api.get(f"conversations/?desk={secret.desk_id}")) == []
    for answer in (
        api.get(f"conversations/{secret.pk}/"),
        api.patch(f"conversations/{secret.pk}/", {"title": "x"}),
    ):
        assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_all_that_is_named_changes_and_the_rest_stays(api: Api, matter: Conversation, sam: Agent) -> None:
    team = factories.team()
    factories.tag(matter, "old")
    factories.tag(matter, "kept")
    soon = (timezone.now() + timedelta(days=2)).isoformat()
    sent = {
        "status": "snoozed",
        "snoozed_until": soon,
        "assignee": sam.pk,
        "team": team.pk,
        "priority": "urgent",
        "tags": ["kept", "new"],
        "next_step": "Send the label",
        "promised_at": soon,
    }

    shown = api.patch(f"conversations/{matter.pk}/", sent).body

    assert (shown["status"], shown["priority"], shown["tags"]) == ("snoozed", "urgent", ["kept", "new"])
    assert (shown["assignee"]["id"], shown["team"]["id"]) == (sam.pk, team.pk)
    assert (shown["next_step"], shown["title"]) == ("Send the label", "Wrong size")


def test_it_is_taken_from_somebody(api: Api, matter: Conversation, sam: Agent) -> None:
    api.patch(f"conversations/{matter.pk}/", {"assignee": sam.pk})

    assert api.patch(f"conversations/{matter.pk}/", {"assignee": None}).body["assignee"] is None


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"status": "asleep"}, 422, "status"),
        ({"snoozed_until": "2030-01-01T00:00:00Z"}, 422, "snoozed_until"),
        ({"promised_at": "2030-01-01T00:00:00Z"}, 422, "promised_at"),
        ({"assignee": 987654321}, 422, "assignee"),
        ({"team": 987654321}, 422, "team"),
        ({"priority": 2}, 422, "priority"),
        ({"tags": "refund"}, 422, "tags"),
        ({"tags": [""]}, 422, "tags.0"),
        ({"status": "snoozed", "snoozed_until": "2020-01-01T00:00:00Z"}, 409, ""),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    api: Api, matter: Conversation, sent: dict[str, Any], status: int, field: str
) -> None:
    answer = api.patch(f"conversations/{matter.pk}/", {"title": "Other", **sent})

    assert answer.status == status
    assert [error["field"] for error in answer.body.get("errors", [{"field": ""}])] == [field]
    matter.refresh_from_db()
    assert matter.title == "Wrong size"


def test_a_conversation_goes_to_nobody_who_may_not_read_it(
    api: Api, hr: Desk, kim: Agent, sam: Agent
) -> None:
    hr.members.add(sam)
    secret = factories.conversation(factories.customer("Ben Moss"), desk=hr)
    ada = factories.agent("Ada Admin")

    answer = api.patch(f"conversations/{secret.pk}/", {"assignee": ada.pk})

    assert (answer.status, answer.body["code"]) == (409, "refused")


def test_writing_first_begins_a_conversation(
    api: Api, mailbox: Channel, ana_mail: Identity, sam: Agent
) -> None:
    sent = {
        "channel": mailbox.pk,
        "identity": ana_mail.pk,
        "text": "Your chair is here",
        "subject": "Order 4417",
    }

    begun = api.post("conversations/", sent)

    assert (begun.status, begun.body["assignee"]["id"], begun.body["title"]) == (201, sam.pk, "Order 4417")
    message = Message.objects.get(conversation=begun.body["id"])
    assert (message.text, message.author, message.delivery.status) == ("Your chair is here", sam, "queued")


def test_writing_first_to_a_new_address_makes_its_customer(api: Api, mailbox: Channel) -> None:
    to = {"space": "email", "value": "new@x.example", "name": "Nia New"}

    begun = api.post("conversations/", {"channel": mailbox.pk, "address": to, "text": "Hello"})

    assert begun.status == 201
    assert Customer.objects.get(pk=begun.body["customer"]).name == "Nia New"


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": 987654321},
        {"identity": 987654321},
        {"address": {"space": "email", "value": "ana@x.example"}},
        {"text": ""},
        {"identity": None},
    ],
)
def test_a_beginning_that_makes_no_sense_begins_nothing(
    api: Api, mailbox: Channel, ana_mail: Identity, wrong: dict[str, Any]
) -> None:
    sent = {"channel": mailbox.pk, "identity": ana_mail.pk, "text": "Hello"} | wrong

    assert api.post("conversations/", sent).status == 422
    assert Conversation.objects.count() == 0


def test_a_new_customer_is_not_left_behind_when_nothing_could_be_sent(api: Api, mailbox: Channel) -> None:
    Channel.objects.update(state="paused")
    to = {"space": "email", "value": "new@x.example"}

    answer = api.post("conversations/", {"channel": mailbox.pk, "address": to, "text": "Hello"})

    assert (answer.status, answer.body["code"]) == (409, "refused")
    assert Customer.objects.count() == 0


def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api: Api, sam: Agent, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        made = factories.conversation(factories.customer(f"Person {number}"), assignee=sam)
        factories.tag(made, "refund")

    with django_assert_max_num_queries(6):
        assert len(ids(api.get("conversations/"))) == 30
