"""Is this the line that introduces a quote: "On Monday Ana wrote:"? One to four lines, in any language we know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from .attribution_words import WROTE, WROTE_ANYWHERE
from .lines import Line

_MAX_LINES = 4
_MAX_CHARACTERS = 400
_WORD = re.compile(r"[^\W\d_]+(?:[’'/][^\W\d_]+)?")
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時时시]\s?\d{2}(?!\d)|\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
_NUMERIC_DATE = re.compile(r"\d{1,4}\s?[./\-年년]\s?\d{1,2}\s?[./\-月월]\s?\d{1,4}")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|(?<!\d)25[67]\d(?!\d)|(?<!\d)1[34]\d{2}(?!\d)")
_NUMBER = re.compile(r"\d+")
_ADDRESS = re.compile(r"[^\s<>@:]@[^\s<>@]{2}")
_ENDS_WITH_ADDRESS = re.compile(r"@[^\s<>@]{2,255}[>)\]\"']{1,5}\s?[:：]?$")
_TAIL = " \t*_-–—=~|>"
_SPEAKER_WORDS = (
    "you i we he she they me ich wir sie er du ihr vous je nous tu il elle usted yo nosotros lei io voi"
    " jij ik wij"
)
_SPEAKERS = frozenset(_SPEAKER_WORDS.split())
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
        begins = start == end or _has_date(line.text) or _begins_quote_line(line.text)
        if strength and (best is None or (begins and strength >= best.strength)):
            best = Attribution(start, strength)
    return best


def _may_end(text: str) -> bool:
    tail = text.rstrip(_TAIL)
    if tail.endswith((":", "：")) or text.endswith((">", ")", "]")):
        return True
    folded = tail[-60:].casefold()
    words = _WORD.findall(folded)
    return bool(words) and (
        words[-1] in WROTE or any(folded.rstrip(" ：:。").endswith(word) for word in WROTE_ANYWHERE)
    )


def _begins_quote_line(text: str) -> bool:
    """A first line without a date: "Quoting Ana Example" or "--- Ana Example" and the address on the next."""
    return text.startswith("--") or _WORD.findall(text[:40].casefold())[:1] == ["quoting"]


def _strength(text: str) -> Strength:
    tail = text.rstrip(_TAIL)
    colon = tail.endswith((":", "：")) or text.endswith(":>")
    folded = text.casefold()
    verb = _has_verb(folded)
    address, date, time = _has_address(text), _has_date(text), _has_time(text)
    ends_with_address = _ENDS_WITH_ADDRESS.search(tail if colon else text) is not None
    if verb and (colon or _ends_with_verb(folded)):
        if address and (date or time):
            return Strength.STRONG
        if date and time and len(text) <= _LONGEST_SENTENCE and not _is_speech(folded):
            return Strength.STRONG
        return Strength.WEAK if address or date or time or len(text) <= 80 else Strength.NONE
    if ends_with_address and date:
        return Strength.STRONG if colon and time else Strength.WEAK
    if colon and (date or address) and (time or address):
        return Strength.WEAK
    return Strength.NONE


def _has_verb(folded: str) -> bool:
    if any(word in WROTE for word in _WORD.findall(folded)):
        return True
    return any(word in folded for word in WROTE_ANYWHERE)


def _ends_with_verb(folded: str) -> bool:
    tail = folded.rstrip(_TAIL + "。.")
    words = _WORD.findall(tail[-60:])
    return (bool(words) and words[-1] in WROTE) or tail.endswith(WROTE_ANYWHERE)


def _is_speech(folded: str) -> bool:
    """Somebody telling who wrote what, in a sentence of their own: "On 5 May at 10:00 you wrote to me:"."""
    return any(word in _SPEAKERS for word in _WORD.findall(folded))


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
