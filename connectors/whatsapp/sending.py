"""One message or gesture → calls to /messages, and their answers → Accepted or the contract's errors."""

from __future__ import annotations

from typing import Any

from connectors.meta.reading import Json, mapping, rows, text
from connectors.whatsapp import composing, people
from connectors.whatsapp.settings import WhatsAppSettings
from inbox.contract import (
    Accepted,
    Address,
    ContractError,
    File,
    Gesture,
    GestureKind,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
)

HELD = "Meta holds it back until it has seen how customers take the template."


def send(message: OutboundMessage, settings: WhatsAppSettings) -> Accepted:
    """All files are uploaded before anything leaves, so that a refused file stops the whole message.

    If a later part fails after an earlier one went, the earlier one is never sent again: accepted, and `detail` says what is missing.
    """
    whom = _recipient(message.to, message.thread_key, settings)
    composing.check(message)
    media = [_upload(file, settings) for file in message.files]
    listed = composing.parts(message, media)
    answers: list[Json] = []
    for part in listed:
        first = _of_the_first(message) if not answers else {}
        try:
            answers.append(_post({**whom, **first, **part}, settings))
        except ContractError as error:
            if not answers:
                raise
            return _accepted(answers, message, settings, missing=(len(listed), error.reason))
    return _accepted(answers, message, settings)


def perform(gesture: Gesture, settings: WhatsAppSettings) -> None:
    """A reaction; "" takes it away. The Cloud API lets nobody edit or revoke (docs: whatsapp/messages)."""
    if gesture.kind is not GestureKind.REACT:
        raise PermanentFailure("WhatsApp does not let us change a message that has left.", code="unsupported")
    whom = _recipient(gesture.to, gesture.thread_key, settings)
    reaction = {"message_id": gesture.external_id, "emoji": gesture.emoji}
    _post({**whom, "type": "reaction", "reaction": reaction}, settings)


def mark_read(external_id: str, settings: WhatsAppSettings, *, typing: bool = False) -> None:
    """Blue ticks up to this message; `typing` also shows that somebody writes, for 25 seconds at most."""
    shown = {"typing_indicator": {"type": "text"}} if typing else {}
    _post({"status": "read", "message_id": external_id, **shown}, settings)


def _recipient(to: Address, thread_key: str, settings: WhatsAppSettings) -> dict[str, str]:
    if thread_key:
        return {"recipient_type": "group", "to": thread_key}
    if to.space == people.SPACE and not to.value.startswith(f"{settings.portfolio_id}/"):
        raise PermanentFailure(
            "The customer's WhatsApp id belongs to another business portfolio. Ask them to write to this number.",
            code="other_portfolio",
        )
    return people.recipient(to)


def _of_the_first(message: OutboundMessage) -> dict[str, Any]:
    quoted = {"context": {"message_id": message.in_reply_to}} if message.in_reply_to else {}
    named = {"biz_opaque_callback_data": message.reference_id} if message.reference_id else {}
    return {**quoted, **named}


def _upload(file: File, settings: WhatsAppSettings) -> str:
    fields = {"messaging_product": "whatsapp", "type": file.content_type}
    media_id = text(settings.graph.upload(f"{settings.phone_number_id}/media", fields, file).get("id"))
    if not media_id:
        raise PermanentFailure(
            f"Meta took “{file.name}” without giving it an id. Send it again.", code="no_id"
        )
    return media_id


def _post(data: Json, settings: WhatsAppSettings) -> Json:
    return settings.graph.post(
        f"{settings.phone_number_id}/messages", {"messaging_product": "whatsapp", **data}
    )


def _accepted(
    answers: list[Json],
    message: OutboundMessage,
    settings: WhatsAppSettings,
    *,
    missing: tuple[int, str] | None = None,
) -> Accepted:
    ids = [text(each.get("id")) for answer in answers for each in rows(answer.get("messages"))[:1]]
    ids = [each for each in ids if each]
    if not ids:
        raise OutcomeUnknown("WhatsApp answered without an id.", code="no_id")
    states = {text(each.get("message_status")) for answer in answers for each in rows(answer.get("messages"))}
    detail = HELD if "held_for_quality_assessment" in states else ""
    if missing:
        total, why = missing
        detail = f"Only {len(answers)} of {total} parts went. {why} Check what is missing and send it again."
    known = _known_as(answers[0], message.to, settings)
    return Accepted(external_id=ids[0], detail=detail, also=tuple(ids[1:]), known_as=known)


def _known_as(answer: Json, to: Address, settings: WhatsAppSettings) -> Address | None:
    """The other of number and user id, if WhatsApp tells it."""
    contact = mapping(next(iter(rows(answer.get("contacts"))), None))
    if to.space == people.PHONE:
        return people.user(settings.portfolio_id, contact.get("user_id"))
    return people.number(contact.get("wa_id"))
