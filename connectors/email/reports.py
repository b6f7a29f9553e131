"""Reports about our own mails → news about their delivery: bounces (RFC 3464) and read receipts (RFC 8098)."""

from __future__ import annotations

from datetime import datetime

from connectors.email import message_ids
from connectors.email.addressing import OwnAddresses, as_identity
from connectors.email.composing import SENT_BY
from connectors.email.reading import Bounce, BouncedRecipient, ParsedMail
from connectors.email.reasons import explain
from inbox.contract import DeliveryUpdate, Ignored, InboundEvent, Status

_STATUS = {"failed": Status.FAILED, "delivered": Status.DELIVERED}
# RFC 8098 3.2.6.2: what may be said of a mail that was opened. "deleted" alone says that it was not.
_OPENED = ("displayed", "dispatched", "processed")


def news(parsed: ParsedMail, *, key: str, own: OwnAddresses, occurred_at: datetime) -> list[InboundEvent]:
    """What a report says about mails of ours; nothing if it is no report, or about somebody else's mail."""
    if parsed.bounce is not None:
        reference = _reference(parsed.bounce, own)
        return (
            [_bounced(one, reference, key, occurred_at) for one in parsed.bounce.recipients]
            if reference
            else []
        )
    receipt = parsed.read_receipt
    if receipt is None:
        return []
    reference = message_ids.usable(receipt.original_message_id)
    if not message_ids.public_id_of(reference, own.main):
        return []
    if not any(word in receipt.disposition.lower() for word in _OPENED):
        return [
            Ignored(
                event_key=key, occurred_at=occurred_at, reason="A receipt for a mail that was not opened."
            )
        ]
    reader = as_identity(receipt.recipient)
    return [
        DeliveryUpdate(
            event_key=key,
            occurred_at=occurred_at,
            external_id=reference,
            status=Status.READ,
            recipient=reader,
        )
    ]


def _reference(bounce: Bounce, own: OwnAddresses) -> str:
    """The Message-ID of the mail of ours that came back. Servers that replace it leave our own header, which names it too."""
    given = message_ids.usable(bounce.original_message_id)
    if message_ids.public_id_of(given, own.main):
        return given
    for name, value in bounce.original_headers:
        if name.lower() == "message-id" and message_ids.public_id_of(message_ids.usable(value), own.main):
            return message_ids.usable(value)
        if name.lower() == SENT_BY.lower():
            _house, _space, rest = value.strip().partition(" ")
            address, _space, public_id = rest.partition(" ")
            if address == own.main and public_id:
                return message_ids.make(public_id, own.main)
    return ""


def _bounced(one: BouncedRecipient, reference: str, key: str, occurred_at: datetime) -> DeliveryUpdate:
    """A failure is final. A delay, or "handed on", is a note: the mail counts as sent until something better is known."""
    reason = explain(one.diagnostic, status=one.status)
    recipient = as_identity(one.address)
    failed = one.action == "failed"
    words = (
        reason.sentence
        if failed
        else "Still on its way: their mail server makes it wait."
        if one.action == "delayed"
        else ""
    )
    return DeliveryUpdate(
        event_key=f"{key} {one.address}",
        occurred_at=occurred_at,
        external_id=reference,
        status=_STATUS.get(one.action, Status.SENT),
        code=one.status or reason.code if failed or one.action == "delayed" else "",
        reason=words,
        recipient=recipient,
        undeliverable=failed and reason.undeliverable,
    )
