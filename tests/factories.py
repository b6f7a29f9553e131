"""Small functions that put rows in the database for tests. People: ana writes, sam answers, kim is on another team.

Actions are preferred where a test is about what happens; these are for a state of affairs to start from.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from inbox.events import Kind
from inbox.models import (
    Agent,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Desk,
    Event,
    Identity,
    Message,
    Participant,
    Place,
    ReadMark,
    Tag,
    Team,
    Touchpoint,
)

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
_number = count(1)


def at(minutes: float) -> datetime:
    """So many minutes after the morning every test starts in."""
    return MORNING + timedelta(minutes=minutes)


def desk(name: str = "Support", *, restricted: bool = False, members: tuple[Agent, ...] = ()) -> Desk:
    """The desk of that name; made if it is not there yet."""
    made, _created = Desk.objects.get_or_create(name=name, defaults={"restricted": restricted})
    made.members.add(*members)
    return made


def support() -> Desk:
    """The desk that everybody may read."""
    return desk("Support")


def agent(name: str = "Sam Reed", **more: Any) -> Agent:
    """An agent who can log in with PASSWORD."""
    email = more.pop("email", f"{name.split(maxsplit=1)[0].lower()}@shop.example")
    return Agent.objects.create_user(email, PASSWORD, name=name, **more)


def team(name: str = "Returns", *, members: tuple[Agent, ...] = (), desk: Desk | None = None) -> Team:
    """A team, on the Support desk unless told otherwise."""
    made = Team.objects.create(name=name, desk=desk or support())
    made.members.add(*members)
    return made


def place(name: str = "Old Town", *, desk: Desk | None = None, **more: Any) -> Place:
    """A shop, on the Support desk unless told otherwise."""
    return Place.objects.create(name=name, desk=desk or support(), **more)


def channel(kind: str = "sandbox", *, desk: Desk | None = None, **more: Any) -> Channel:
    """A channel. Its kind need not have a connector unless the test asks what it can do."""
    more.setdefault("name", f"{kind.title()} {next(_number)}")
    return Channel.objects.create(kind=kind, desk=desk or support(), **more)


def customer(name: str = "Ana Silva", **more: Any) -> Customer:
    return Customer.objects.create(name=name, **more)


def identity(customer: Customer, value: str = "", *, space: str = "email", **more: Any) -> Identity:
    """An address of the customer; a new mail address unless given."""
    return Identity.objects.create(
        customer=customer, space=space, value=value or f"person{next(_number)}@x.example", **more
    )


def conversation(customer: Customer, *, desk: Desk | None = None, **more: Any) -> Conversation:
    """An open main matter on the Support desk, begun in the morning, unless told otherwise."""
    more.setdefault("opened_at", MORNING)
    more.setdefault("last_activity", more["opened_at"])
    return Conversation.objects.create(customer=customer, desk=desk or support(), **more)


def message(conversation: Conversation, text: str = "Hello", **more: Any) -> Message:
    """An inbound message of the conversation. `identity` also becomes its author as a participant."""
    more.setdefault("direction", "inbound")
    more.setdefault("occurred_at", timezone.now())
    more.setdefault("received_at", more["occurred_at"])
    made = Message.objects.create(
        conversation=conversation, customer_id=conversation.customer_id, text=text, **more
    )
    if made.identity_id and made.is_inbound:
        Participant.objects.create(message=made, identity_id=made.identity_id, role="author")
    return made


def reply(conversation: Conversation, author: Agent, text: str = "Hi, Sam here", **more: Any) -> Message:
    """An outbound message of an agent. With `channel` and `identity` it has a delivery of the given `status`."""
    status = more.pop("status", "sent")
    made = message(conversation, text, direction="outbound", author=author, **more)
    if made.channel_id and made.identity_id:
        Delivery.objects.create(
            message=made,
            channel_id=made.channel_id,
            identity_id=made.identity_id,
            status=status,
            not_before=made.occurred_at,
        )
    return made


def note(conversation: Conversation, author: Agent, text: str = "She is a regular", **more: Any) -> Message:
    return message(conversation, text, direction="note", author=author, **more)


def touchpoint(customer: Customer, kind: str = "order", **more: Any) -> Touchpoint:
    """Something the customer did elsewhere, told by the shop."""
    more.setdefault("occurred_at", timezone.now())
    more.setdefault("received_at", more["occurred_at"])
    more.setdefault("external_id", f"touch-{next(_number)}")
    more.setdefault("source", "shop")
    return Touchpoint.objects.create(customer=customer, kind=kind, **more)


def event(conversation: Conversation, kind: Kind = Kind.STATUS_CHANGED, **more: Any) -> Event:
    """A fact about the conversation, on its desk."""
    more.setdefault("at", timezone.now())
    more.setdefault("desk_id", conversation.desk_id)
    more.setdefault("customer_id", conversation.customer_id)
    return Event.objects.create(conversation=conversation, kind=kind, **more)


def tag(conversation: Conversation, name: str) -> Tag:
    """Put a tag on the conversation; the tag is made if it is not there yet."""
    made, _created = Tag.objects.get_or_create(name=name)
    conversation.tags.add(made)
    return made


def read(agent: Agent, conversation: Conversation, up_to: Message) -> ReadMark:
    """The agent has read the conversation up to this message."""
    return ReadMark.objects.create(agent=agent, conversation=conversation, message_id=up_to.pk)
