"""Which bubble a message quotes: tied as soon as both are here, whichever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inbox.actions import rows
from inbox.models import Message

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving

# What the new ones quote, by the id the provider gave it or by one of its further names.
_BACK = """
    UPDATE inbox_message AS m SET in_reply_to_id = q.id
    FROM unnest(%s::bigint[]) AS w(id), LATERAL (
        SELECT n.id FROM inbox_message f JOIN inbox_message n ON n.channel_id = f.channel_id AND n.external_id = f.quotes
        WHERE f.id = w.id AND n.customer_id = f.customer_id
        UNION ALL
        SELECT a.message_id FROM inbox_message f JOIN inbox_arrival a ON a.channel_id = f.channel_id AND a.external_id = f.quotes
        JOIN inbox_message n ON n.id = a.message_id WHERE f.id = w.id AND n.customer_id = f.customer_id
        LIMIT 1) AS q
    WHERE m.id = w.id AND m.quotes <> ''
"""


def link(stored: Sequence[Arriving]) -> None:
    """Tie new messages to what they quote, and those that quoted them before they came. No query for channels without quotes."""
    quoting = [item.id for item in stored if item.event.in_reply_to]
    if quoting:
        rows.execute(_BACK, [quoting])
    for item in stored:
        if item.channel_quotes and item.matter is not None:
            late = Message.objects.filter(channel=item.channel, quotes=item.external_id, in_reply_to=None)
            late.filter(customer_id=item.matter.customer_id).update(in_reply_to=item.id)
