"""The `history` field: what was written before a number of the phone app was connected. Pure (docs: webhooks/reference/history)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from connectors.meta.reading import Json, digest, moment, rows, text
from connectors.whatsapp import messages
from connectors.whatsapp.messages import Line
from inbox.contract import Ignored, InboundEvent

# Files of the last 14 days follow in webhooks of their own, under the same id; older ones never come.
FILES_FOLLOW = timedelta(days=14)


def history(value: Json, line: Line) -> Iterator[InboundEvent]:
    """Chunks of threads; or files that belong to messages of an earlier chunk; or that the owner does not share them."""
    contacts = value.get("contacts")
    yield from messages.events(value.get("messages"), contacts, line, historical=True)
    yield from messages.events(value.get("message_echoes"), contacts, line, echo=True, historical=True)
    for chunk in rows(value.get("history")):
        for error in rows(chunk.get("errors")):
            reason = f"The phone app's history is not shared: {text(error.get('title')) or text(error.get('code'))}."
            yield Ignored(event_key=f"history:{digest(error)}", reason=reason)
        for thread in rows(chunk.get("threads")):
            for message in rows(thread.get("messages")):
                yield from _message(message, text(thread.get("id")), line)


def _message(message: Json, thread: str, line: Line) -> Iterator[InboundEvent]:
    """One of a thread, which is named by the customer's number; ours has it as `to`, or ours as `from`."""
    at = moment(message.get("timestamp"))
    if message.get("type") == "media_placeholder" and at and line.received_at - at < FILES_FOLLOW:
        key = f"{text(message.get('id')) or digest(message)}:placeholder"
        yield Ignored(event_key=key, occurred_at=at, reason="The file follows in a webhook of its own.")
        return
    echo = bool(message.get("to")) or f"+{text(message.get('from'))}" == line.ours.value
    whole = (
        {**message, "to": message.get("to") or thread}
        if echo
        else {**message, "from": message.get("from") or thread}
    )
    yield from messages.events([whole], None, line, echo=echo, historical=True)
