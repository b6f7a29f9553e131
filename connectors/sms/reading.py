"""An SMS of Twilio's webhooks → contract values. Pure. What every channel reads alike is connectors/twilio/webhooks.py."""

from __future__ import annotations

from connectors.phone import e164
from connectors.sms.errors import MEANINGS
from connectors.twilio import webhooks
from connectors.twilio.signature import Form
from connectors.twilio.webhooks import clean, consent, files_of
from inbox.contract import Address, BadPayload, InboundEvent, InboundMessage, Nature, Proof

SPACE = "phone"


def events(form: Form, *, url: str, address: str = "") -> list[InboundEvent]:
    """One webhook. `address` is our number if the channel has just one. Raises BadPayload for a message without a sender."""
    report = webhooks.report(form, url, MEANINGS)
    if report is not None:
        return [report]
    return _message(form, webhooks.sid(form), address)


def _message(form: Form, sid: str, address: str) -> list[InboundEvent]:
    sid = clean(sid)
    scheme, author = _address(form.first("From"))
    if not author.value:
        raise BadPayload("The message names no sender.")
    person = bool(e164(author.value))
    text = clean(form.first("Body"))
    to = _address(form.first("To"))[1]
    files, missing = files_of(form)
    message = InboundMessage(
        event_key=sid,
        external_id=sid,
        author=author,
        # A short code or a name ("DHL") is a machine that nobody can answer.
        nature=Nature.PERSON if person else Nature.AUTO,
        # The network vouches for a number, not for a name.
        proof=Proof.PROVEN if person else Proof.UNPROVEN,
        text=text,
        files=files,
        notices=tuple(_notices(scheme, to.value, address, missing)),
    )
    said = consent(form.first("OptOutType"), text, sid, author)
    return [message, said] if said else [message]


def _address(text: str) -> tuple[str, Address]:
    """("", number) of an SMS, ("whatsapp", number) of a channel address: `whatsapp:+44…`, `rcs:+44…`."""
    scheme, colon, rest = clean(text).strip().partition(":")
    value = rest if colon else scheme
    return (scheme.lower() if colon else ""), Address(space=SPACE, value=e164(value, mobile=True) or value)


def _notices(scheme: str, to: str, address: str, missing: int) -> list[str]:
    notices = []
    if scheme and scheme != "rcs":
        notices.append(f"This came over {scheme}. Answers from here leave as SMS.")
    if to and address and e164(to) and to != address:
        notices.append(f"This was sent to {to}. Answers leave from {address}.")
    if missing:
        notices.append(f"{missing} more files came with this message; Twilio did not say where they are.")
    return notices
