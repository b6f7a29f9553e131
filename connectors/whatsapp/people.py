"""Who wrote or was written to: telephone numbers where WhatsApp shows them, user ids of our portfolio (BSUID) where it does not."""

from __future__ import annotations

import re

from connectors.meta.reading import Json, mapping, text
from connectors.phone import e164
from inbox.contract import Address

SPACE, PHONE = "whatsapp", "phone"
# Country, dot, and up to 128 letters and digits; ENT marks one shared by several portfolios (docs: business-scoped-user-ids).
USER = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")


def number(wa_id: object, *, name: str = "") -> Address | None:
    """`wa_id` is a telephone number without its plus sign. None if it is no number."""
    digits = text(wa_id).strip().removeprefix("+")
    value = e164(f"+{digits}", mobile=True) if digits.isascii() and digits.isdigit() else ""
    return Address(space=PHONE, value=value, name=name) if value else None


def user(portfolio: str, user_id: object, *, name: str = "") -> Address | None:
    """A person as our portfolio knows them; None if it is no such id."""
    value = text(user_id)
    return Address(space=SPACE, value=f"{portfolio}/{value}", name=name) if USER.fullmatch(value) else None


def person(
    portfolio: str, wa_id: object, user_id: object, *, name: str = ""
) -> tuple[Address, tuple[Address, ...]] | None:
    """The address to know them by, and what Meta attests besides. The number goes first: SMS and calls share it, and Meta goes on
    showing it as long as we write to it. None if there is neither."""
    phone, own = number(wa_id, name=name), user(portfolio, user_id, name=name)
    if phone:
        return phone, (Address(space=SPACE, value=own.value),) if own else ()
    return (own, ()) if own else None


def name(contact: Json) -> str:
    """What they call themselves: profile name, else their @name."""
    profile = mapping(contact.get("profile"))
    return (text(profile.get("name")) or text(profile.get("username"))).strip()


def recipient(to: Address) -> dict[str, str]:
    """The fields that name whom a message is for. A user id in `to` would be accepted and lost (chatwoot PR 15150)."""
    if to.space == PHONE:
        return {"recipient_type": "individual", "to": to.value.removeprefix("+")}
    return {"recipient_type": "individual", "recipient": to.value.rpartition("/")[2]}
