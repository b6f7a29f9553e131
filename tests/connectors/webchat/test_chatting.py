"""From a visitor's word to the thread, and from an agent's answer to the visitor."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from connectors import reader
from connectors.models import Receipt
from inbox import live, sending
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.actions.receive import Inbound, receive
from inbox.contract import Delete, Edit
from inbox.models import Conversation, Delivery, Message
from tests import factories
from tests.connectors.webchat.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def answer(text: str = "Three left.", *, key: str = "k1") -> Message:
    """Sam answers the newest visitor on the chat. It leaves at once: nobody waits for the undo delay."""
    message = Message.objects.filter(direction="inbound").latest("pk")
    sam = factories.Agent.objects.filter(name="Sam Reed").first() or factories.agent()
    said = reply.reply(
        agent=sam,
        conversation_id=message.conversation_id,
        composition=Composition(channel=message.channel, identity=message.identity, text=text),
        client_key=key,
    )
    Delivery.objects.filter(message=said).update(not_before=timezone.now() - timedelta(seconds=1))
    return said


def test_a_first_message_becomes_a_conversation(ana: Browser) -> None:
    ana.begin()

    frames = ana.say("Do you have it in moss?", "message-0001")

    assert frames == [{"t": "ack", "id": "message-0001"}]
    message = Message.objects.get()
    assert (message.text, message.direction, message.channel) == (
        "Do you have it in moss?",
        "inbound",
        ana.channel,
    )
    assert message.identity is not None
    assert message.identity.verified
    assert ana.sees() == ["Do you have it in moss?"]


def test_a_message_is_stored_before_it_is_acknowledged(ana: Browser) -> None:
    ana.begin()

    answered = ana.post("frames", {"frames": [{"t": "msg", "id": "message-0001", "text": "Hello"}]})

    assert answered.json()["frames"] == [{"t": "ack", "id": "message-0001"}]
    receipt = Receipt.objects.get()
    assert b'"text": "Hello"' in bytes(receipt.body)
    assert not Message.objects.exists()


def test_a_message_sent_five_times_is_one(ana: Browser) -> None:
    ana.begin()

    for _ in range(5):
        assert ana.say("Once", "message-0001") == [{"t": "ack", "id": "message-0001"}]

    assert Message.objects.count() == 1
    assert Conversation.objects.count() == 1


def test_two_visitors_may_use_the_same_ids(ana: Browser) -> None:
    other = Browser(ana.channel)
    ana.begin()
    other.begin()

    ana.say("From Ana", "message-0001")
    other.say("From Ben", "message-0001")

    assert ana.sees() == ["From Ana"]
    assert other.sees() == ["From Ben"]


def test_an_answer_is_seen_once_it_has_left_and_not_before(ana: Browser) -> None:
    ana.begin()
    ana.say("Do you have it in moss?")
    said = answer("Three left.")
    assert ana.sees() == ["Do you have it in moss?"]

    sending.send_due()

    assert ana.sees() == ["Do you have it in moss?", "Three left."]
    assert said.delivery.channel == ana.channel


def test_an_answer_carries_its_authors_name_and_no_key_of_the_database(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    said = answer()
    sending.send_due()

    shown = ana.get("events").json()["frames"][0]["items"][-1]

    assert shown["name"] == "Sam"
    assert shown["id"] == said.public_id
    assert str(said.pk) not in (shown["id"], str(shown["order"]), shown["status"])


@pytest.mark.parametrize("status", ["queued", "sending", "failed", "unknown", "cancelled"])
def test_what_has_not_left_is_not_shown(ana: Browser, status: str) -> None:
    ana.begin()
    ana.say("Hello")
    said = answer("Not for your eyes")

    Delivery.objects.filter(message=said).update(status=status)

    assert ana.sees() == ["Hello"]


def test_notes_and_other_channels_are_never_shown(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    conversation = Conversation.objects.get()
    sam = factories.agent()
    factories.note(conversation, sam, "She always asks that")
    mail = factories.channel("email", name="Mail")
    mine = factories.identity(conversation.customer, "ana@x.example")
    factories.message(conversation, "By mail", channel=mail, identity=mine)
    factories.reply(conversation, sam, "Also by mail", channel=mail, identity=mine)

    assert ana.sees() == ["Hello"]


def test_another_identity_of_the_same_customer_on_the_same_channel_is_not_shown(ana: Browser) -> None:
    """An agent may have joined two people by mistake: neither may read the other."""
    ana.begin()
    ana.say("Hello")
    conversation = Conversation.objects.get()
    other = factories.identity(
        conversation.customer, f"{ana.channel.public_id}/somebody-else", space="webchat"
    )
    factories.message(conversation, "A secret", channel=ana.channel, identity=other)

    assert ana.sees() == ["Hello"]


def test_the_browser_says_that_it_has_an_answer_and_that_it_was_read(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    said = answer()
    sending.send_due()

    ana.post("frames", {"frames": [{"t": "got", "ids": [said.public_id]}]})
    reader.drain()
    assert Delivery.objects.get().status == "delivered"
    ana.post("frames", {"frames": [{"t": "read", "id": said.public_id}]})
    reader.drain()

    assert Delivery.objects.get().status == "read"


def test_a_visitor_cannot_say_that_somebody_else_has_read(ana: Browser) -> None:
    stranger = Browser(ana.channel)
    ana.begin()
    stranger.begin()
    ana.say("Hello")
    said = answer()
    sending.send_due()

    for frame in ({"t": "got", "ids": [said.public_id]}, {"t": "read", "id": said.public_id}):
        stranger.post("frames", {"frames": [frame]})
    reader.drain()

    assert Delivery.objects.get().status == "sent"


def test_what_an_agent_has_read_is_told_to_the_visitor(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    before = ana.get("events").json()["frames"][0]

    factories.read(factories.agent(), Conversation.objects.get(), Message.objects.get())

    after = ana.get("events").json()["frames"][0]
    assert before["seen"] == 0
    assert after["seen"] == after["items"][0]["order"]


def test_typing_is_noted_for_agents_and_stored_nowhere(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    customer = Conversation.objects.get().customer
    receipts = Receipt.objects.count()

    ana.post("frames", {"frames": [{"t": "typing", "on": True}]})

    assert cache.get(live.typing_key(customer.pk, f"customer:{customer.pk}")) == ana.channel.pk
    ana.post("frames", {"frames": [{"t": "typing", "on": False}]})
    assert cache.get(live.typing_key(customer.pk, f"customer:{customer.pk}")) is None
    assert Receipt.objects.count() == receipts


def test_an_edited_and_a_deleted_message_are_told_as_they_are_now(ana: Browser) -> None:
    ana.begin()
    ana.say("First", "message-0001")
    ana.say("Second", "message-0002")
    since = ana.get("events").json()["frames"][0]["since"]
    first, second = Message.objects.order_by("pk")
    now = timezone.now()
    receive(
        [
            Inbound(channel=ana.channel, event=event, received_at=now)
            for event in (
                Edit(event_key="e", external_id=first.external_id or "", text="First, better"),
                Delete(event_key="d", external_id=second.external_id or ""),
            )
        ]
    )

    frame = ana.get("events", since=since).json()["frames"][0]

    assert [(item["text"], item["edited"], item["deleted"]) for item in frame["items"]] == [
        ("First, better", True, False),
        ("", False, True),
    ]


def test_the_language_of_the_widget_is_kept_with_the_message(ana: Browser) -> None:
    ana.begin()

    ana.say("Hallo", lang="de")

    assert Message.objects.get().language == "de"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ({"id": "message-0001", "text": "a" * 5001}, "long"),
        ({"id": "message-0001", "text": 7}, "text"),
        ({"id": "short", "text": "Hello"}, "id"),
        ({"id": "a/b/c/d/e/f", "text": "Hello"}, "id"),
        ({"id": "message-0001", "text": "   "}, "empty"),
        ({"id": "message-0001", "text": "", "files": ["forged"]}, "files"),
        ({"id": "message-0001", "text": "Hello", "files": ["x"] * 6}, "files"),
        ({"text": "Hello"}, "id"),
    ],
)
def test_a_message_we_cannot_take_is_refused_with_its_reason(
    ana: Browser, frame: dict[str, object], reason: str
) -> None:
    ana.begin()

    answered = ana.post("frames", {"frames": [{"t": "msg", **frame}]}).json()["frames"]

    assert [(each["t"], each["reason"]) for each in answered] == [("refused", reason)]
    assert not Receipt.objects.exists()


def test_a_frame_of_a_later_version_is_no_error(ana: Browser) -> None:
    ana.begin()

    assert ana.post("frames", {"frames": [{"t": "dance"}]}).json() == {"frames": []}
