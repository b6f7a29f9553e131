"""What matters now about a customer, at one glance: open matters, last contacts, last rating, cart, orders, the page in view.

A read model like timeline.py: it takes the reader, and a constant number of queries whatever the customer did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from inbox import live
from inbox.contract import Nature
from inbox.models import Agent, Channel, Conversation, Customer, Desk, Message, Touchpoint
from inbox.models.messages import Direction
from inbox.models.story import ByHand, TouchpointKind

MATTERS = 5
MESSAGES = 500
"""Who was last in touch on which channel is looked up among so many of the newest messages."""
ORDERS = 3
TOLD_OF_ORDERS = 60
"""Orders are put together from so many of the newest things told of any."""
ORDERED = (TouchpointKind.ORDER, TouchpointKind.READY, TouchpointKind.DELIVERY)

Row = tuple[int | None, str, datetime, str]


@dataclass(frozen=True, slots=True)
class Contact:
    """The last person's message on a channel, or the last visit, call or letter noted by hand (`kind`). inbound: they wrote."""

    channel: Channel | None
    kind: str
    at: datetime
    inbound: bool


@dataclass(frozen=True, slots=True)
class Order:
    """All that was told under one reference: `first` is the order itself where we know of it, `newest` how it stands."""

    first: Touchpoint
    newest: Touchpoint


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an agent should know before answering. Matters: what is promised first, soonest first."""

    matters: Sequence[Conversation] = ()
    more_matters: int = 0
    contacts: Sequence[Contact] = ()
    rating: Touchpoint | None = None
    cart: Touchpoint | None = None
    orders: Sequence[Order] = field(default_factory=tuple)
    viewing: live.Viewing | None = None

    def __bool__(self) -> bool:
        return bool(self.matters or self.contacts or self.rating or self.cart or self.orders or self.viewing)


def of(reader: Agent, customer: Customer) -> Outlook:
    """As far as the reader may know: matters and contacts of desks they may read, touchpoints of a customer they may see."""
    desks = list(Desk.objects.readable_by(reader).values_list("pk", flat=True))
    matters = _matters(desks, customer)
    told = Touchpoint.objects.filter(customer=customer).order_by("-occurred_at", "-pk")
    rating = told.filter(kind=TouchpointKind.REVIEW).first()
    orders = list(told.filter(kind__in=ORDERED)[:TOLD_OF_ORDERS])
    return Outlook(
        matters=matters[:MATTERS],
        more_matters=max(0, len(matters) - MATTERS),
        contacts=_contacts(desks, customer),
        rating=rating,
        cart=_cart(told.filter(kind=TouchpointKind.CART).first(), orders),
        orders=_orders(orders),
        viewing=viewing(desks, customer.pk),
    )


def _matters(desks: list[int], customer: Customer) -> list[Conversation]:
    own = Conversation.objects.unresolved().filter(customer=customer, desk__in=desks, merged_into=None)
    return list(
        own.select_related("assignee", "team").order_by(
            F("promised_at").asc(nulls_last=True),
            F("waiting_since").asc(nulls_last=True),
            "-last_activity",
            "-pk",
        )[:50]
    )


def _contacts(desks: list[int], customer: Customer) -> list[Contact]:
    said = Message.objects.filter(customer=customer, conversation__desk__in=desks, nature=Nature.PERSON)
    newest = said.exclude(direction=Direction.NOTE).order_by("-occurred_at", "-sequence", "-pk")
    rows: Iterable[Row] = newest.values_list("channel_id", "kind", "occurred_at", "direction")[:MESSAGES]
    last: dict[int | str, Row] = {}
    for row in rows:
        channel, kind = row[:2]
        if channel is not None:
            last.setdefault(channel, row)
        elif kind in ByHand.values:
            last.setdefault(kind, row)
    channels = Channel.objects.defer("settings", "cursor").in_bulk(
        [key for key in last if isinstance(key, int)]
    )
    return [
        Contact(channels.get(channel or 0), kind, at, direction == Direction.INBOUND)
        for channel, kind, at, direction in last.values()
    ]


def _cart(cart: Touchpoint | None, orders: Sequence[Touchpoint]) -> Touchpoint | None:
    """The newest word of a cart, unless it says that nothing is in it, or something was ordered since."""
    if cart is None or cart.value == 0 or cart.data.get("items") == []:
        return None
    ordered = any(
        each.kind == TouchpointKind.ORDER and each.occurred_at >= cart.occurred_at for each in orders
    )
    return None if ordered else cart


def _orders(told: Sequence[Touchpoint]) -> list[Order]:
    """By what was told last. What came without a reference stands alone."""
    found: dict[str, Order] = {}
    for each in told:
        key = each.reference or f"#{each.pk}"
        known = found.get(key)
        if known is None:
            found[key] = Order(first=each, newest=each)
        elif each.kind == TouchpointKind.ORDER or known.first.kind != TouchpointKind.ORDER:
            found[key] = Order(first=each, newest=known.newest)
    return list(found.values())[:ORDERS]


def viewing(desks: Collection[int], customer_id: int) -> live.Viewing | None:
    """The page they have in front of them, as far as it is on a channel of these desks."""
    found = live.viewed(customer_id)
    if found is None or not Channel.objects.filter(pk=found.channel_id, desk__in=desks).exists():
        return None
    return found
