"""Receipts in, values out: who stores them, how they are read, tried again, parked, replayed. No HTTP, no tables of the domain."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from connectors import tasks
from connectors.door import wire
from connectors.models import Receipt, ReceiptQuerySet, ReceiptState
from inbox import registry
from inbox.actions import traffic
from inbox.actions.errors import Refused
from inbox.contract import Polled, Request
from inbox.models import Channel

KEY_LENGTH = 300


def store(channel: Channel, request: Request) -> Receipt:
    """Keep a request that came in inside this process (a visitor's socket), already authenticated by the caller."""
    with transaction.atomic():
        receipt = Receipt.objects.create(channel=channel, **_columns(channel, request))
        transaction.on_commit(tasks.ring, robust=True)
    return receipt


def store_polled(channel: Channel, polled: Polled) -> bool:
    """Keep a fetched item and move the channel's cursor, in one transaction. False if we had the item already."""
    key = _key(polled.key)
    receipt = Receipt(channel=channel, key=key, **_columns(channel, polled.request))
    with transaction.atomic():
        before = Receipt.objects.filter(channel=channel, key=key).exists()
        Receipt.objects.bulk_create([receipt], ignore_conflicts=True)
        traffic.move_cursor(channel_id=channel.pk, cursor=polled.cursor)
        transaction.on_commit(tasks.ring, robust=True)
    return not before


def _key(key: str) -> str:
    """As given, or a digest of a longer one than the column holds (folder names are the mail server's)."""
    return key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()


def _columns(channel: Channel, request: Request) -> Mapping[str, Any]:
    secrets = wire.secrets_of(registry.build_settings(channel.kind, channel.settings))
    return {
        "method": request.method,
        "url": wire.without_secrets(request.url, secrets),
        "headers": wire.storable_headers(request.headers, secrets),
        "body": request.body,
        "received_at": request.received_at,
    }


def replay(receipt: Receipt) -> None:
    """Read a parked or finished receipt again, with all its tries. What it did before is not done twice."""
    _move(receipt, (ReceiptState.PARKED, ReceiptState.DONE), state=ReceiptState.NEW, error="", attempts=0)
    transaction.on_commit(tasks.ring, robust=True)


def replay_all(parked: ReceiptQuerySet) -> int:
    """Read all of these that are still parked again. Gives how many."""
    number = parked.filter(state=ReceiptState.PARKED).update(
        state=ReceiptState.NEW, error="", attempts=0, next_attempt_at=Now()
    )
    transaction.on_commit(tasks.ring, robust=True)
    return number


def replay_parked(channel: Channel) -> int:
    """Read all that lies parked on this channel again. Gives how many."""
    return replay_all(Receipt.objects.parked().on([channel]))


def dismiss(receipt: Receipt) -> None:
    """Let a parked receipt go: somebody has looked at it and there is nothing to save. Its reason stays until it is purged."""
    _move(receipt, (ReceiptState.PARKED,), state=ReceiptState.DONE)


def _move(receipt: Receipt, allowed: tuple[ReceiptState, ...], **changes: Any) -> None:
    """One conditional UPDATE, so that two admins cannot both move it. Raises Refused if it is not in an allowed state."""
    found = Receipt.objects.filter(pk=receipt.pk, state__in=allowed)
    if not found.update(**changes, next_attempt_at=Now()):
        raise Refused(_("This one is not parked any more. Reload the page."))
    receipt.refresh_from_db()
