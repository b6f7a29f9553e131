"""Signatures that are marked as such: below "-- ", in a signature container, or "Sent from my phone"."""

import re
from collections.abc import Sequence

from .lines import Label, Line, Mark
from .openers import is_rule
from .signature_words import BRANDS, DEVICES, MINE, SENT_FROM, SENT_FROM_ENDS

_DELIMITER = re.compile(r"--|—|– –|- -")
_SENTENCE = re.compile(r"[?]|[.!。！？]$")
_LONGEST_SIGNATURE = 15
_LONGEST_SENT_FROM = 140
_WORDS_OF_A_SENTENCE = 5


def label_signature(lines: Sequence[Line]) -> None:
    """Labels the signature at the end of each stretch of new lines."""
    end = len(lines)
    while end > 0:
        start = end
        while start > 0 and lines[start - 1].label is Label.NEW:
            start -= 1
        if start < end:
            _label_stretch(lines[start:end])
        end = start - 1 if start == end else start


def is_sent_from(text: str) -> bool:
    """Whether a line was added by a phone or a mail program: a known beginning and a brand, or "my phone"."""
    folded = text.casefold().strip(" \t*_[]()<>-.")
    if len(folded) > _LONGEST_SENT_FROM or text.startswith("sent "):
        return False
    if not folded.startswith(SENT_FROM) and not folded.endswith(SENT_FROM_ENDS):
        return False
    if any(brand in folded for brand in BRANDS):
        return True
    return any(mine in folded for mine in MINE) and any(device in folded for device in DEVICES)


def _label_stretch(stretch: Sequence[Line]) -> None:
    marked = [line for line in stretch if line.mark is Mark.SIGNATURE]
    others = [line for line in stretch if line.mark is not Mark.SIGNATURE]
    if _filled(marked) <= _LONGEST_SIGNATURE and _filled(others):
        _label(marked)
    rest = [line for line in stretch if line.label is Label.NEW]
    _label_below_delimiter(rest)
    _label_sent_from([line for line in rest if line.label is Label.NEW])


def _label_below_delimiter(lines: Sequence[Line]) -> None:
    """ "-- " is the delimiter (RFC 3676 4.3). Without its space it may be a line somebody drew: look below it."""
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if line.quoted:
            return
        if _DELIMITER.fullmatch(line.text):
            below = [one for one in lines[number + 1 :] if one.text]
            if 0 < len(below) <= _LONGEST_SIGNATURE and (line.mark is Mark.DELIMITER or _is_signature(below)):
                _label(lines[number:])
            return
        if len(lines) - number > 3 * _LONGEST_SIGNATURE:
            return


def _is_signature(lines: Sequence[Line]) -> bool:
    """Names and numbers, no sentences; or what a phone adds."""
    return all(
        is_sent_from(line.text)
        or not (_SENTENCE.search(line.text) and len(line.text.split()) >= _WORDS_OF_A_SENTENCE)
        for line in lines
    )


def _label_sent_from(lines: Sequence[Line]) -> None:
    """The last one to three lines, from below, as long as a phone or program wrote them."""
    filled = 0
    labelled: list[Line] = []
    for line in reversed(lines):
        if line.text and not is_rule(line.text):
            if filled == 3 or not is_sent_from(line.text):
                break
            filled += 1
        labelled.append(line)
    if filled:
        _label(labelled)


def _label(lines: Sequence[Line]) -> None:
    for line in lines:
        line.label = Label.SIGNATURE


def _filled(lines: Sequence[Line]) -> int:
    return sum(1 for line in lines if line.text)
