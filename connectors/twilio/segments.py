"""How many SMS a text becomes (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1). The composer's twin is static/js/segments.js."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# TS 23.038: the default alphabet in table order, without the escape; then what the extension table adds, two septets each.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"

GSM7, UCS2 = "GSM-7", "UCS-2"
# Units in a text sent alone, and in each part of a longer one: its header of 6 bytes costs 7 septets or 3 UTF-16 units.
ALONE = {GSM7: 160, UCS2: 70}
PART = {GSM7: 153, UCS2: 67}
SEPTETS = dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENDED, 2)


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets or UTF-16 code units; `left` how many still fit; `forcing` the characters that need UCS-2."""

    encoding: str
    units: int
    count: int
    left: int
    forcing: str


def segments(text: str) -> Segments:
    """Count `text` as networks do; line ends count once. An empty text is no SMS."""
    text = text.replace("\r\n", "\n")
    forcing = "".join(dict.fromkeys(char for char in text if char not in SEPTETS))
    encoding = UCS2 if forcing else GSM7
    sizes = [2 if ord(char) > 0xFFFF else 1 for char in text] if forcing else [SEPTETS[char] for char in text]
    units = sum(sizes)
    if units <= ALONE[encoding]:
        return Segments(encoding, units, int(units > 0), ALONE[encoding] - units, forcing)
    count, filled = _parts(sizes, PART[encoding])
    return Segments(encoding, units, count, PART[encoding] - filled, forcing)


def _parts(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """Parts, and units in the last. A character of two units (escape and letter, surrogate pair) is never cut in half."""
    count, filled = 1, 0
    for size in sizes:
        if filled + size > room:
            count, filled = count + 1, 0
        filled += size
    return count, filled
