"""What somebody in a shop sees of a customer before they speak: who it is, what is open, orders and cart, own visits. Reads only.

No message but the reader's own notes: shop staff read no desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from inbox.models import Agent, Conversation, Customer, Desk, Identity, Message, Place, Touchpoint
from inbox.models.story import TouchpointKind

ORDERS = 3
VISITS = 5
MATTERS = 6
ORDERED = (TouchpointKind.ORDER, TouchpointKind.READY, TouchpointKind.DELIVERY)


@dataclass(frozen=True, slots=True)
class Summary:
    """matters   unresolved ones, newest first: for their title and state only
    orders    the last news of each of the last orders
    cart      what they left in the cart and have not ordered, or None
    visits    what the reader noted of them
    """

    customer: Customer
    identities: Sequence[Identity]
    matters: Sequence[Conversation]
    orders: Sequence[Touchpoint]
    cart: Touchpoint | None
    visits: Sequence[Message]


def places(reader: Agent) -> QuerySet[Place]:
    """The open places whose desk's customers the reader may know."""
    return Place.objects.filter(closed=False, desk__in=Desk.objects.met_by(reader)).select_related("desk")


def summary(reader: Agent, customer: Customer) -> Summary:
    """Five queries, however long their story is."""
    matters = Conversation.objects.filter(customer=customer, desk__in=Desk.objects.met_by(reader))
    noted = Message.objects.filter(customer=customer, author=reader, encounter__isnull=False)
    open_ones = matters.unresolved().only("title", "status", "customer", "desk")
    orders = _orders(customer)
    return Summary(
        customer=customer,
        identities=list(Identity.objects.visible_to(reader).filter(customer=customer).order_by("pk")),
        matters=list(open_ones.order_by("-last_activity", "-pk")[:MATTERS]),
        orders=orders[:ORDERS],
        cart=_cart(customer, {order.reference for order in orders}),
        visits=list(noted.select_related("encounter__place").order_by("-occurred_at", "-pk")[:VISITS]),
    )


def _orders(customer: Customer) -> list[Touchpoint]:
    """The newest of each order's touchpoints, newest order first; one without a number stands alone."""
    told = Touchpoint.objects.filter(customer=customer, kind__in=ORDERED)
    newest: dict[str, Touchpoint] = {}
    for each in told.order_by("-occurred_at", "-pk")[: ORDERS * 10]:
        newest.setdefault(each.reference or f"#{each.pk}", each)
    return list(newest.values())


def _cart(customer: Customer, ordered: set[str]) -> Touchpoint | None:
    carts = Touchpoint.objects.filter(customer=customer, kind=TouchpointKind.CART)
    newest = carts.order_by("-occurred_at", "-pk").first()
    return None if newest is None or (newest.reference and newest.reference in ordered) else newest
