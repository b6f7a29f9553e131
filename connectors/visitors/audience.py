"""Whom an event concerns among visitors: asked once for many events, by key."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.core.cache import cache

from inbox import registry
from inbox.events import Kind
from inbox.models import Agent, Event, Identity

Name = tuple[str, str]
NAME_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Audience:
    """Identities (space, value) with news, and those whose customer has been blocked."""

    told: frozenset[Name]
    blocked: frozenset[Name]


def of(event_ids: Collection[int]) -> Audience:
    """By the message's identity rather than the customer: customers are merged and parted while people chat."""
    spaces = [connector.space for connector in registry.kinds().values() if connector.capabilities.live]
    events = Event.objects.filter(pk__in=event_ids)
    told = events.filter(message__identity__space__in=spaces).values_list(
        "message__identity__space", "message__identity__value"
    )
    blocked = events.filter(kind=Kind.CUSTOMER_CHANGED, customer__blocked=True).values("customer")
    closed = Identity.objects.filter(customer__in=blocked, space__in=spaces).values_list("space", "value")
    return Audience(frozenset(told), frozenset(closed))


def first_name(name: str) -> str:
    """What visitors learn of an agent's name: the settings promise that it is no more."""
    return name.split(maxsplit=1)[0] if name.strip() else ""


def agent_name(who: str) -> str:
    """The first name of "agent:12", kept for a while; "" if there is none."""
    number = who.partition(":")[2]
    key = f"visitors:name:{number}"
    name = cache.get(key)
    if name is None:
        name = first_name(Agent.objects.filter(pk=int(number)).values_list("name", flat=True).first() or "")
        cache.set(key, name, NAME_SECONDS)
    return str(name)
