"""WhatsApp's webhooks → contract events: which field goes to which reader. Pure (docs: whatsapp/webhooks/overview)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.meta.reading import Json, digest, entries, mapping, moment, rows, text
from connectors.whatsapp import changes, coexistence, messages, statuses
from connectors.whatsapp.messages import Line
from connectors.whatsapp.people import person
from connectors.whatsapp.settings import WhatsAppSettings
from inbox.contract import Ignored, InboundEvent, Request, WindowChanged

OBJECT = "whatsapp_business_account"
WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an entry: its field's name, its value, and when Meta sent it."""

    field: str
    value: Json
    line: Line
    at: datetime | None


def events(request: Request, settings: WhatsAppSettings) -> list[InboundEvent]:
    """All of a batch, in its order. Raises BadPayload if the body is no webhook of WhatsApp."""
    found: list[InboundEvent] = []
    for entry in entries(request.body, OBJECT):
        for change in rows(entry.get("changes")):
            value = mapping(change.get("value"))
            line = Line(
                portfolio=settings.portfolio_id,
                number=text(mapping(value.get("metadata")).get("display_phone_number")),
                received_at=request.received_at,
                start=len(found),
            )
            each = Change(text(change.get("field")), value, line, moment(entry.get("time")))
            found += _refused(entry, each, settings) or list(READERS.get(each.field, _ignored)(each))
    return found


def _refused(entry: Json, change: Change, settings: WhatsAppSettings) -> list[InboundEvent]:
    """What is for another account or number: one app has one address for all of them unless told otherwise."""
    number_id = text(mapping(change.value.get("metadata")).get("phone_number_id"))
    if text(entry.get("id")) != settings.waba_id:
        return [_ignore(change, "This is for another WhatsApp Business account.")]
    if number_id and number_id != settings.phone_number_id:
        return [_ignore(change, f"This is for another number of the account, {change.line.number}.")]
    return []


def _messages(change: Change) -> Iterator[InboundEvent]:
    value = change.value
    yield from messages.events(value.get("messages"), value.get("contacts"), change.line)
    yield from statuses.events(value.get("statuses"), value.get("contacts"), change.line)
    for error in rows(value.get("errors")):
        if not value.get("messages"):
            yield _ignore(change, f"WhatsApp reports: {text(error.get('title')) or text(error.get('code'))}.")


def _echoes(change: Change) -> Iterator[InboundEvent]:
    value = change.value
    yield from messages.events(value.get("message_echoes"), value.get("contacts"), change.line, echo=True)


def _calls(change: Change) -> Iterator[InboundEvent]:
    """A call by the customer opens the window as a message does (docs: service messages); the call itself is no message."""
    for call in rows(change.value.get("calls")):
        at = moment(call.get("timestamp"))
        found = person(change.line.portfolio, call.get("from"), call.get("from_user_id"))
        key = f"call:{text(call.get('id')) or digest(call)}:{text(call.get('event'))}"
        if found and at and call.get("direction") == "USER_INITIATED" and call.get("event") == "connect":
            yield WindowChanged(event_key=key, occurred_at=at, address=found[0], until=at + WINDOW)
        else:
            yield Ignored(event_key=key, occurred_at=at, reason="Calls by WhatsApp are not answered here.")


def _templates(change: Change) -> Iterator[InboundEvent]:
    yield changes.template(change.value, change.at, key=digest([change.field, change.value, str(change.at)]))


def _ignored(change: Change) -> Iterator[InboundEvent]:
    yield _ignore(change, changes.told(change.field, change.value))


def _ignore(change: Change, reason: str) -> Ignored:
    return Ignored(
        event_key=digest([change.field, change.value, str(change.at)]), occurred_at=change.at, reason=reason
    )


READERS: dict[str, Callable[[Change], Iterator[InboundEvent]]] = {
    "messages": _messages,
    "smb_message_echoes": _echoes,
    "history": lambda change: coexistence.history(change.value, change.line),
    "calls": _calls,
    "user_id_update": lambda change: changes.user_ids(change.value, change.line),
    "message_template_status_update": _templates,
    "message_template_quality_update": _templates,
    "message_template_components_update": _templates,
    "template_category_update": _templates,
}
