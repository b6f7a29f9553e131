"""What is no message: people who change number or user id, templates that were reviewed, news of our account. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.meta.reading import Json, digest, mapping, moment, rows, text
from connectors.whatsapp import people
from inbox.contract import Address, AddressChanged, Ignored, InboundEvent, TemplateChanged, TemplateStatus

if TYPE_CHECKING:
    from connectors.whatsapp.messages import Line

IN_A_SENTENCE = re.compile(rf"(?<!\w){people.USER.pattern}(?!\w)")
# Flagged ones may still be sent (docs: message-templates#template-status).
STATUSES = {
    "APPROVED": TemplateStatus.APPROVED,
    "REINSTATED": TemplateStatus.APPROVED,
    "UNARCHIVED": TemplateStatus.APPROVED,
    "FLAGGED": TemplateStatus.APPROVED,
    "PENDING": TemplateStatus.PENDING,
    "IN_APPEAL": TemplateStatus.PENDING,
    "REJECTED": TemplateStatus.REJECTED,
    "PAUSED": TemplateStatus.PAUSED,
    "DISABLED": TemplateStatus.PAUSED,
    "ARCHIVED": TemplateStatus.PAUSED,
    "LIMIT_EXCEEDED": TemplateStatus.PAUSED,
}
REASONS = {
    "ABUSIVE_CONTENT": "Its content breaks WhatsApp's rules.",
    "SCAM": "Meta takes it for a fraud.",
    "PROMOTIONAL": "It advertises, which its category does not allow.",
    "INCORRECT_CATEGORY": "Its content belongs to another category.",
    "TAG_CONTENT_MISMATCH": "Its content belongs to another category or language.",
    "INVALID_FORMAT": "Its variables or its form are wrong.",
}
# By the webhook's field: what Meta says about our account, and the value's part that says it.
NEWS = {
    "account_update": ("Our WhatsApp account", "event"),
    "account_review_update": ("The review of our WhatsApp account", "decision"),
    "account_alerts": ("Our WhatsApp account", "alert_type"),
    "phone_number_quality_update": ("The quality of our number", "event"),
    "phone_number_name_update": ("Our number's display name", "decision"),
    "business_capability_update": ("Our messaging limit", "max_daily_conversations_per_business"),
    "business_username_update": ("Our WhatsApp username", "status"),
    "security": ("Our number's two-step verification", "event"),
}


def system(message: Json, portfolio: str, key: str, common: Mapping[str, Any]) -> Iterator[InboundEvent]:
    """A new number, which also brings a new user id; or a new user id alone (docs: webhooks/reference/messages/system)."""
    said = mapping(message.get("system"))
    before, now = _user_ids(said)
    moved = [
        _moved(people.number(message.get("from") or said.get("customer")), _new_number(said)),
        _moved(people.user(portfolio, before), people.user(portfolio, now)),
    ]
    found = [pair for pair in moved if pair]
    for old, new in found:
        yield AddressChanged(event_key=f"{key}:{old.space}", **common, old=old, new=new)
    if not found:
        yield Ignored(event_key=key, **common, reason=text(said.get("body")) or "A note of WhatsApp's own.")


def _user_ids(said: Json) -> tuple[str, str]:
    """Before and after. Until August 2026 the old one stood only in the sentence (changelog of 2026-08-11)."""
    before, now = text(said.get("previous_user_id")), text(said.get("user_id"))
    if not before and said.get("type") == "user_changed_user_id":
        named = [found[0] for found in IN_A_SENTENCE.finditer(text(said.get("body")))]
        before = next((each for each in named if each != now), "")
    return before, now


def user_ids(value: Json, line: Line) -> Iterator[InboundEvent]:
    """The older form of the same news, as partners pass it on."""
    listed = rows(value.get("user_id_update"))
    for each in listed:
        ids = mapping(each.get("user_id"))
        key, at = f"user_id_update:{digest(each)}", moment(each.get("timestamp"))
        pair = _moved(
            people.user(line.portfolio, ids.get("previous")), people.user(line.portfolio, ids.get("current"))
        )
        if pair:
            yield AddressChanged(event_key=key, occurred_at=at, old=pair[0], new=pair[1])
        else:
            yield Ignored(event_key=key, occurred_at=at, reason="A change of user id without both ids.")
    if not listed:
        yield Ignored(event_key=digest(value), reason="A change of user id that names nobody.")


def template(value: Json, at: datetime | None, *, key: str) -> InboundEvent:
    """News of a template; whatever it says, the list is asked for anew."""
    template_id = text(value.get("message_template_id"))
    if not template_id:
        return Ignored(event_key=key, occurred_at=at, reason="News of a template that is not named.")
    event = text(value.get("event")).upper()
    return TemplateChanged(
        event_key=key,
        occurred_at=at,
        external_id=template_id,
        status=STATUSES.get(event),
        reason=reason(value) if STATUSES.get(event) is not TemplateStatus.APPROVED else "",
    )


def reason(value: Json) -> str:
    """Why a template was rejected or stopped, as a sentence; "" if Meta gives none."""
    info = mapping(value.get("rejection_info"))
    said = text(info.get("reason")) or text(mapping(value.get("other_info")).get("description"))
    code = text(value.get("reason") or value.get("rejected_reason")).upper()
    return said or REASONS.get(code, "" if code in {"", "NONE"} else f"Meta says: {code}.")


def told(field: str, value: Json) -> str:
    """One line for the admin about a field that becomes nothing."""
    if field in NEWS:
        what, where = NEWS[field]
        return f"{what}: {text(value.get(where)) or 'changed'}."
    if field == "user_preferences":
        stopped = any(text(each.get("value")) == "stop" for each in rows(value.get("user_preferences")))
        return f"A customer {'stopped' if stopped else 'allowed'} marketing messages; Meta keeps to it by itself."
    if field == "smb_app_state_sync":
        return "The phone app's address book is not taken over."
    return f"“{field[:60]}” is none of the fields this channel reads."


def _new_number(said: Json) -> Address | None:
    return people.number(said.get("wa_id") or said.get("new_wa_id"))


def _moved(old: Address | None, new: Address | None) -> tuple[Address, Address] | None:
    return (old, new) if old and new and old != new else None
