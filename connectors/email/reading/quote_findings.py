"""Finds the stretches of a mail that may be old: quoted blocks, open history, forwarded mail. Decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .attribution import Strength, attribution_ending_at
from .lines import Line, Mark
from .openers import header_block_at, is_bare_original, is_lone_from, is_lotus_line, is_rule, separator_kind

_GAP = 3


@dataclass(slots=True)
class Block:
    """A run of quoted lines (blank ones between them included) and the introduction above or in it."""

    start: int
    end: int
    introduction: int | None = None

    @property
    def begin(self) -> int:
        """The first line of the introduction, or of the quote if it has none."""
        return self.start if self.introduction is None else self.introduction


@dataclass(slots=True)
class Findings:
    """`history` and `forward` are the first line after which everything is old, or forwarded; None if none is."""

    blocks: list[Block] = field(default_factory=list)
    history: int | None = None
    forward: int | None = None


@dataclass(frozen=True, slots=True)
class _Opener:
    """What introduces old mail, from line `start` up to, not including, `end`."""

    start: int
    end: int
    strength: Strength


def find(lines: Sequence[Line]) -> Findings:
    """Walks down until the first line after which everything is history or forwarded mail."""
    findings = Findings()
    introduction: _Opener | None = None
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.quoted:
            block = _block_from(lines, number, introduction)
            if block.begin == block.start and _opens_forward(lines, block):
                findings.forward = number
                return findings
            if block.introduction is None and all(
                line.mark is Mark.INDENT for line in lines[number : block.end]
            ):
                _unquote(lines, block)
                continue
            findings.blocks.append(block)
            number, introduction = block.end, None
            continue
        separator = separator_kind(line.text)
        if separator == "forwarded":
            findings.forward = number
            return findings
        opener = _opener(lines, number, separator) if line.text else None
        if opener is None:
            number += 1
            continue
        if _quote_follows(lines, opener.end):
            introduction = opener
        elif opener.strength is Strength.STRONG:
            findings.history = opener.start
            return findings
        number = max(opener.end, number + 1)
    return findings


def _opener(lines: Sequence[Line], number: int, separator: str) -> _Opener | None:
    """Start, end and certainty of what introduces old mail at this line, which may be a `separator`."""
    line = lines[number]
    if line.mark is Mark.HISTORY:
        return _Opener(_with_rule_above(lines, number), _end_of_header(lines, number), Strength.STRONG)
    if separator:
        return _Opener(_with_rule_above(lines, number), _end_of_header(lines, number + 1), Strength.STRONG)
    block = header_block_at(lines, number)
    if block is not None:
        start = _with_rule_above(lines, number)
        return _Opener(start, block.end, Strength.WEAK if _is_announced(lines, start) else Strength.STRONG)
    attribution = attribution_ending_at(lines, number)
    if attribution is not None:
        return _Opener(attribution.start, number + 1, attribution.strength)
    if line.mark is Mark.INTRODUCTION or is_lone_from(line.text):
        return _Opener(_with_rule_above(lines, number), number + 1, Strength.WEAK)
    return None


def _is_announced(lines: Sequence[Line], start: int) -> bool:
    """ "This is the mail that I got:" stands above a header that the writer pasted."""
    above = (lines[number].text for number in range(start - 1, max(-1, start - 4), -1) if lines[number].text)
    return next(above, "").endswith((":", "："))


def _end_of_header(lines: Sequence[Line], number: int) -> int:
    """Behind the header block or the introduction that follows a separator, if one does."""
    following = _next_text(lines, number)
    if following is None or following - number > _GAP or lines[following].quoted:
        return number
    block = header_block_at(lines, following)
    if block is not None:
        return block.end
    for end in range(following, min(len(lines), following + 3)):
        if lines[end].text and attribution_ending_at(lines, end) is not None:
            return end + 1
    return number


def _with_rule_above(lines: Sequence[Line], number: int) -> int:
    """A drawn line, "Original Message" or the Lotus Notes line above a header belongs to it."""
    start = number
    for above in range(number - 1, max(-1, number - 6), -1):
        text = lines[above].text
        if lines[above].quoted:
            break
        if is_rule(text) or is_bare_original(text) or is_lotus_line(text):
            start = above
        elif text:
            break
    return start


def _quote_follows(lines: Sequence[Line], number: int) -> bool:
    following = _next_text(lines, number)
    return following is not None and lines[following].quoted and following - number <= _GAP


def _next_text(lines: Sequence[Line], number: int) -> int | None:
    for position in range(number, min(len(lines), number + 8)):
        if not lines[position].blank:
            return position
    return None


def _block_from(lines: Sequence[Line], start: int, introduction: _Opener | None) -> Block:
    end = start
    for number in range(start, len(lines)):
        if lines[number].quoted:
            end = number + 1
        elif lines[number].text:
            break
    if introduction is not None and start - introduction.end <= _GAP:
        return Block(start, end, introduction.start)
    return Block(start, end, start if _introduces_itself(lines, start, end) else None)


def _introduces_itself(lines: Sequence[Line], start: int, end: int) -> bool:
    """Gmail and phones put "On … wrote:" or the header block inside the quote."""
    first = next((number for number in range(start, min(end, start + 6)) if lines[number].text), None)
    if first is None:
        return False
    if lines[first].mark is Mark.INTRODUCTION or separator_kind(lines[first].text) == "original":
        return True
    if header_block_at(lines, first) is not None:
        return True
    attributions = (attribution_ending_at(lines, number) for number in range(first, min(end, first + 4)))
    return any(attribution is not None and attribution.start <= first for attribution in attributions)


def _unquote(lines: Sequence[Line], block: Block) -> None:
    """Nobody introduces it: the writer indented own text."""
    for line in lines[block.start : block.end]:
        line.quoted, line.mark = False, Mark.NONE


def _opens_forward(lines: Sequence[Line], block: Block) -> bool:
    """Apple Mail and Gmail put "Begin forwarded message:" inside the quote."""
    first = next((line for line in lines[block.start : block.end] if line.text), None)
    return first is not None and separator_kind(first.text) == "forwarded"
