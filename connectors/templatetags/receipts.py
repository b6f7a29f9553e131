"""What receipts say of channels, for the agents' pages: their Python must not know of receipts, their templates may."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django import template
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from redis.exceptions import RedisError

from connectors.models import Receipt, ReceiptState
from inbox.models import Agent, Channel
from inbox.models.channels import WARNED_BEFORE, ChannelState

register = template.Library()
log = logging.getLogger(__name__)

REMEMBERED = timedelta(seconds=30)


@register.simple_tag
def parked_by_channel(channels: Iterable[Channel]) -> dict[int, int]:
    """The number of parked receipts by channel id, in one query; channels without any are not in it."""
    counted = Receipt.objects.parked().on(channels).order_by().values_list("channel").annotate(Count("pk"))
    return dict(counted)


@register.simple_tag
def parked_on(channel: Channel) -> int:
    """The number of parked receipts of one channel."""
    return Receipt.objects.parked().on([channel]).count()


@register.simple_tag
def waiting_on(channel: Channel) -> int:
    """How many receipts of one channel wait for the message they speak of."""
    return Receipt.objects.waiting().on([channel]).count()


@register.simple_tag
def channels_in_trouble(agent: Agent) -> int:
    """How many channels of this agent's desks need a person: broken, access that ends soon, something parked. For a mark that stands on
    every page: asked once in half a minute."""
    key = f"channels-in-trouble:{agent.pk}"
    try:
        known: int | None = cache.get(key)
        if known is None:
            known = _in_trouble(agent)
            cache.set(key, known, REMEMBERED.total_seconds())
    except (RedisError, OSError) as error:
        log.warning("The cache does not answer (%s).", type(error).__name__)
        return _in_trouble(agent)
    return known


def _in_trouble(agent: Agent) -> int:
    parked = Receipt.objects.filter(channel=OuterRef("pk"), state=ReceiptState.PARKED)
    ends_soon = Q(health__expires_at__lt=timezone.now() + WARNED_BEFORE)
    calling = Q(state=ChannelState.BROKEN) | ends_soon | Exists(parked)
    return Channel.objects.visible_to(agent).filter(calling).count()


@register.filter
def of_channel(counted: Mapping[int, int], channel: Channel) -> int:
    return counted.get(channel.pk, 0)
