"""Reply windows: until when a provider lets us answer an address. Whether something may go is inbox/permission.py's neighbour, reach.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from inbox import registry
from inbox.actions import identify, record
from inbox.actions.identify import Key, Known, key_of
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Channel, Identity, ReplyWindow
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving


def note(stored: Sequence[Arriving], book: dict[Key, Known]) -> None:
    """What they wrote opens the window anew. Never earlier than it stands: messages come in any order."""
    for item in stored:
        event, window = item.event, registry.capabilities(item.channel.kind).reply_window
        if event.echo or event.public or not (window or event.reply_until or event.reply_handle):
            continue
        usual = item.occurred_at + window if window else None
        until = max(filter(None, (event.reply_until, usual)), default=None)
        _open(
            item.channel.pk,
            book[key_of(item.pair)].id,
            until=until,
            wrote_at=item.occurred_at,
            handle=storable(event.reply_handle)[:512],
        )


def _open(
    channel_id: int, identity_id: int, *, until: datetime | None, wrote_at: datetime | None, handle: str
) -> None:
    """Under the customer's lock, so nobody else changes this row meanwhile."""
    held, made = ReplyWindow.objects.get_or_create(
        channel_id=channel_id,
        identity_id=identity_id,
        defaults={"until": until, "wrote_at": wrote_at, "handle": handle},
    )
    if made:
        return
    held.until = max(held.until, until) if held.until and until else None
    if wrote_at and (held.wrote_at is None or wrote_at >= held.wrote_at):
        held.wrote_at, held.handle = wrote_at, handle
    held.save(update_fields=["until", "wrote_at", "handle"])


def change(*, channel: Channel, address: Address, until: datetime, at: datetime) -> bool:
    """The provider says, at that moment, until when. False for an address nobody knows."""
    known = identify.find(address)
    if known is None:
        return False
    identify.lock_owners([known.customer_id])
    if until > at:
        _open(channel.pk, known.id, until=until, wrote_at=None, handle="")
    else:
        _close(channel.pk, known.id, at)
    _say(known.customer_id, known.id)
    return True


@transaction.atomic
def close(*, channel_id: int, identity_id: int) -> None:
    """The provider refused an answer because the window is over, whatever we had stored."""
    _close(channel_id, identity_id, timezone.now())
    _say(Identity.objects.get(pk=identity_id).customer_id, identity_id)


def _close(channel_id: int, identity_id: int, at: datetime) -> None:
    held, _made = ReplyWindow.objects.get_or_create(
        channel_id=channel_id, identity_id=identity_id, defaults={"until": at}
    )
    held.closed_at = max(held.closed_at or at, at)
    held.save(update_fields=["closed_at"])


def spend_handle(*, channel_id: int, identity_id: int, handle: str) -> None:
    """A handle is good for one answer."""
    ReplyWindow.objects.filter(channel_id=channel_id, identity_id=identity_id, handle=handle).update(
        handle=""
    )


def _say(customer_id: int, identity_id: int) -> None:
    record.facts(
        [
            record.Fact(
                kind=Kind.CUSTOMER_CHANGED,
                customer_id=customer_id,
                data={"identity": identity_id, "change": "window"},
            )
        ]
    )
