"""What makes one bubble: albums, quotes, cards; what is done to it afterwards: gestures, hiding, further names; and public threads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from inbox import cards, gesturing
from inbox.actions import deliver, gestures
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.actions.receive import Inbound, Outcome, receive
from inbox.actions.reply import reply
from inbox.contract import (
    Accepted,
    Address,
    AddressChanged,
    Card,
    CardKind,
    ChannelBroken,
    Delete,
    Edit,
    File,
    Gesture,
    GestureKind,
    Hidden,
    InboundEvent,
    InboundMessage,
    OutboundMessage,
    PermanentFailure,
    Proof,
    Reaction,
    Status,
    TemporaryFailure,
)
from inbox.models import Agent, Channel, Conversation, Delivery, GestureOrder, Identity, Message
from inbox.sending import send_due
from tests import factories

pytestmark = pytest.mark.django_db

ANA = Address(space="sandbox", value="ana", name="Ana Silva")
_number = count(1)


def now_can(monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    from connectors.sandbox.connector import SandboxConnector

    monkeypatch.setattr(SandboxConnector, "capabilities", replace(SandboxConnector.capabilities, **more))  # type: ignore[arg-type]


@pytest.fixture
def channel() -> Channel:
    return factories.channel(settings={"secret": "s"})


@pytest.fixture
def sam() -> Agent:
    return factories.agent()


def take(channel: Channel, *events: InboundEvent) -> list[Outcome]:
    return receive([Inbound(channel=channel, event=each, received_at=timezone.now()) for each in events])


def says(external_id: str, text: str = "", **more: object) -> InboundMessage:
    return InboundMessage(
        event_key=external_id,
        external_id=external_id,
        author=ANA,
        proof=Proof.PROVEN,
        text=text,
        **{"occurred_at": factories.at(next(_number)), **more},  # type: ignore[arg-type]
    )


def picture(name: str) -> File:
    return File(name=name, content_type="image/png", content=name.encode())


def bubble() -> Message:
    return Message.objects.get()


# ---------------------------------------------------------------- albums


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_an_album_is_one_bubble(channel: Channel, together: bool) -> None:
    pages = [
        says(f"a{n}", "Look" if n == 2 else "", album="g1", sequence=n, files=(picture(f"{n}.png"),))
        for n in (3, 1, 2)
    ]

    if together:
        take(channel, *pages)
    for page in pages:
        take(channel, page)

    assert bubble().text == "Look"
    assert [each.name for each in bubble().attachments.all()] == ["1.png", "2.png", "3.png"]
    assert Conversation.objects.count() == 1


def test_taking_back_one_picture_of_an_album_leaves_the_others(channel: Channel) -> None:
    take(channel, *(says(f"a{n}", album="g1", files=(picture(f"{n}.png"),)) for n in (1, 2)))

    take(channel, Delete(event_key="d2", external_id="a2"))
    assert [each.name for each in bubble().attachments.all()] == ["1.png"]
    assert bubble().deleted_at is None

    take(channel, Delete(event_key="d1", external_id="a1"))
    assert bubble().deleted_at is not None


def test_news_may_name_any_message_of_an_album(channel: Channel) -> None:
    take(channel, *(says(f"a{n}", album="g1", files=(picture(f"{n}.png"),)) for n in (1, 2)))

    take(channel, Reaction(event_key="r", external_id="a2", author=ANA, emoji="👍"))
    take(channel, Edit(event_key="e", external_id="a2", text="New caption"))

    assert bubble().reactions.get().emoji == "👍"
    assert bubble().text == "New caption"


# ---------------------------------------------------------------- quotes and cards


@pytest.mark.parametrize("late", [True, False], ids=["what it quotes comes late", "in order"])
def test_a_bubble_knows_what_it_quotes(channel: Channel, late: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now_can(monkeypatch, quotes=True)
    first, second = says("m1", "The green one?"), says("m2", "Yes", in_reply_to="m1")

    for event in (second, first) if late else (first, second):
        take(channel, event)

    assert Message.objects.get(external_id="m2").in_reply_to == Message.objects.get(external_id="m1")


def test_a_card_is_kept_within_what_a_screen_can_hold(channel: Channel) -> None:
    take(
        channel,
        says(
            "m1",
            cards=(Card(kind=CardKind.LOCATION, title="Shop\x00", latitude=float("nan"), longitude=1.0),),
        ),
    )

    assert bubble().cards == [{"kind": "location", "title": "Shop"}]
    assert cards.from_json(bubble().cards[0]) == Card(kind=CardKind.LOCATION, title="Shop")
    assert Conversation.objects.get().preview == "Shop"


# ---------------------------------------------------------------- what an agent does to a message


class Provider:
    """Takes what the engine gives it, or fails as told."""

    def __init__(self) -> None:
        self.made: list[Gesture] = []
        self.trouble: Exception | None = None

    def perform(self, gesture: Gesture) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.made.append(gesture)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider()
    now_can(monkeypatch, own_reactions=True, own_edits=True, own_deletes=True, hides=True, quotes=True)
    monkeypatch.setattr(
        "connectors.sandbox.connector.SandboxConnector.perform", lambda _self, gesture: made.perform(gesture)
    )
    return made


def ours(channel: Channel, sam: Agent, text: str = "We have it") -> Message:
    take(channel, says(f"theirs{next(_number)}", "Hi"))
    asked = Message.objects.latest("pk")
    assert asked.identity
    return factories.reply(
        asked.conversation,
        sam,
        text,
        channel=channel,
        identity=asked.identity,
        external_id=f"ours{next(_number)}",
    )


def perform_all() -> None:
    for order_id in gesturing.due():
        gesturing.perform(order_id)


def test_a_reaction_of_ours_shows_once_the_provider_has_taken_it(
    channel: Channel, sam: Agent, provider: Provider
) -> None:
    take(channel, says("m1", "Thank you"))

    gestures.order(agent=sam, message_id=bubble().pk, kind=GestureKind.REACT, emoji="❤️")
    assert not bubble().reactions.exists()
    perform_all()

    assert [(each.kind, each.external_id, each.emoji) for each in provider.made] == [("react", "m1", "❤️")]
    assert bubble().reactions.get().agent == sam


def test_an_edit_and_a_taking_back_of_ours(channel: Channel, sam: Agent, provider: Provider) -> None:
    sent = ours(channel, sam)

    gestures.order(agent=sam, message_id=sent.pk, kind=GestureKind.EDIT, text="We have two")
    perform_all()
    sent.refresh_from_db()
    assert (sent.text, sent.edited_at is None) == ("We have two", False)

    gestures.order(agent=sam, message_id=sent.pk, kind=GestureKind.DELETE)
    perform_all()
    sent.refresh_from_db()
    assert (sent.text, sent.deleted_at is None) == ("", False)


def test_only_whoever_wrote_it_can_change_it_and_only_in_time(
    channel: Channel, sam: Agent, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, kim = ours(channel, sam), factories.agent("Kim Lee")

    with pytest.raises(Refused, match="whoever wrote it"):
        gestures.order(agent=kim, message_id=sent.pk, kind=GestureKind.EDIT, text="Mine")
    now_can(monkeypatch, own_edits=True, own_edit_window=timedelta(minutes=15))
    Message.objects.filter(pk=sent.pk).update(occurred_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(Refused, match="too late"):
        gestures.order(agent=sam, message_id=sent.pk, kind=GestureKind.EDIT, text="Late")


@pytest.mark.parametrize(
    ("trouble", "state", "stopped"),
    [
        (TemporaryFailure("Busy."), "queued", False),
        (PermanentFailure("It is gone."), "failed", False),
        (ChannelBroken("The token has ended."), "failed", True),
        (KeyError("bug"), "failed", False),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_what_the_provider_does_not_take_is_said(
    channel: Channel, sam: Agent, provider: Provider, trouble: Exception, state: str, stopped: bool
) -> None:
    sent = ours(channel, sam)
    provider.trouble = trouble

    gestures.order(agent=sam, message_id=sent.pk, kind=GestureKind.DELETE)
    perform_all()

    order = GestureOrder.objects.get()
    channel.refresh_from_db()
    assert (order.state, bool(order.reason), channel.state == "broken") == (state, True, stopped)
    assert Message.objects.get(pk=sent.pk).deleted_at is None


# ---------------------------------------------------------------- public threads


def comments(external_id: str, text: str = "How much?", **more: object) -> InboundMessage:
    return says(external_id, text, thread_key="post1", public=True, **more)


def test_a_comment_is_a_public_matter_beside_and_what_is_said_in_private_never_joins_it(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, quotes=True)
    take(channel, comments("c1"), says("m1", "I ask here instead", in_reply_to="c1"))

    public, private = Message.objects.get(external_id="c1"), Message.objects.get(external_id="m1")
    assert (public.conversation.public, public.conversation.main) == (True, False)
    assert (private.conversation.public, private.conversation.main) == (False, True)


def test_a_private_answer_to_a_comment_stands_in_their_own_thread(
    channel: Channel, sam: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, private_replies=True, quotes=True)
    sent: list[OutboundMessage] = []
    known = Address(space="sandbox", value="ana-in-messages")

    def send(_self: object, message: OutboundMessage) -> Accepted:
        sent.append(message)
        return Accepted(external_id="p1", known_as=known)

    monkeypatch.setattr("connectors.sandbox.connector.SandboxConnector.send", send)
    take(channel, comments("c1"))
    comment = bubble()
    assert comment.identity

    written = reply(
        agent=sam,
        conversation_id=comment.conversation_id,
        composition=Composition(
            channel=channel, identity=comment.identity, text="20 euros", private=True, in_reply_to=comment.pk
        ),
        client_key="k",
    )
    Delivery.objects.update(not_before=timezone.now())
    send_due()

    assert written.conversation.main
    assert not written.conversation.public
    (message,) = sent
    assert (message.private, message.public, message.in_reply_to, message.thread_key) == (
        True,
        False,
        "c1",
        "",
    )
    comment.conversation.refresh_from_db()
    assert comment.conversation.waiting_since is None
    # And what they write from the address we were told is theirs, too
    take(channel, InboundMessage(event_key="m2", external_id="m2", author=known, text="Thanks"))
    assert Message.objects.get(external_id="m2").customer == comment.customer


def test_a_public_answer_says_that_it_is_public(
    channel: Channel, sam: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[OutboundMessage] = []

    def send(_self: object, message: OutboundMessage) -> Accepted:
        sent.append(message)
        return Accepted(external_id="p1", also=("p2", "p3"))

    monkeypatch.setattr("connectors.sandbox.connector.SandboxConnector.send", send)
    take(channel, comments("c1"))
    comment = bubble()
    assert comment.identity

    written = reply(
        agent=sam,
        conversation_id=comment.conversation_id,
        composition=Composition(channel=channel, identity=comment.identity, text="20 euros"),
        client_key="k",
    )
    Delivery.objects.update(not_before=timezone.now())
    send_due()

    assert [(each.public, each.thread_key) for each in sent] == [(True, "post1")]
    # And news of any of the messages it became there is news of it
    take(channel, Reaction(event_key="r", external_id="p3", author=ANA, emoji="👍"))
    assert written.reactions.get().emoji == "👍"


def test_a_hidden_comment_is_marked_and_the_newest_news_holds(channel: Channel) -> None:
    take(channel, comments("c1"))
    take(channel, Hidden(event_key="h2", external_id="c1", hidden=False, occurred_at=factories.at(60)))

    take(channel, Hidden(event_key="h1", external_id="c1", occurred_at=factories.at(50)))
    assert bubble().hidden_at is None

    take(channel, Hidden(event_key="h3", external_id="c1", occurred_at=factories.at(70)))
    assert bubble().hidden_at == factories.at(70)


# ---------------------------------------------------------------- addresses that change


def test_a_changed_address_takes_the_thread_along_and_the_old_one_is_nobodys(channel: Channel) -> None:
    new = Address(space="sandbox", value="ana-new")
    take(channel, says("m1", "Hello"))
    take(channel, AddressChanged(event_key="x", old=ANA, new=new))

    take(channel, InboundMessage(event_key="m2", external_id="m2", author=new, text="It is me"))
    take(channel, says("m3", "I got this number"))

    first, second, third = Message.objects.order_by("pk")
    assert first.customer == second.customer
    assert third.customer != first.customer


def test_a_changed_address_that_somebody_else_uses_is_for_an_agent_to_decide(channel: Channel) -> None:
    other = Address(space="sandbox", value="bob")
    take(
        channel, says("m1"), InboundMessage(event_key="b", external_id="b", author=other, proof=Proof.PROVEN)
    )

    take(channel, AddressChanged(event_key="x", old=ANA, new=other))

    ana, bob = Identity.objects.get(value="ana"), Identity.objects.get(value="bob")
    assert ana.customer != bob.customer
    assert ana.customer.claims.get().identity == bob


def test_history_is_one_episode_that_wakes_nobody(channel: Channel) -> None:
    take(channel, says("h1", historical=True), says("m1", "Now"))
    take(channel, says("h2", historical=True))

    old, now = (Message.objects.get(external_id=name).conversation for name in ("h1", "m1"))
    assert Message.objects.get(external_id="h2").conversation == old
    assert (old.status, now.status, now.main) == ("resolved", "open", True)


def test_the_echo_of_what_is_just_leaving_waits_until_the_provider_has_named_it(
    channel: Channel, sam: Agent
) -> None:
    take(channel, says("m1", "Hello"))
    asked = bubble()
    assert asked.identity
    leaving = factories.reply(
        asked.conversation, sam, "Hi", channel=channel, identity=asked.identity, status="sending"
    )
    echo = says("out-1", "Hi", echo=True, to=(ANA,))

    (outcome,) = take(channel, echo)
    assert str(outcome.state) == "waiting"

    deliver.settle(leaving.delivery.pk, status=Status.SENT, external_id="out-1")
    (outcome,) = take(channel, echo)
    assert str(outcome.state) == "known"
    assert Message.objects.filter(text="Hi").count() == 1
