"""Carries events out, each once however often it is delivered: the provider's key is taken before the effect.

Taking a key waits for whoever is carrying out the same event just now. All keys come before any customer is locked.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from connectors.models import CarriedOut, Receipt
from inbox.actions.receive import Inbound, Outcome, OutcomeState, receive
from inbox.contract import Ignored, InboundEvent, InboundMessage, Typing
from inbox.models import Channel

# A message is unique by its external id; typing is forgotten anyway; there is nothing to do about what is ignored.
NEEDS_NO_KEY = (InboundMessage, Typing, Ignored)

Key = tuple[int, str]


@dataclass(slots=True)
class Item:
    """One event of a receipt; `outcome` stays None if it had been carried out before."""

    receipt: Receipt
    channel: Channel
    event: InboundEvent
    key: Key | None
    outcome: Outcome | None = None

    @property
    def waits(self) -> bool:
        return self.outcome is not None and self.outcome.state is OutcomeState.WAITING


def items_of(receipt: Receipt, channel: Channel, events: Iterable[InboundEvent]) -> list[Item]:
    """Each event with its key. Two of one type that share the provider's key are told apart by their order."""
    seen: Counter[tuple[type, str]] = Counter()
    items = []
    for event in events:
        named = (type(event), event.event_key)
        told = f"{type(event).__name__}\n{event.event_key}\n{seen[named]}"
        seen[named] += 1
        digest = hashlib.sha256(told.encode()).hexdigest()
        key = None if isinstance(event, NEEDS_NO_KEY) else (receipt.channel_id, digest)
        items.append(Item(receipt, channel, event, key))
    return items


def carry_out(items: Sequence[Item]) -> None:
    """Have them received, in the caller's transaction, and note what became of each. Raises whatever receive raises."""
    free = _take([item.key for item in items if item.key])
    doing = []
    for item in items:
        if item.key is None or item.key in free:
            doing.append(item)
            free.discard(item.key)
    listed = [Inbound(channel=i.channel, event=i.event, received_at=i.receipt.received_at) for i in doing]
    for item, outcome in zip(doing, receive(listed), strict=True):
        item.outcome = outcome
    _give_back([item.key for item in doing if item.key and item.waits])


def _take(keys: Iterable[Key]) -> set[Key]:
    """Those of the keys that nobody has taken before. In order, so that two who take never wait for each other."""
    wanted = sorted(set(keys))
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO connectors_carriedout (channel_id, key) SELECT * FROM unnest(%s::bigint[], %s::varchar[])"
            " ON CONFLICT DO NOTHING RETURNING channel_id, key",
            [[channel for channel, _key in wanted], [key for _channel, key in wanted]],
        )
        return set(cursor.fetchall())


def _give_back(keys: Iterable[Key]) -> None:
    """These have had no effect yet, because their message is not here: they may come again."""
    for channel_id, key in keys:
        CarriedOut.objects.filter(channel=channel_id, key=key).delete()


def forget(older_than: timedelta) -> None:
    """Drop the keys nobody will send again."""
    CarriedOut.objects.filter(at__lt=timezone.now() - older_than).purge()
