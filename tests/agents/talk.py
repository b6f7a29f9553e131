"""Talk as messengers have it: cards, quotes, albums, reactions, a public thread and a group. Channels are found by what they can do."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from inbox import cards, registry
from inbox.actions import files
from inbox.contract import Card, CardKind, File, GestureKind
from inbox.models import (
    Agent,
    Attachment,
    Channel,
    Conversation,
    GestureOrder,
    Identity,
    Message,
    Participant,
    Reaction,
)
from tests import factories

CARDS = (
    Card(
        kind=CardKind.LOCATION,
        title="Old Town shop",
        text="Rua da Prata 80, Lisboa",
        latitude=38.7109,
        longitude=-9.1378,
    ),
    Card(kind=CardKind.CONTACT, title="Rui Pereira", lines=("+351912345678", "rui@x.example")),
    Card(kind=CardKind.CHOICE, title="Track my order"),
    Card(
        kind=CardKind.QUESTION,
        title="How can we help?",
        lines=("Track my order", "Return something", "Talk to a person"),
    ),
    Card(kind=CardKind.STORY, text="reply", url="https://social.example/story/1"),
    Card(
        kind=CardKind.POST, title="Summer sale", text="Everything in linen", url="https://social.example/p/1"
    ),
    Card(kind=CardKind.ADVERT, title="Free returns", url="https://shop.example/returns"),
    Card(kind=CardKind.ORDER, title="Cart", lines=("2 × Merino sweater", "1 × Socks, grey")),
    Card(kind=CardKind.TEMPLATE, title="order_shipped"),
    Card(kind=CardKind.UNSUPPORTED, text="view-once picture"),
)


def kind_that(*what: str) -> str:
    """The first kind of messenger that can do all of this."""
    kinds = {name: each.capabilities for name, each in registry.kinds().items()}
    return next(
        name for name, can in kinds.items() if not can.subject and all(getattr(can, one) for one in what)
    )


def channel_that(*what: str, **more: Any) -> Channel:
    """A channel of a kind that can do all of this."""
    return factories.channel(kind_that(*what), **more)


def on(channel: Channel, identity: Identity, **more: Any) -> dict[str, Any]:
    """The fields of a message over this pair."""
    return {"channel": channel, "identity": identity, **more}


def carrying(conversation: Conversation, *carried: Card, text: str = "", **more: Any) -> Message:
    """A message of theirs with cards."""
    return factories.message(conversation, text, cards=[cards.to_json(each) for each in carried], **more)


def picture(colour: str = "steelblue", size: tuple[int, int] = (320, 240), kind: str = "PNG") -> bytes:
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


def attach(message: Message, name: str, content_type: str, content: bytes = b"bytes") -> Attachment:
    made = files.upload(agent=None, file=File(name=name, content_type=content_type, content=content))
    Attachment.objects.filter(pk=made.pk).update(message=message, content_type=content_type)
    made.refresh_from_db()
    return made


def react(message: Message, emoji: str, by: Identity | Agent) -> Reaction:
    who = {"agent": by} if isinstance(by, Agent) else {"identity": by}
    return Reaction.objects.create(message=message, emoji=emoji, at=message.occurred_at, **who)


def ordered(message: Message, agent: Agent, kind: GestureKind, **more: Any) -> GestureOrder:
    return GestureOrder.objects.create(
        message=message, agent=agent, kind=kind, not_before=message.occurred_at, **more
    )


def said_in_group(
    conversation: Conversation, room: Identity, by: Identity, text: str, **more: Any
) -> Message:
    """The author is somebody else than the customer, which is the group."""
    made = factories.message(conversation, text, identity=room, **more)
    Participant.objects.filter(message=made).delete()
    Participant.objects.create(message=made, identity=by, role="author")
    return made
