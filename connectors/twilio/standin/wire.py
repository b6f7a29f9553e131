"""Twilio's forms and error documents, over connectors/standin/wire.py."""

from __future__ import annotations

from connectors.standin.wire import Answer, Asked, as_json
from connectors.twilio.signature import Form
from connectors.twilio.standin.records import Refusal


def form_of(asked: Asked) -> Form:
    """Of the body of a POST, else of the query: fields with all their values."""
    fields = Form()
    for name, value in asked.fields:
        fields.setdefault(name, []).append(value)
    return fields


def refused(refusal: Refusal) -> Answer:
    """Twilio's error document (docs: usage/twilios-response)."""
    return as_json(
        {
            "code": refusal.code,
            "message": str(refusal),
            "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
            "status": refusal.status,
        },
        refusal.status,
    )
