"""`statuses` of a webhook → what became of our messages. Pure (docs: whatsapp/webhooks/reference/messages/status)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.meta.errors import read
from connectors.meta.reading import Json, digest, moment, rows, text
from connectors.whatsapp import people
from connectors.whatsapp.errors import meaning
from connectors.whatsapp.messages import Line
from inbox.contract import Address, DeliveryUpdate, Identified, Ignored, InboundEvent, Status, WindowChanged

# They come in any order, and `read` without `delivered`. `played`: a voice message.
STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "played": Status.READ,
    "failed": Status.FAILED,
}


def events(listed: Any, contacts: Any, line: Line) -> Iterator[InboundEvent]:
    for status in rows(listed):
        yield from _event(status, line)
    for contact in rows(contacts) if rows(listed) else []:
        yield from _identified(contact, line)


def _identified(contact: Json, line: Line) -> Iterator[InboundEvent]:
    """Since April 2026 a status tells number and user id of whom we wrote to: the same person, said once."""
    number = people.number(contact.get("wa_id"))
    own = people.user(line.portfolio, contact.get("user_id"))
    if number and own:
        yield Identified(event_key=f"identified:{number.value}:{own.value}", author=number, proofs=(own,))


def _event(status: Json, line: Line) -> Iterator[InboundEvent]:
    said, at = text(status.get("status")), moment(status.get("timestamp"))
    message = text(status.get("id"))
    if not message or said not in STATUSES:
        reason = f"A status “{said[:60]}” is none we know." if said else "A report about no message."
        yield Ignored(event_key=f"status:{digest(status)}", occurred_at=at, reason=reason)
        return
    found = people.person(line.portfolio, status.get("recipient_id"), status.get("recipient_user_id"))
    reader = found[0] if found else None
    # In a group each member reports for themselves.
    member = text(status.get("recipient_participant_id")) or text(status.get("recipient_participant_user_id"))
    key = f"{message}:{said}" + (f":{member}" if status.get("recipient_type") == "group" else "")
    yield from _update(status, key, reader)


def _update(status: Json, key: str, reader: Address | None) -> Iterator[InboundEvent]:
    at, state = moment(status.get("timestamp")), STATUSES[text(status.get("status"))]
    error = next(iter(rows(status.get("errors"))), None)
    means = meaning(error) if state is Status.FAILED else None
    found = read(error)
    yield DeliveryUpdate(
        event_key=key,
        occurred_at=at,
        # What we named it when sending: known although the connection broke before Meta told its own id.
        external_id=text(status.get("biz_opaque_callback_data")) or text(status.get("id")),
        status=state,
        code=found.name if means and found else "",
        reason=means.reason if means else "",
        undeliverable=bool(means and means.undeliverable),
        opted_out=bool(means and means.opted_out),
    )
    if means and means.window_closed and reader and at:
        yield WindowChanged(event_key=f"{key}:window", occurred_at=at, address=reader, until=at)
