"""WhatsApp's addresses as Twilio writes them (`whatsapp:+44…`, `whatsapp:US.123`), and as we do."""

from __future__ import annotations

import re

from connectors.phone import e164
from inbox.contract import Address

SCHEME = "whatsapp"
PHONE = "phone"
# A business-scoped user id: a country, of a linked portfolio ENT, and up to 128 letters and digits (Meta: business-scoped user ids).
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


def split(text: str) -> tuple[str, str]:
    """("whatsapp", "+44…") of `whatsapp:+44…`; ("", …) of what names no channel."""
    scheme, colon, rest = text.strip().partition(":")
    return (scheme.lower(), rest.strip()) if colon else ("", scheme)


def read(text: str, account: str, name: str = "") -> Address | None:
    """Ours for a number or a user id; None for anything else. User ids are the same only within one account."""
    value = split(text)[1]
    if USER_ID.fullmatch(value):
        return Address(space=SCHEME, value=f"{account}/{value}", name=name)
    number = e164(value, mobile=True)
    return Address(space=PHONE, value=number, name=name) if number else None


def write(to: Address, account: str, country: str) -> str:
    """What goes into `To`, or "" if it is neither a number nor a user id of this account."""
    if to.space == SCHEME:
        owner, _, value = to.value.partition("/")
        return f"{SCHEME}:{value}" if owner == account and USER_ID.fullmatch(value) else ""
    number = e164(to.value, country, mobile=True)
    return f"{SCHEME}:{number}" if number else ""
