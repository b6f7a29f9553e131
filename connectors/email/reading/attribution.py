"""Is this the line that introduces a quote: "On Monday Ana wrote:"? One to four lines, in any language we know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from .attribution_words import SPEECH, STARTS, WROTE, WROTE_ANYWHERE
from .lines import Line

_MAX_LINES = 4
_MAX_CHARACTERS = 300
_WORD = re.compile(r"[^\W\d_]+(?:[’'/][^\W\d_]+)?")
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時时시]\s?\d{2}(?!\d)|\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
_NUMERIC_DATE = re.compile(r"\d{1,4}\s?[./\-年년]\s?\d{1,2}\s?[./\-月월]\s?\d{1,4}")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|(?<!\d)25[67]\d(?!\d)|(?<!\d)1[34]\d{2}(?!\d)")
_NUMBER = re.compile(r"\d+")
_ADDRESS = re.compile(r"[^\s<>@:]@[^\s<>@]{2}")
_ENDS_WITH_ADDRESS = re.compile(r"@[^\s<>@]{2,255}[>)\]\"']{1,5}\s?[:：]?$")
_TAIL = " \t*_-–—=~|>"
# With a capital: inside a sentence "on" is just a word.
_STARTS_INSIDE = re.compile(r"(?<=\S)[ -]+(?:On|Am|Le|El|Il|Op|Em|Den|På|Pe|Dnia|W dniu|Dne|At) ")
_LONGEST_SENTENCE = 200


class Strength(IntEnum):
    """How sure it is: WEAK counts only if quoted lines follow, STRONG also if they do not."""

    NONE = 0
    WEAK = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where an introduction begins; it ends at the line that was asked about."""

    start: int
    strength: Strength


def attribution_ending_at(lines: Sequence[Line], end: int) -> Attribution | None:
    """The introduction whose last line is `end`, if there is one: the longest that makes sense, up to 4 lines."""
    if not _may_end(lines[end].text):
        return None
    best: Attribution | None = None
    text = ""
    for start in range(end, max(-1, end - _MAX_LINES), -1):
        line = lines[start]
        if not line.text or line.quoted != lines[end].quoted:
            break
        text = f"{line.text} {text}".strip()
        if len(text) > _MAX_CHARACTERS:
            break
        strength = _strength(text)
        held = Strength.NONE if best is None else best.strength
        if strength > held or (held and strength == held and _begins(line.text)):
            best = Attribution(start, strength)
    return best


def _may_end(text: str) -> bool:
    tail = text.rstrip(_TAIL)
    if tail.endswith((":", "：")) or text.endswith((">", ")", "]")):
        return True
    if text[:1].isdigit() and _has_date(text[:30]) and _has_time(text[:40]):
        return len(text) <= _LONGEST_SENTENCE  # "2016-03-03 17:21 GMT+01:00 Ana Example", an old Gmail form
    return _ends_with_verb(tail[-60:].casefold())


def _begins(text: str) -> bool:
    """Whether an introduction can begin with this line: with a date, or "On Wed, Dec 9", or "Quoting Ana"."""
    if _has_date(text) or text.startswith("--"):
        return True
    first = _WORD.match(text.casefold())
    return first is not None and first[0] in STARTS and (_DIGIT.search(text) is not None or len(first[0]) > 4)


def _strength(text: str) -> Strength:
    tail = text.rstrip(_TAIL)
    colon = tail.endswith((":", "：")) or text.endswith(":>")
    folded = text.casefold()
    address, date, time = _has_address(text), _has_date(text), _has_time(text)
    if _has_verb(folded) and (colon or _ends_with_verb(folded)):
        return _strength_of_sentence(folded, address=address, date=date, time=time)
    ends_with_address = _ENDS_WITH_ADDRESS.search(tail if colon else text) is not None
    if ends_with_address and date:
        return Strength.STRONG if colon and time else Strength.WEAK
    if (date and time and (colon or text[:1].isdigit())) or (colon and address):
        return Strength.WEAK
    return Strength.NONE


def _strength_of_sentence(folded: str, *, address: bool, date: bool, time: bool) -> Strength:
    """A line with a verb. Without quote signs below, it must be sure that no person wrote it."""
    words = _WORD.findall(folded)
    if address and (date or time):
        speaks = any(word in SPEECH for word in words[:3] if word not in STARTS)
        return Strength.WEAK if speaks else Strength.STRONG
    is_form = bool(words) and words[0] in STARTS and "," in folded and _ends_with_verb(folded)
    speaks = len(folded) > _LONGEST_SENTENCE or any(word in SPEECH - STARTS for word in words)
    if date and (time or is_form) and not speaks:
        return Strength.STRONG
    return Strength.WEAK if address or date or time or len(folded) <= 80 else Strength.NONE


def _has_verb(folded: str) -> bool:
    if any(word in WROTE for word in _WORD.findall(folded)):
        return True
    return any(word in folded for word in WROTE_ANYWHERE)


def _ends_with_verb(folded: str) -> bool:
    tail = folded.rstrip(_TAIL + "。.")
    words = _WORD.findall(tail[-60:])
    return (bool(words) and words[-1] in WROTE) or tail.endswith(WROTE_ANYWHERE)


def _has_address(text: str) -> bool:
    return "@" in text and _ADDRESS.search(text) is not None


def _has_time(text: str) -> bool:
    return _DIGIT.search(text) is not None and _TIME.search(text) is not None


def _has_date(text: str) -> bool:
    if _DIGIT.search(text) is None:
        return False
    if _NUMERIC_DATE.search(text):
        return True
    return _YEAR.search(text) is not None and len(_NUMBER.findall(text)) >= 2


def shared_line(text: str) -> int:
    """Where an introduction begins that stands behind own words on one line ("Thanks! On 2 Jan Ana wrote:"), or 0."""
    if len(text) > _MAX_CHARACTERS or not _may_end(text) or _DIGIT.search(text) is None:
        return 0
    for match in _STARTS_INSIDE.finditer(text):
        before, rest = text[: match.start()].strip(" -"), text[match.start() :].lstrip(" -")
        if not before or _has_date(before) or "@" in before:
            return 0
        if _DIGIT.search(rest[:30]) is not None and _strength(rest) is Strength.STRONG:
            return match.start()
    return 0
