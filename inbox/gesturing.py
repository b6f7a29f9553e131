"""Making at the provider's what agents did to messages. Called by a task, never inside a transaction; asked for in actions/gestures.py."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from inbox import registry
from inbox.actions import channels, gestures
from inbox.contract import (
    Address,
    ChannelBroken,
    ContractError,
    Gesture,
    GestureKind,
    OutcomeUnknown,
    TemporaryFailure,
)
from inbox.models import GestureOrder
from inbox.models.pairs import GestureState
from inbox.text import to_html

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=30)


def due(*, limit: int = 50) -> list[int]:
    """Those to be made now, oldest first."""
    waiting = GestureOrder.objects.filter(state=GestureState.QUEUED, not_before__lte=timezone.now())
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])


def perform(order_id: int) -> None:
    """Make one. The same gesture twice is one at the provider's, so what is unknown is simply tried again."""
    order = (
        GestureOrder.objects.select_related("message__channel", "message__identity", "message__conversation")
        .filter(pk=order_id, state=GestureState.QUEUED)
        .first()
    )
    if order is None or order.message.channel is None or order.message.identity is None:
        return
    try:
        registry.connector_for(order.message.channel).perform(_value(order))
    except ChannelBroken as error:
        channels.stop_broken(channel_id=order.message.channel.pk, reason=error.reason)
        gestures.failed(order_id, error.reason)
    except (TemporaryFailure, OutcomeUnknown) as error:
        wait = error.retry_after if isinstance(error, TemporaryFailure) else None
        gestures.failed(order_id, error.reason, again=wait or AGAIN)
    except ContractError as error:
        gestures.failed(order_id, error.reason)
    except Exception as error:  # a connector's bug must not keep this one at the head for ever
        log.exception("Gesture %s could not be made", order_id)
        gestures.failed(
            order_id, f"It could not be done because of a fault of ours ({type(error).__name__})."
        )
    else:
        gestures.done(order_id)


def _value(order: GestureOrder) -> Gesture:
    message, identity = order.message, order.message.identity
    if identity is None:
        raise ValueError("A message without an address has nobody to show a gesture to.")
    return Gesture(
        kind=GestureKind(order.kind),
        to=Address(space=identity.space, value=identity.value, name=identity.name),
        external_id=message.external_id or "",
        also=tuple(message.arrivals.filter(channel=message.channel).values_list("external_id", flat=True)),
        thread_key=message.conversation.thread_key,
        emoji=order.emoji,
        text=order.text,
        html=to_html(order.text) if order.text else "",
    )
