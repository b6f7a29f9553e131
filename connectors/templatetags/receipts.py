"""How many receipts are parked, for pages about channels: their Python must not know of receipts, their templates may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template
from django.db.models import Count

from connectors.models import Receipt
from inbox.models import Channel

register = template.Library()


@register.simple_tag
def parked_by_channel(channels: Iterable[Channel]) -> dict[int, int]:
    """The number of parked receipts by channel id, in one query; channels without any are not in it."""
    counted = Receipt.objects.parked().on(channels).order_by().values_list("channel").annotate(Count("pk"))
    return dict(counted)


@register.simple_tag
def parked_on(channel: Channel) -> int:
    """The number of parked receipts of one channel."""
    return Receipt.objects.parked().on([channel]).count()


@register.filter
def of_channel(counted: Mapping[int, int], channel: Channel) -> int:
    return counted.get(channel.pk, 0)
