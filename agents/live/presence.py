"""Who has a customer's thread in front of them and who is typing in it. In the cache only, forgotten by itself.

Each agent has one note per customer; a change is rung to every process, which then reads the notes anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from inbox import live, registry
from inbox.contract import Address, ContractError
from inbox.models import Agent, Channel, Conversation, Identity, Message
from inbox.models.messages import Direction

log = logging.getLogger(__name__)

HERE_SECONDS = 60
"""A page says it is still here at least every 25 seconds."""
TYPING_SECONDS = live.TYPING_SECONDS
SIGNAL = "doorbell.presence"
FAILURES = (RedisError, OSError)


@dataclass(frozen=True, slots=True)
class Place:
    """A matter somebody has in front of them. Who may not read its desk is not told that they are here."""

    customer_id: int
    conversation_id: int
    desk_id: int


def place(agent: Agent, customer_id: int, conversation_id: int) -> Place | None:
    """The matter, if the agent may read it and it is this customer's."""
    desk = (
        Conversation.objects.visible_to(agent)
        .filter(pk=conversation_id, customer=customer_id)
        .values_list("desk_id", flat=True)
        .first()
    )
    return None if desk is None else Place(customer_id, conversation_id, desk)


def stay(agent_id: int, at: Place) -> None:
    """The agent is (still) here. Rung only if nobody knew: the note had run out, or another tab of theirs took it along."""
    key = _key(at.customer_id, agent_id)
    try:
        if not cache.touch(key, HERE_SECONDS):
            cache.set(key, at.desk_id, HERE_SECONDS)
            _ring(at.customer_id, agent_id)
    except FAILURES as error:
        log.warning("Presence could not be noted (%s).", type(error).__name__)


def move(agent_id: int, before: Place | None, to: Place | None) -> None:
    """The agent has another thread open now, or none."""
    if before is not None and (to is None or before.customer_id != to.customer_id):
        _forget(_key(before.customer_id, agent_id), _typing_key(before.customer_id, agent_id))
        _ring(before.customer_id, agent_id)
    if to is not None and to != before:
        _note(_key(to.customer_id, agent_id), to.desk_id, HERE_SECONDS)
        _ring(to.customer_id, agent_id)


def types(agent_id: int, at: Place, *, mode: str) -> None:
    """The agent writes a reply or a note ("" has stopped); colleagues see it for TYPING_SECONDS."""
    stay(agent_id, at)
    if mode:
        _note(_typing_key(at.customer_id, agent_id), mode, TYPING_SECONDS)
    else:
        _forget(_typing_key(at.customer_id, agent_id))
    _ring(at.customer_id, agent_id)


def show_customer(agent: Agent, at: Place, *, channel_id: int, identity_id: int, active: bool) -> None:
    """Show at the other end that an agent writes, where the channel can. Somebody in a live channel hears it by the doorbell."""
    channel = Channel.objects.visible_to(agent).filter(pk=channel_id).first()
    if channel is None or not registry.capabilities(channel.kind).typing:
        return
    if registry.capabilities(channel.kind).live:
        live.typing(customer_id=at.customer_id, who=f"agent:{agent.pk}", active=active, channel_id=channel.pk)
        return
    identity = Identity.objects.visible_to(agent).filter(pk=identity_id, customer=at.customer_id).first()
    if identity is None:
        return
    try:
        address = Address(space=identity.space, value=identity.value, name=identity.name)
        registry.connector_for(channel).show_typing(address, active, last=_last_of_theirs(channel, identity))
    except ContractError as error:
        log.info("Typing could not be shown on channel %s: %s", channel.pk, error)


def _last_of_theirs(channel: Channel, identity: Identity) -> str:
    """The external id of their latest message on this channel, which some providers want to be told."""
    written = Message.objects.filter(channel=channel, identity=identity, direction=Direction.INBOUND)
    return written.order_by("-occurred_at", "-pk").values_list("external_id", flat=True).first() or ""


def here(customer_id: int, agents: Iterable[int]) -> list[dict[str, Any]]:
    """Who of these agents is in the customer's thread: {id, desk, typing} each, in order of id."""
    ids = sorted(agents)
    keys = [*(_key(customer_id, pk) for pk in ids), *(_typing_key(customer_id, pk) for pk in ids)]
    try:
        notes = cache.get_many(keys)
    except FAILURES as error:
        log.warning("Who is here could not be read (%s).", type(error).__name__)
        return []
    return [
        {
            "id": pk,
            "desk": notes[_key(customer_id, pk)],
            "typing": notes.get(_typing_key(customer_id, pk), ""),
        }
        for pk in ids
        if _key(customer_id, pk) in notes
    ]


def _key(customer_id: int, agent_id: int) -> str:
    return f"here:{customer_id}:{agent_id}"


def _typing_key(customer_id: int, agent_id: int) -> str:
    return live.typing_key(customer_id, f"agent:{agent_id}") + ":mode"


def _note(key: str, value: object, seconds: int) -> None:
    try:
        cache.set(key, value, seconds)
    except FAILURES as error:
        log.warning("Presence could not be noted (%s).", type(error).__name__)


def _forget(*keys: str) -> None:
    try:
        cache.delete_many(keys)
    except FAILURES as error:
        log.warning("Presence could not be forgotten (%s).", type(error).__name__)


def _ring(customer_id: int, agent_id: int) -> None:
    live.signal({"type": SIGNAL, "customer": customer_id, "agent": agent_id})
