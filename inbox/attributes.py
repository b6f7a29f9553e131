"""The company's own fields of customers: what may be in one, and how it reads. Kept in Customer.attributes under the field's key.

Setting one is inbox/actions/customers.py; the fields themselves are inbox/actions/attributes.py.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from inbox.actions.errors import Refused
from inbox.actions.told import is_web_address
from inbox.models import Attribute
from inbox.models.knowledge import AttributeType
from inbox.text import storable

LONGEST = 2_000
# Whole numbers beyond this are not whole any more in JSON as browsers read it.
_LARGEST = 2**53
_YES = {"yes", "true", "1", "on"}
_NO = {"no", "false", "0", "off"}


def value(attribute: Attribute, raw: object) -> Any:
    """What is kept for what was given (text of a form, or a value of JSON); None for nothing. Raises Refused with what is wrong."""
    text = raw if isinstance(raw, str) else "" if raw is None else str(raw)
    text = storable(text).strip()
    if not text:
        return None
    match attribute.type:
        case AttributeType.NUMBER:
            return _number(attribute, text)
        case AttributeType.YES_NO:
            return _yes_no(attribute, text)
        case AttributeType.DATE:
            return _date(attribute, text)
        case AttributeType.LINK if not is_web_address(text):
            raise _wrong(attribute, _("Give a whole web address, as in https://shop.example/4417."))
        case AttributeType.CHOICE:
            return _choice(attribute, text)
    if len(text) > LONGEST:
        raise _wrong(attribute, _("At most %(most)d characters.") % {"most": LONGEST})
    return text


def shown(attribute: Attribute, kept: object) -> str:
    """The value as people read it, in their language. A value of an earlier type of the field reads as it is."""
    if isinstance(kept, bool):
        return _("Yes") if kept else _("No")
    if attribute.type == AttributeType.NUMBER and isinstance(kept, int | float):
        return formats.number_format(Decimal(str(kept)), use_l10n=True, force_grouping=True)
    if attribute.type == AttributeType.DATE and isinstance(kept, str):
        try:
            return formats.date_format(date.fromisoformat(kept), "DATE_FORMAT")
        except ValueError:
            return kept
    return "" if kept is None else str(kept)


def link(attribute: Attribute, kept: object) -> str:
    """Where a value leads; "" if it is no link, or not one that is safe to offer."""
    return (
        kept
        if attribute.type == AttributeType.LINK and isinstance(kept, str) and is_web_address(kept)
        else ""
    )


def _number(attribute: Attribute, text: str) -> int | float:
    try:
        number = Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,30}([.][0-9]{1,15})?", text) else None
    except InvalidOperation:
        number = None
    if number is None or abs(number) >= _LARGEST:
        raise _wrong(attribute, _("Give a number, as in 12 or 12.5."))
    return int(number) if number == number.to_integral_value() else float(number)


def _yes_no(attribute: Attribute, text: str) -> bool:
    said = text.casefold()
    if said not in _YES | _NO:
        raise _wrong(attribute, _("Say yes or no."))
    return said in _YES


def _date(attribute: Attribute, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _wrong(attribute, _("Give a date, as in 2026-12-31.")) from None


def _choice(attribute: Attribute, text: str) -> str:
    known = {str(each).casefold(): str(each) for each in attribute.choices}
    if text.casefold() not in known:
        raise _wrong(attribute, _("Choose one of: %(choices)s.") % {"choices": ", ".join(known.values())})
    return known[text.casefold()]


def _wrong(attribute: Attribute, what: str) -> Refused:
    return Refused(f"{attribute.label}: {what}")
