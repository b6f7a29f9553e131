"""What stands around the thread of an opened matter: its customer's other matters, addresses and channels. Reads only."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from agents import access
from inbox import merge_preview, outlook, suggestions
from inbox.models import Agent, Channel, Conversation, Customer, Identity, Message

EPISODES = 20


def state(agent: Agent, matter: Conversation) -> dict[str, Any]:
    """What the thread's head and chips show. Three queries."""
    own = access.conversations(agent).filter(customer=matter.customer_id)
    episodes = list(own.order_by("-last_activity", "-pk")[:EPISODES])
    open_ones = [other for other in episodes if other.unresolved and other.pk != matter.pk]
    used = Message.objects.filter(customer=matter.customer_id, channel=OuterRef("pk"))
    return {
        "conversation": matter,
        "customer": matter.customer,
        "matters": sorted([matter, *open_ones], key=lambda other: (not other.main, other.pk)),
        "episodes": episodes,
        "channels": Channel.objects.visible_to(agent).filter(Exists(used)).defer("settings"),
    }


def around(agent: Agent, matter: Conversation) -> dict[str, Any]:
    """The state, and what the customer's place shows besides."""
    return {**state(agent, matter), **of_customer(agent, matter.customer)}


def of_customer(agent: Agent, customer: Customer) -> dict[str, Any]:
    """What the customer's place shows of them as a person."""
    return {
        "identities": Identity.objects.visible_to(agent).filter(customer=customer).order_by("pk"),
        "outlook": outlook.of(agent, customer),
        "suggestions": suggestions.of(agent, customer),
        "merges": merge_preview.merges(agent, customer),
    }
