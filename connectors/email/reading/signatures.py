"""Signatures that are marked as such: below "-- ", in a signature container, or "Sent from my phone"."""

import re
from collections.abc import Sequence

from .lines import Label, Line, Mark
from .openers import is_rule
from .signature_words import DEVICES, SENT_FROM, SENT_FROM_ENDS

_DELIMITER = re.compile(r"--|—|– –|- -")
_LONGEST_SIGNATURE = 15
_LONGEST_SENT_FROM = 140


def label_signature(lines: Sequence[Line]) -> None:
    """Labels the signature at the end of each stretch of new lines. "--" is only one if little comes below it."""
    end = len(lines)
    while end > 0:
        start = end
        while start > 0 and lines[start - 1].label is Label.NEW:
            start -= 1
        if start < end:
            _label_stretch(lines[start:end])
        end = start - 1 if start == end else start


def _label_stretch(stretch: Sequence[Line]) -> None:
    for line in stretch:
        if line.mark is Mark.SIGNATURE:
            line.label = Label.SIGNATURE
    rest = [line for line in stretch if line.label is Label.NEW]
    _label_below_delimiter(rest)
    _label_sent_from([line for line in rest if line.label is Label.NEW])


def _label_below_delimiter(lines: Sequence[Line]) -> None:
    filled = 0
    for number in range(len(lines) - 1, -1, -1):
        if _DELIMITER.fullmatch(lines[number].text) and not lines[number].quoted:
            if 0 < filled <= _LONGEST_SIGNATURE:
                for line in lines[number:]:
                    line.label = Label.SIGNATURE
            return
        filled += bool(lines[number].text)
        if filled > _LONGEST_SIGNATURE or lines[number].quoted:
            return


def _label_sent_from(lines: Sequence[Line]) -> None:
    """The last one to three lines, from below, as long as a phone or program wrote them."""
    filled = 0
    labelled = []
    for line in reversed(lines):
        if not line.text or is_rule(line.text):
            labelled.append(line)
            continue
        if filled == 3 or not is_sent_from(line.text):
            break
        filled += 1
        labelled.append(line)
    if filled:
        for line in labelled:
            line.label = Label.SIGNATURE


def is_sent_from(text: str) -> bool:
    """Whether a line was added by a phone or a mail program: a known beginning and a device or program."""
    folded = text.casefold().strip(" \t*_[]()<>-.")
    if len(folded) > _LONGEST_SENT_FROM:
        return False
    known = folded.startswith(SENT_FROM) or folded.endswith(SENT_FROM_ENDS)
    return known and any(device in folded for device in DEVICES)
