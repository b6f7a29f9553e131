"""What a visitor may see: the messages of this channel written by or to their own identities there, and nothing else.

No notes, no other channel, no message that has not left yet, no other identity of the same customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch, Q, QuerySet

from connectors.visitors import cursors, links, sessions
from connectors.visitors.audience import first_name
from connectors.visitors.models import VisitorSession, identity_value
from inbox import keyset, registry
from inbox.contract import Status
from inbox.models import Attachment, Event, Identity, Message, ReadMark
from inbox.models.messages import Direction

PAGE = 40
MOST_CHANGES = 200
# An undone or failed reply was never said.
SAID = (Status.SENT, Status.DELIVERED, Status.READ)


@dataclass(frozen=True, slots=True)
class Reader:
    """A session with the identities it may read, as they are now. None of them exists before the first message."""

    session: VisitorSession
    identities: tuple[Identity, ...]

    @classmethod
    def of(cls, session: VisitorSession) -> Reader:
        space = registry.connector_class(session.channel.kind).space
        values = [identity_value(session.channel, name) for name in sessions.visitors_of(session)]
        found = Identity.objects.filter(space=space, value__in=values).select_related("customer")
        return cls(session, tuple(found))

    @property
    def customers(self) -> frozenset[int]:
        return frozenset(identity.customer_id for identity in self.identities)

    @property
    def blocked(self) -> bool:
        return any(identity.customer.blocked for identity in self.identities)


def visible(reader: Reader) -> QuerySet[Message]:
    """Every message this reader may see. The one rule; upload links and history go through it too."""
    said = Q(direction=Direction.INBOUND) | Q(direction=Direction.OUTBOUND, delivery__status__in=SAID)
    own = Message.objects.filter(said, channel=reader.session.channel, identity__in=reader.identities)
    ready = Attachment.objects.select_related("blob")
    return own.select_related("author", "delivery").prefetch_related(Prefetch("attachments", queryset=ready))


def may_see(session: VisitorSession, message_id: int) -> bool:
    """Whether this one message is among them."""
    return visible(Reader.of(session)).filter(pk=message_id).exists()


def snapshot(reader: Reader) -> dict[str, Any]:
    """The newest messages, and the cursor from which `since` goes on."""
    # The cursor first: an event that comes in between is then told twice, never missed.
    since = Event.objects.filter(customer__in=reader.customers).aggregate(last=Max("id"))["last"] or 0
    items, more = _page(reader, visible(reader))
    return {"items": items, "more": more, "since": cursors.seal(since), **seen(reader)}


def since(reader: Reader, cursor: object) -> dict[str, Any]:
    """What has changed since the cursor, each message once as it is now; everything anew if the cursor is unknown or too far back."""
    last = cursors.unseal(cursor)
    if last is None:
        return {**snapshot(reader), "reset": True}
    events = Event.objects.filter(customer__in=reader.customers, id__gt=last).order_by("id")
    changes = list(events.values_list("id", "message_id")[: MOST_CHANGES + 1])
    if len(changes) > MOST_CHANGES:
        return {**snapshot(reader), "reset": True}
    ids = {message_id for _event, message_id in changes if message_id}
    items = [item(reader, message) for message in visible(reader).filter(pk__in=ids)] if ids else []
    items.sort(key=lambda each: each["order"])
    return {"items": items, "since": cursors.seal(changes[-1][0]) if changes else cursor, **seen(reader)}


def earlier(reader: Reader, before: str) -> dict[str, Any]:
    """The page of messages before this one; empty if the reader cannot see it."""
    first = visible(reader).filter(public_id=before).first()
    if first is None:
        return {"items": [], "more": False}
    position: dict[str, object] = {
        "occurred_at": first.occurred_at,
        "sequence": first.sequence,
        "id": first.pk,
    }
    items, more = _page(reader, visible(reader).filter(keyset.beyond(position, descending=True)))
    return {"items": items, "more": more}


def _page(reader: Reader, messages: QuerySet[Message]) -> tuple[list[dict[str, Any]], bool]:
    newest = list(messages.order_by("-occurred_at", "-sequence", "-id")[: PAGE + 1])
    return [item(reader, message) for message in reversed(newest[:PAGE])], len(newest) > PAGE


def item(reader: Reader, message: Message) -> dict[str, Any]:
    """One message as the browser gets it: no key of the database, no name but the author's."""
    mine = message.direction == Direction.INBOUND
    gone = message.deleted_at is not None
    return {
        "id": message.public_id,
        "order": keyset.micros(message.occurred_at),
        "from": "me" if mine else "agent",
        "name": "" if mine else _author(message),
        "at": message.occurred_at.isoformat(),
        "text": "" if gone else message.text,
        "files": [] if gone else [links.shown(reader.session, each) for each in message.attachments.all()],
        "status": "delivered" if mine else message.delivery.status,
        "client": (message.external_id or "").rpartition("/")[2] if mine else None,
        "edited": message.edited_at is not None,
        "deleted": gone,
    }


def _author(message: Message) -> str:
    channel = message.channel
    return (
        first_name(message.author.name)
        if message.author
        else (channel.brand or channel.name if channel else "")
    )


def seen(reader: Reader) -> dict[str, Any]:
    """Up to which of the visitor's own messages somebody of ours has read: its order, 0 for none."""
    own = visible(reader).filter(direction=Direction.INBOUND)
    conversations = own.values("conversation")
    marks = ReadMark.objects.filter(conversation__in=conversations).aggregate(last=Max("message_id"))
    if marks["last"] is None:
        return {"seen": 0}
    newest = own.filter(pk__lte=marks["last"]).aggregate(at=Max("occurred_at"))["at"]
    return {"seen": keyset.micros(newest) if newest else 0}
