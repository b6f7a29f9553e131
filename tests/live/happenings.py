"""Everything that can happen to a thread, done by the real actions: one function per kind of event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from inbox.actions import (
    absorb,
    attributes,
    consents,
    conversations,
    customers,
    deliver,
    encounters,
    files,
    gestures,
    merging,
    moving,
    reply,
    spam,
    status,
    touchpoints,
    undo,
    updates,
)
from inbox.actions.composing import Composition
from inbox.actions.encounters import Noted
from inbox.contract import (
    Address,
    Card,
    CardKind,
    Consent,
    Delete,
    DeliveryUpdate,
    Edit,
    File,
    GestureKind,
    Hidden,
    Identified,
    Nature,
    Reaction,
    Status,
)
from inbox.events import Kind
from inbox.models import Agent, Attachment, Channel, Conversation, Customer, Delivery, Identity, Message, Team
from tests import factories
from tests.agents import talk
from tests.inbox.arrivals import ANA, arrive, said, take


@dataclass
class World:
    """What there is before anything happens: two matters of ana's, a past episode, a quiet one; sam has answered once."""

    sam: Agent
    kim: Agent
    channel: Channel
    matter: Conversation
    other: Conversation
    past: Conversation
    quiet: Conversation
    first: Message
    returns: Team

    @property
    def ana(self) -> Customer:
        return self.matter.customer


def world(sam: Agent, kim: Agent, channel: Channel) -> World:
    past = arrive(channel, "An old question").conversation
    status.resolve(agent=sam, conversation_ids=[past.pk])
    first = arrive(channel, "Where is my parcel?", external_id="first")
    matter = first.conversation
    arrive(channel, "It is number 17.")
    answered(sam, first, "I am looking.")
    third = arrive(channel, "And the invoice?")
    other = moving.split(agent=sam, message_ids=[third.pk], title="Invoice")
    quiet = arrive(channel, "I am away until Monday.", nature=Nature.AUTO).conversation
    matter.refresh_from_db()
    return World(sam, kim, channel, matter, other, past, quiet, first, factories.team("Returns"))


def answered(agent: Agent, message: Message, text: str) -> Message:
    assert message.channel is not None
    assert message.identity is not None
    return reply.reply(
        agent=agent,
        conversation_id=message.conversation_id,
        composition=Composition(channel=message.channel, identity=message.identity, text=text),
        client_key=f"{text}-{timezone.now().timestamp()}",
    )


def update(world: World, event: object) -> None:
    updates.apply(channel=world.channel, event=event, received_at=timezone.now())  # type: ignore[arg-type]


def received(world: World) -> None:
    arrive(world.channel, "Hello? <b>Anybody</b>?")


def received_late(world: World) -> None:
    arrive(
        world.channel, "Said before, arrived late", occurred_at=world.first.occurred_at - timedelta(minutes=5)
    )


def received_with_file(world: World) -> None:
    arrive(
        world.channel,
        "A picture",
        files=(File(name="parcel.pdf", content=b"%PDF", content_type="application/pdf"),),
    )


def sent(world: World) -> None:
    answered(world.kim, world.first, "It has left **today**.")


def noted(world: World) -> None:
    reply.note(agent=world.kim, conversation_id=world.matter.pk, text="A regular, be kind", client_key="note")


def called(world: World) -> None:
    shop = factories.place("Old Town")
    told = Noted(
        kind="call", text="She asked again", outcome="Call her back", seconds=240, done=False, place=shop
    )
    encounters.note_encounter(
        agent=world.kim, who=world.ana.pk, noted=told, client_key="call", conversation_id=world.matter.pk
    )


def edited(world: World) -> None:
    update(world, Edit(event_key="e", external_id="first", text="Where is my big parcel?"))


def deleted(world: World) -> None:
    update(world, Delete(event_key="d", external_id="first"))


def moved(world: World) -> None:
    moving.move(agent=world.kim, message_id=world.first.pk, conversation_id=world.other.pk)


def reacted(world: World) -> None:
    update(world, Reaction(event_key="r", external_id="first", author=ANA, emoji="👍"))


def chatted(world: World, text: str = "", **more: Any) -> Message:
    """Ana writes in a messenger where messages quote one another and take our reactions."""
    kind = talk.kind_that("quotes", "own_reactions")
    known = Channel.objects.filter(kind=kind).first()
    chat = known or factories.channel(kind, name="Messenger", desk=world.channel.desk)
    return arrive(chat, text, customer=ANA, **more)


def quoted_late(world: World) -> None:
    """The answer comes before what it quotes, which is then edited and taken back."""
    answer = chatted(world, "That one", in_reply_to="early")
    assert answer.channel
    chatted(world, "Early", external_id="early")
    for event in (
        Edit(event_key="e", external_id="early", text="Earlier"),
        Delete(event_key="d", external_id="early"),
    ):
        updates.apply(channel=answer.channel, event=event, received_at=timezone.now() + timedelta(seconds=1))


def received_cards(world: World) -> None:
    cards = (
        Card(kind=CardKind.LOCATION, title="<b>Here</b>", latitude=1.5, longitude=2.5),
        Card(kind=CardKind.UNSUPPORTED, text="hologram"),
    )
    arrive(world.channel, "", cards=cards)


def album_grew(world: World) -> None:
    for name in ("one", "two"):
        picture = File(name=f"{name}.png", content=talk.picture(), content_type="image/png")
        arrive(world.channel, "", external_id=name, album="album", files=(picture,))


def reacted_ourselves(world: World) -> None:
    """One reaction the provider takes, one it refuses."""
    message = chatted(world, "Thank you", external_id="thanks")
    for emoji, taken in (("👍", True), ("🎉", False)):
        order = gestures.order(agent=world.kim, message_id=message.pk, kind=GestureKind.REACT, emoji=emoji)
        if taken:
            gestures.done(order.pk)
        else:
            gestures.failed(order.pk, "Not this one.")


def hidden(world: World) -> None:
    update(world, Hidden(event_key="h", external_id="first", hidden=True))


def file_came(world: World) -> None:
    attachment = Attachment.objects.create(message=world.first, name="late.pdf", state="waiting", source="x")
    files.fetched(attachment.pk, File(name="late.pdf", content=b"%PDF", content_type="application/pdf"))


def sent_out() -> None:
    """The one message in the outbox has left; its time to undo is over."""
    Delivery.objects.update(not_before=timezone.now())
    (claimed,) = deliver.claim()
    deliver.settle(claimed, status=Status.SENT, external_id="out-1")


def delivered(world: World) -> None:
    sent_out()
    update(world, DeliveryUpdate(event_key="s", external_id="out-1", status=Status.DELIVERED))


def opened(world: World) -> None:
    take(world.channel, said("About something else", thread_key="another-thread"))


def assigned(world: World) -> None:
    conversations.assign(
        agent=world.kim,
        conversation_ids=[world.matter.pk],
        assignee=world.kim,
        team=world.returns,
    )


def resolved(world: World) -> None:
    status.resolve(agent=world.kim, conversation_ids=[world.matter.pk])


def reopened(world: World) -> None:
    status.reopen(agent=world.kim, conversation_ids=[world.past.pk])


def snoozed(world: World) -> None:
    until = timezone.now() + timedelta(days=2)
    status.snooze(agent=world.kim, conversation_ids=[world.matter.pk], until=until)


def undone(world: World) -> None:
    status.resolve(agent=world.kim, conversation_ids=[world.matter.pk])
    undo.last(agent=world.kim)


def split_undone(world: World) -> None:
    moving.split(agent=world.kim, message_ids=[world.first.pk], title="Parcel")
    undo.last(agent=world.kim)


def tagged(world: World) -> None:
    tag = conversations.tag_named("refund")
    conversations.tag(agent=world.kim, conversation_ids=[world.matter.pk], add=[tag])


def prioritised(world: World) -> None:
    conversations.prioritise(agent=world.kim, conversation_ids=[world.matter.pk], priority=4)


def described(world: World) -> None:
    conversations.describe(agent=world.kim, conversation_id=world.matter.pk, title="Lost parcel")


def split(world: World) -> None:
    moving.split(agent=world.kim, message_ids=[world.first.pk], title="Parcel")


def merged(world: World) -> None:
    moving.merge(agent=world.kim, conversation_id=world.other.pk, into_id=world.matter.pk)


def promoted(world: World) -> None:
    status.promote(agent=world.kim, conversation_id=world.quiet.pk)


def reported(world: World) -> None:
    spam.report(agent=world.kim, conversation_ids=[world.matter.pk])


def blocked(world: World) -> None:
    customers.edit(agent=world.kim, customer_id=world.ana.pk, blocked=True)


def allowed_news(world: World) -> None:
    identity = Identity.objects.get(customer=world.ana, space=ANA.space, value=ANA.value)
    consents.change(identity_id=identity.pk, purpose="news", allowed=True, how="agent", actor=world.kim)


def field_set(world: World) -> None:
    attributes.save(actor=world.kim, attribute=None, label="Shoe size", kind="number")
    customers.edit(agent=world.kim, customer_id=world.ana.pk, attributes={"shoe_size": "38.5"})


def renamed(world: World) -> None:
    customers.edit(agent=world.kim, customer_id=world.ana.pk, name="Ana Pereira", vip=True)


def address_added(world: World) -> None:
    address = Address(space="email", value="ana@x.example")
    customers.add_identity(agent=world.kim, customer_id=world.ana.pk, address=address)


def claimed(world: World) -> None:
    address = Address(space="email", value="ana@x.example")
    update(world, Identified(event_key="i", author=ANA, claims=(address,)))


def opted_out(world: World) -> None:
    update(world, Consent(event_key="c", address=ANA, allowed=False))


def absorbed(world: World) -> None:
    twin = factories.customer("Ana S.")
    factories.message(factories.conversation(twin, title="From before"), "It is me, too")
    absorb.into(keep_id=world.ana.pk, gone_id=twin.pk)


def separated(world: World) -> None:
    other = factories.identity(world.ana, "ana.work@x.example")
    factories.message(world.matter, "By the other address", identity=other)
    merging.split_off(agent=world.kim, identity_id=other.pk)


def did_elsewhere(world: World) -> None:
    told = touchpoints.Told(
        kind="order",
        source="shop",
        external_id="o-1",
        occurred_at=world.first.occurred_at - timedelta(minutes=1),
        reference="4417",
        title="Merino <b>sweater</b>",
        customer_id=world.ana.pk,
    )
    pages = [
        touchpoints.Told(
            kind="page",
            source="web",
            external_id=f"p-{number}",
            occurred_at=timezone.now(),
            title=f"Page {number}",
            url=f"https://shop.example/{number}",
            customer_id=world.ana.pk,
        )
        for number in range(3)
    ]
    touchpoints.record([told, *pages])


HAPPENINGS: dict[Callable[[World], None], Kind] = {
    received: Kind.MESSAGE_RECEIVED,
    received_late: Kind.MESSAGE_RECEIVED,
    received_with_file: Kind.MESSAGE_RECEIVED,
    called: Kind.MESSAGE_RECEIVED,
    sent: Kind.MESSAGE_SENT,
    noted: Kind.NOTE_ADDED,
    edited: Kind.MESSAGE_EDITED,
    deleted: Kind.MESSAGE_DELETED,
    moved: Kind.MESSAGE_MOVED,
    split_undone: Kind.MESSAGE_MOVED,
    reacted: Kind.REACTION_CHANGED,
    reacted_ourselves: Kind.REACTION_CHANGED,
    hidden: Kind.MESSAGE_EDITED,
    quoted_late: Kind.MESSAGE_DELETED,
    received_cards: Kind.MESSAGE_RECEIVED,
    album_grew: Kind.ATTACHMENT_CHANGED,
    file_came: Kind.ATTACHMENT_CHANGED,
    delivered: Kind.DELIVERY_CHANGED,
    opened: Kind.CONVERSATION_OPENED,
    assigned: Kind.ASSIGNED,
    resolved: Kind.STATUS_CHANGED,
    reopened: Kind.STATUS_CHANGED,
    snoozed: Kind.STATUS_CHANGED,
    undone: Kind.STATUS_CHANGED,
    tagged: Kind.TAGS_CHANGED,
    prioritised: Kind.PRIORITY_CHANGED,
    described: Kind.CONVERSATION_CHANGED,
    split: Kind.CONVERSATION_SPLIT,
    merged: Kind.CONVERSATION_MERGED,
    promoted: Kind.CONVERSATION_PROMOTED,
    reported: Kind.SPAM_REPORTED,
    blocked: Kind.CUSTOMER_MARKED,
    allowed_news: Kind.IDENTITY_CHANGED,
    field_set: Kind.CUSTOMER_CHANGED,
    renamed: Kind.CUSTOMER_CHANGED,
    address_added: Kind.IDENTITY_ADDED,
    claimed: Kind.IDENTITY_ADDED,
    opted_out: Kind.IDENTITY_CHANGED,
    absorbed: Kind.CUSTOMERS_MERGED,
    separated: Kind.CUSTOMERS_SEPARATED,
    did_elsewhere: Kind.TOUCHPOINT_RECORDED,
}
"""Each way something can happen, and the kind of event it must record."""
