"""Providers deliver in any order, and more than once: whatever the order, the same people, bubbles, ticks and threads come of it.

Every connector's samples, their events shuffled and tripled (hypothesis), carried out as the reader does it.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from connectors import samples
from connectors.discovery import kinds
from connectors.models import Receipt
from connectors.once import carry_out, items_of
from inbox import registry
from inbox.contract import BadPayload, DeliveryUpdate, InboundEvent, InboundMessage, Status
from inbox.models import Channel, Identity, Message, ReplyWindow
from tests import factories
from tests.connectors import rehearsal


def _has_news(kind: str) -> bool:
    can = registry.capabilities(kind)
    return can.edits or can.deletes or can.reactions or can.reply_window is not None


# Where something happens to a message after it was sent; elsewhere there is nothing to come in the wrong order.
HAVING = [kind for kind in kinds() if _has_news(kind)]
BATCH = 20
# So many events an example; a hundred examples meet all pairs of them.
AT_ONCE = 8
# One order is as hard to read as another; looking for a simpler one would take minutes.
NO_SHRINKING = (Phase.explicit, Phase.generate)


class Undone(Exception):
    """Ends one example's transaction."""


Said = tuple[datetime, InboundEvent]
"""An event and when its sample came: a provider that gives no time has no other order."""


def everything_said(kind: str) -> list[Said]:
    """The events of all samples with the usual settings, as one channel would get them."""
    listed = [sample for sample in samples.of(kind) if sample.stored and not sample.data.get("settings")]
    said: list[Said] = []
    for sample in listed:
        request = sample.request()
        with suppress(BadPayload):
            said += [(request.received_at, each) for each in rehearsal.connector_of(sample).parse(request)]
    return sorted(said, key=lambda each: each[1].occurred_at or each[0])


def written_by_us(channel: Channel, said: Sequence[Said]) -> None:
    """Our messages that the news is about, sent before any of it."""
    theirs = {event.external_id for _at, event in said if isinstance(event, InboundMessage)}
    named = {getattr(event, "external_id", "") for _at, event in said} - theirs - {""}
    customer = factories.customer("Whoever we wrote to")
    space = registry.connector_class(channel.kind).space
    identity = factories.identity(customer, "whoever", space=space)
    conversation = factories.conversation(customer)
    sam = factories.agent()
    for name in sorted(named):
        factories.reply(
            conversation,
            sam,
            channel=channel,
            identity=identity,
            external_id=name,
            reference_id=name,
            status="sent",
        )


def take(channel: Channel, said: Sequence[Said]) -> None:
    """Carry them out in this order; what waits for its message comes again at the end, as the reader does."""
    waiting = deque(said)
    idle = 0
    while waiting and idle <= len(waiting):
        batch = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
        receipts = [(Receipt(channel=channel, received_at=at), event) for at, event in batch]
        items = [item for receipt, event in receipts for item in items_of(receipt, channel, [event])]
        carry_out(items)
        late = [(item.receipt.received_at, item.event) for item in items if item.waits]
        idle = idle + len(late) if len(late) == len(batch) else 0
        waiting.extend(late)


def outcome(channel: Channel, said_both: set[str]) -> dict[str, Any]:
    """What people would see, without the ids we gave."""
    hanging = ("arrivals", "attachments", "reactions__identity", "participants__identity")
    messages = list(
        Message.objects.filter(channel=channel).select_related("delivery").prefetch_related(*hanging)
    )
    names = {
        each.pk: tuple(sorted([each.external_id or "", *(more.external_id for more in each.arrivals.all())]))
        for each in messages
    }
    threads: dict[int, list[tuple[str, ...]]] = {}
    for each in messages:
        threads.setdefault(each.conversation_id, []).append(names[each.pk])
    people: dict[int, list[tuple[str, str, bool]]] = {}
    for who in Identity.objects.all():
        people.setdefault(who.customer_id, []).append((who.space, who.value, who.verified))
    return {
        "bubbles": {names[each.pk]: bubble(each, names, said_both) for each in messages},
        "threads": sorted(sorted(thread) for thread in threads.values()),
        "people": sorted(sorted(person) for person in people.values()),
        "silent": sorted(Identity.objects.exclude(opted_out_at=None).values_list("value", flat=True)),
        "windows": sorted(
            ReplyWindow.objects.values_list("identity__value", "until", "wrote_at", "closed_at", "handle")
        ),
    }


def both(said: Sequence[Said]) -> set[str]:
    """Messages that have failed in one sample and were delivered in another: no provider says both of one."""
    told: dict[str, set[Status]] = {}
    for _at, event in said:
        if isinstance(event, DeliveryUpdate):
            told.setdefault(event.external_id, set()).add(event.status)
    arrived = {Status.DELIVERED, Status.READ}
    return {name for name, statuses in told.items() if Status.FAILED in statuses and statuses & arrived}


def bubble(message: Message, names: dict[int, tuple[str, ...]], said_both: set[str]) -> dict[str, Any]:
    delivery = getattr(message, "delivery", None)
    return {
        "text": message.text,
        "cards": message.cards,
        "files": sorted((each.name, each.external_id, each.source) for each in message.attachments.all()),
        "gone": message.deleted_at is not None,
        "edited": message.edited_at,
        "hidden": message.hidden_at is not None,
        "answers": names.get(message.in_reply_to_id or 0),
        "reactions": sorted(
            (each.identity.value if each.identity else "", each.emoji)
            for each in message.reactions.all()
            if each.emoji
        ),
        "status": delivery.status if delivery and message.external_id not in said_both else None,
        "author": sorted(each.identity.value for each in message.participants.all() if each.role == "author"),
    }


def after(kind: str, said: Sequence[Said]) -> dict[str, Any]:
    """What comes of these events on a new channel; nothing of it stays."""
    found: dict[str, Any] = {}
    with pytest.raises(Undone), transaction.atomic():
        channel = factories.channel(kind, settings=rehearsal.settings_of(samples.of(kind)[0]))
        written_by_us(channel, said)
        take(channel, said)
        found = outcome(channel, both(said))
        raise Undone
    return found


@pytest.fixture(autouse=True)
def _where_the_samples_were_recorded(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://inbox.example"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", HAVING)
def test_any_order_and_any_number_of_deliveries_give_the_same_threads(kind: str) -> None:
    # Given all that a provider has said in the samples
    everything = everything_said(kind)

    @settings(
        max_examples=100,
        deadline=None,
        database=None,
        phases=NO_SHRINKING,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32 - 1))
    def whatever_the_order(seed: int) -> None:
        # When some of it comes in its own order, and then three times in any order
        chance = random.Random(seed)  # only an order
        chosen = sorted(chance.sample(range(len(everything)), min(AT_ONCE, len(everything))))
        said = [everything[place] for place in chosen]
        shuffled = said * 3
        chance.shuffle(shuffled)

        # Then the same has come of it
        assert after(kind, shuffled) == after(kind, said)

    whatever_the_order()
