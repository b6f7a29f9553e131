"""Messages over the API: threads, one message, files, replies and notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox.actions import files
from inbox.contract import File
from inbox.models import Agent, Attachment, Channel, Conversation, Customer, Identity, Message
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db


def texts(answer: Any) -> list[str]:
    assert answer.status == 200, answer.body
    return [each["text"] for each in answer.body["results"]]


def test_a_thread_goes_over_all_conversations_of_a_customer(
    api: Api, ana: Customer, matter: Conversation, secret: Conversation, sam: Agent
) -> None:
    other = factories.conversation(ana, main=False)
    factories.message(other, "And another thing", occurred_at=factories.at(5))
    factories.note(matter, sam, "A regular", occurred_at=factories.at(3))

    assert texts(api.get(f"customers/{ana.pk}/messages/")) == [
        "And another thing",
        "A regular",
        "May I still change it?",
    ]
    assert texts(api.get(f"conversations/{matter.pk}/messages/")) == ["A regular", "May I still change it?"]
    assert api.get(f"conversations/{secret.pk}/messages/").status == 404


def test_pages_of_a_thread_hold_every_message_once(api: Api, matter: Conversation) -> None:
    for number in range(7):
        factories.message(matter, str(number), occurred_at=factories.at(10))
    seen, query = [], "limit=3"
    while query:
        page = api.get(f"conversations/{matter.pk}/messages/?{query}")
        seen += texts(page)
        query = f"limit=3&cursor={page.body['next']}" if page.body["next"] else ""

    assert seen == ["6", "5", "4", "3", "2", "1", "0", "May I still change it?"]


def test_a_message_is_read_with_its_people_and_its_sending(
    api: Api, matter: Conversation, mailbox: Channel, ana_mail: Identity, sam: Agent
) -> None:
    inbound = matter.messages.get()
    outbound = factories.reply(matter, sam, channel=mailbox, identity=ana_mail)

    theirs, ours = (api.get(f"messages/{each.pk}/").body for each in (inbound, outbound))

    assert theirs["participants"] == [
        {"role": "author", "identity": ana_mail.pk, "space": "email", "value": "ana@x.example", "name": ""}
    ]
    assert (theirs["subject"], theirs["channel"]["id"], theirs["delivery"]) == (
        "Order 4417",
        mailbox.pk,
        None,
    )
    assert (ours["author"]["name"], ours["delivery"]["status"]) == ("Sam Reed", "sent")


def test_a_deleted_message_says_nothing(api: Api, matter: Conversation) -> None:
    message = matter.messages.get()
    Message.objects.update(deleted_at=timezone.now())

    assert api.get(f"messages/{message.pk}/").body["text"] == ""


def test_a_file_is_downloaded_and_another_desks_is_not_there(
    api: Api, matter: Conversation, secret: Conversation, sam: Agent
) -> None:
    def attached(to: Conversation) -> str:
        made = files.upload(agent=sam, file=File(name="a.txt", content_type="text/plain", content=b"size 40"))
        Attachment.objects.filter(pk=made.pk).update(message=to.messages.first(), uploaded_by=None)
        return str(made.public_id)

    ours, theirs = attached(matter), attached(secret)
    message = matter.messages.get()

    assert [each["id"] for each in api.get(f"messages/{message.pk}/").body["files"]] == [ours]
    headers = {"Authorization": f"Bearer {api.token}"}
    content = api.browser.get(f"/api/v1/files/{ours}/", headers=headers)
    assert b"".join(content.streaming_content) == b"size 40"  # type: ignore[attr-defined,arg-type]
    for close in content._resource_closers:  # type: ignore[attr-defined]  # content.close() would end the test's connection, too
        close()
    assert api.get(f"files/{theirs}/").status == 404


def test_a_reply_goes_the_way_they_wrote(
    api: Api, matter: Conversation, mailbox: Channel, ana_mail: Identity, sam: Agent
) -> None:
    answer = api.post(f"conversations/{matter.pk}/messages/", {"text": "Of course!", "resolve": True})

    assert (answer.status, answer.body["delivery"]["status"]) == (201, "queued")
    message = Message.objects.get(pk=answer.body["id"])
    assert (message.channel, message.identity, message.author) == (mailbox, ana_mail, sam)
    assert message.subject == "Re: Order 4417"
    matter.refresh_from_db()
    assert (matter.status, matter.assignee) == ("resolved", sam)


def test_a_reply_goes_the_way_that_is_named_with_copies(
    api: Api, matter: Conversation, mailbox: Channel, ana: Customer
) -> None:
    other = factories.identity(ana, "ana@home.example")
    sent = {"text": "Hi", "channel": mailbox.pk, "identity": other.pk, "cc": ["Ben@X.example"]}

    people = api.post(f"conversations/{matter.pk}/messages/", sent).body["participants"]

    assert [(each["role"], each["value"]) for each in people] == [
        ("to", "ana@home.example"),
        ("cc", "ben@x.example"),
    ]


def test_a_note_goes_to_nobody(api: Api, matter: Conversation) -> None:
    answer = api.post(f"conversations/{matter.pk}/messages/", {"type": "note", "text": "Called the shop"})

    assert (answer.status, answer.body["direction"], answer.body["delivery"]) == (201, "note", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": None},
        {"type": "song"},
        {"channel": 1},
        {"channel": 987654321, "identity": 987654321},
        {"cc": ["nobody"]},
        {"type": "note", "subject": "Hi"},
        {"type": "note", "resolve": True},
    ],
)
def test_what_does_not_fit_is_not_written(api: Api, matter: Conversation, wrong: dict[str, Any]) -> None:
    answer = api.post(f"conversations/{matter.pk}/messages/", {"text": "Hello"} | wrong)

    assert (answer.status, answer.body["code"]) == (422, "invalid")
    assert Message.objects.count() == 1


def test_nobody_is_written_to_who_asked_not_to_be(api: Api, matter: Conversation) -> None:
    Identity.objects.update(opted_out_at=timezone.now() - timedelta(days=1))

    answer = api.post(f"conversations/{matter.pk}/messages/", {"text": "Buy now"})

    assert (answer.status, answer.body["code"]) == (409, "refused")
    assert Message.objects.count() == 1


def test_an_address_nobody_proved_must_be_named(
    api: Api, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    Identity.objects.update(verified_at=None)
    path = f"conversations/{matter.pk}/messages/"

    assert api.post(path, {"text": "Hello"}).status == 409
    named = {"text": "Hello", "channel": mailbox.pk, "identity": ana_mail.pk}
    assert api.post(path, named).status == 201


def test_a_thread_takes_the_same_few_queries_however_long_it_is(
    api: Api, matter: Conversation, ana_mail: Identity, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        factories.message(matter, str(number), identity=ana_mail)

    with django_assert_max_num_queries(10):
        assert len(texts(api.get(f"conversations/{matter.pk}/messages/"))) == 31
