"""Telephone numbers: whatever somebody typed or a provider sent → E.164, and back to how people write them."""

from __future__ import annotations

import re

import phonenumbers

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# libphonenumber gives up on longer texts anyway; refusing them first keeps its patterns off hostile input.
LONGEST = 60


# Brazil put a 9 before its mobile numbers (ANATEL resolution 553/2010), which older address books and ids lack: +55, area, 8 digits
# beginning with 6 to 9. Argentina's mobiles have a 9 after +54 when reached from abroad (ENACOM), which some networks leave out.
OLD_BRAZILIAN_MOBILE = re.compile(r"(\+55[1-9]{2})([6-9][0-9]{7})")
# Mexico's mobile numbers had a 1 after +52 until August 2019 (IFT, Plan Técnico Fundamental de Numeración), which WhatsApp's ids keep.
OLD_MEXICAN_MOBILE = re.compile(r"(\+52)1([2-9][0-9]{9})")
SHORT_ARGENTINE_MOBILE = re.compile(r"(\+54)([1-8][0-9]{9})")


def e164(text: str, country: str = "", *, mobile: bool = False) -> str:
    """`+` and digits, or "" if it cannot be a number. `country` (ISO 3166-1 alpha-2) reads national forms such as 020 7946 0000.

    The two ways to write a Brazilian or Mexican mobile number are one; so are those of an Argentine one if it is known to be `mobile`
    (text messages come from no other). Possible is enough: numbering plans change faster than tables of valid ranges.
    """
    number = _e164(text, country)
    if old := OLD_BRAZILIAN_MOBILE.fullmatch(number):
        return f"{old[1]}9{old[2]}"
    if old := OLD_MEXICAN_MOBILE.fullmatch(number):
        return f"{old[1]}{old[2]}"
    if mobile and (short := SHORT_ARGENTINE_MOBILE.fullmatch(number)):
        return f"{short[1]}9{short[2]}"
    return number


def _e164(text: str, country: str) -> str:
    if E164.fullmatch(text):
        return text
    if len(text) > LONGEST:
        return ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    # A number that only works within its area is none for us.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written(number: str) -> str:
    """E.164 as people write it abroad (+44 20 7946 0000); anything else unchanged."""
    if not E164.fullmatch(number):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
