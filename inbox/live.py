"""The doorbell: tells every process "customer C has event E". It may drop; the Event table is the truth.

Who listens is agents/live and connectors/visitors. Typing, presence and the page in view live in the cache only, with a TTL.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

GROUP = "doorbell"
TYPING_SECONDS = 8
VIEWING_SECONDS = 60
VIEWER_SECONDS = 24 * 3600


class _Bell:
    """A thread with an event loop of its own, one per process (made anew after a fork), so that ringing never blocks."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, name="doorbell", daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        future = asyncio.run_coroutine_threadsafe(self._send(message), self.loop)
        future.add_done_callback(_report)

    async def _send(self, message: dict[str, Any]) -> None:
        layer = get_channel_layer()
        if layer is not None:
            await asyncio.wait_for(layer.group_send(GROUP, message), timeout=5)


_bell: _Bell | None = None
_bell_lock = threading.Lock()


def _report(future: Future[None]) -> None:
    error = future.exception()
    if error is not None:
        log.warning("The doorbell could not be rung (%s); screens catch up from the event log.", error)


def signal(message: dict[str, Any]) -> None:
    """Send one message to every process now. Never raises, never blocks; what is lost is healed from the event log."""
    global _bell  # noqa: PLW0603  # one bell per process, made on first use and after a fork
    with _bell_lock:
        if _bell is None or _bell.pid != os.getpid():
            _bell = _Bell()
        _bell.send(message)


def ring(events: Iterable[tuple[int, int | None, int]]) -> None:
    """Announce (customer id, desk id, event id) triples once the transaction has committed."""
    triples = [list(event) for event in events]
    if triples:
        transaction.on_commit(lambda: signal({"type": "doorbell.events", "events": triples}))


def typing_key(customer_id: int, who: str) -> str:
    """Where the cache keeps that `who` ("customer:12" or "agent:3") is typing in the customer's thread."""
    return f"typing:{customer_id}:{who}"


def typing(*, customer_id: int, who: str, active: bool, channel_id: int | None = None) -> None:
    """Somebody types or has stopped. Forgotten by itself after TYPING_SECONDS."""
    try:
        if active:
            cache.set(typing_key(customer_id, who), channel_id or 0, TYPING_SECONDS)
        else:
            cache.delete(typing_key(customer_id, who))
    except (RedisError, OSError) as error:
        log.warning("Typing could not be noted: %s", error)
        return
    signal(
        {
            "type": "doorbell.typing",
            "customer": customer_id,
            "who": who,
            "active": active,
            "channel": channel_id,
        }
    )


@dataclass(frozen=True, slots=True)
class Viewing:
    """A page that somebody has in front of them now, as the website on the channel tells it."""

    title: str
    url: str
    channel_id: int
    since: datetime


def viewer(space: str, value: str) -> str:
    """Who looks, by their address: a website knows its visitor, not the customer."""
    return hashlib.sha256(f"{space}:{value}".encode()).hexdigest()


def viewing(*, who: str, page: Viewing, customer_id: int | None = None) -> None:
    """Whoever this is looks at a page now. Forgotten by itself after VIEWING_SECONDS. Without customer_id it is the customer
    whom `who` last was; nothing happens if we do not know."""
    try:
        known = customer_id or cache.get(_viewer_key(who))
        if known is None:
            return
        cache.set(_viewer_key(who), known, VIEWER_SECONDS)
        cache.set(_viewing_key(known), asdict(page), VIEWING_SECONDS)
    except (RedisError, OSError) as error:
        log.warning("The page in view could not be noted: %s", error)
        return
    signal({"type": "doorbell.viewing", "customer": known, "channel": page.channel_id})


def still_viewing(*, who: str, here: bool) -> None:
    """Whoever this is still has the page in front of them, or no page of ours any more."""
    try:
        customer_id = cache.get(_viewer_key(who))
        page = cache.get(_viewing_key(customer_id)) if customer_id else None
        if page is None:
            return
        if here:
            cache.touch(_viewing_key(customer_id), VIEWING_SECONDS)
            return
        cache.delete(_viewing_key(customer_id))
    except (RedisError, OSError) as error:
        log.warning("The page in view could not be noted: %s", error)
        return
    signal({"type": "doorbell.viewing", "customer": customer_id, "channel": page["channel_id"]})


def viewed(customer_id: int) -> Viewing | None:
    """The page they have in front of them, if any."""
    try:
        found = cache.get(_viewing_key(customer_id))
    except (RedisError, OSError) as error:
        log.warning("The page in view could not be read: %s", error)
        return None
    return Viewing(**found) if found else None


def _viewer_key(who: str) -> str:
    return f"viewer:{who}"


def _viewing_key(customer_id: int) -> str:
    return f"viewing:{customer_id}"


def read(customer_id: int, *, agent_id: int, conversation_id: int) -> None:
    """An agent has read more of a thread: whoever waits in a live channel may see it at their ticks, and the agent's own other
    pages at the row and the counts. After the commit."""
    message = {
        "type": "doorbell.read",
        "customer": customer_id,
        "agent": agent_id,
        "conversation": conversation_id,
    }
    transaction.on_commit(lambda: signal(message))
