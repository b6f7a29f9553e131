"""Lines after which a mail program puts old mail without marking it: header blocks and separators."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .attribution_words import EVERYDAY_DATES, FORWARDED, HEADER_ROLES, ORIGINAL_MESSAGE, REPLY_ABOVE
from .lines import Line

_DECORATION = " \t-_=*+~#<>[]()|.:：•—–‐"
_RULE = re.compile(r"[-_=*—–─━]{5,}")
_LONGEST_KEY = 40
_BLOCK_LINES = 24
_SEPARATOR_CHARACTERS = 120
_DATE_OR_TIME = re.compile(r"\d{1,2}[:.h時]\d{2}|\d{1,4}[./\-年]\s?\d{1,2}[./\-月]\s?\d{1,4}|(?:19|20)\d{2}")
_LOTUS = re.compile(r"---\s?\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """A quoted header from line `start` up to, not including, `end`."""

    start: int
    end: int


def header_block_at(lines: Sequence[Line], start: int) -> HeaderBlock | None:
    """From, Sent, To, Subject in any known language and order, beginning at this line.

    It must say who and what or when; two lines are enough if they hold an address and a date. A form that a
    customer fills in ("From: Berlin, To: Munich") has neither subject nor address and is not one.
    """
    first = _role(lines[start].text)
    if first is None or first[0] in ("copy", "to"):
        return None
    found: dict[str, str] = {}
    end = start
    for number in range(start, min(len(lines), start + _BLOCK_LINES)):
        line = lines[number]
        if line.quoted != lines[start].quoted:
            break
        role = _role(line.text)
        if role is not None:
            found.setdefault(role[0], role[1])
            end = number + 1
        elif not (line.text and _continues(line.text, found)) and (line.text or number > end):
            break  # other text, or a second blank line: the header is over
    return HeaderBlock(start, end) if _is_proof(found) else None


def is_lone_from(text: str) -> bool:
    """A header of one line, "From: ana@customer.example": counts only if quoted lines follow."""
    role = _role(text)
    return role is not None and role[0] == "from" and "@" in role[1]


def separator_kind(text: str) -> str:
    """ "original", "forwarded" or "reply-above" if the line is such a separator, else ""."""
    if not text or len(text) > _SEPARATOR_CHARACTERS * 2:
        return ""
    folded = text.casefold()
    core = folded.strip(_DECORATION)
    decorated = len(folded) - len(core) >= 2
    if any(marker in folded for marker in REPLY_ABOVE):
        return "reply-above"
    if len(core) > _SEPARATOR_CHARACTERS or len(core) == len(folded):
        return ""
    if core in FORWARDED or (core.startswith(FORWARDED) and (decorated or _DATE_OR_TIME.search(core))):
        return "forwarded" if decorated or core != "forwarded" else ""
    if core in ORIGINAL_MESSAGE and folded[:2] in ("--", "__", "==", "**", "——", "- ", "_ "):
        return "original"
    return ""


def is_bare_original(text: str) -> bool:
    """ "Original Message" without any dashes: counts only in front of a header block."""
    return text.casefold().strip(_DECORATION) in ORIGINAL_MESSAGE and len(text) < _SEPARATOR_CHARACTERS


def is_rule(text: str) -> bool:
    """A line drawn with dashes or underscores."""
    return _RULE.fullmatch(text) is not None


def is_lotus_line(text: str) -> bool:
    """Lotus Notes puts "Ana Example ---02.01.2024 10:00:01---Hello" in front of its header block."""
    return _LOTUS.search(text[:200]) is not None


def _role(text: str) -> tuple[str, str] | None:
    """What a header line is and says, or None."""
    head = (
        text[: _LONGEST_KEY + 5].replace("：", ":").replace("\t", ":", 1)
        if ":" not in text[:_LONGEST_KEY]
        else text
    )
    position = head.find(":", 0, _LONGEST_KEY + 5)
    if position < 0:
        return None
    key = head[:position].strip(" \t*_>|#•\u3000").casefold()
    role = HEADER_ROLES.get(key) or HEADER_ROLES.get(key.replace(" ", ""))
    if role == "date" and key not in EVERYDAY_DATES:
        return "sent", text[position + 1 :].strip(" \t*")
    return (role, text[position + 1 :].strip(" \t*")) if role else None


def _continues(text: str, found: dict[str, str]) -> bool:
    """A long list of recipients, or a field that only this program has ("Sent by: …", "Lieu : …")."""
    if "@" in text or text.endswith((";", ",")):
        return True
    return ":" in text[:30] and len(found) >= 2 and len(text) < 200


def _is_proof(found: dict[str, str]) -> bool:
    """ "sent" is a date under a word that only mail has: then sender, date and recipient are enough."""
    roles = frozenset(found)
    addressed = "@" in found.get("from", "") or "@" in found.get("to", "")
    dated = any(_DATE_OR_TIME.search(found.get(role, "")) is not None for role in ("date", "sent"))
    if roles >= {"from", "sent", "to"} and dated:
        return True
    if roles >= {"from", "subject"} and roles & {"date", "sent", "to"}:
        return dated or addressed or len(roles) >= 4 or not roles & {"date", "sent"}
    return addressed and dated and len(roles) >= 2
