"""The doorbell: tells every process "customer C has event E". It may drop; the Event table is the truth.

Who listens is agents/live and connectors/visitors.py. Typing and presence live in the cache only, with a TTL.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

GROUP = "doorbell"
TYPING_SECONDS = 8


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


def read(customer_id: int) -> None:
    """An agent has read more of a thread: whoever waits in a live channel may see it at their ticks. After the commit."""
    transaction.on_commit(lambda: signal({"type": "doorbell.read", "customer": customer_id}))
