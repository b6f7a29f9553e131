"""Which lines of a mail are old mail. One pass, one decision; what is not certain stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .attribution import Strength, attribution_ending_at
from .attribution_words import ANSWERS_INSIDE, FORWARD_PREFIXES
from .lines import Label, Line, Mark, plain_line
from .openers import header_block_at, is_bare_original, is_lotus_line, is_rule, separator_kind
from .signatures import label_signature

_INTRODUCTION_GAP = 3
_LONG_QUOTED_LINE = 62


@dataclass(slots=True)
class _Block:
    """A run of quoted lines (blank ones between them included) and the introduction above it."""

    start: int
    end: int
    introduction: int | None = None

    @property
    def begin(self) -> int:
        return self.start if self.introduction is None else self.introduction


@dataclass(slots=True)
class _Findings:
    """What the pass over the lines found."""

    blocks: list[_Block] = field(default_factory=list)
    history: int | None = None
    history_is_header: bool = False
    forward: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A text taken apart. `new` has neither history nor a marked signature."""

    new: str
    quoted: str = ""
    signature: str = ""
    has_quote: bool = False


def split_text(text: str, subject: str = "", max_lines: int = 30_000) -> Split:
    """Takes a plain text apart. Linear in its length; above `max_lines` nothing is taken away."""
    raw_lines = (
        text.splitlines() if text.isascii() else text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    if len(raw_lines) > max_lines:
        return Split(new=text)
    lines = [plain_line(raw) for raw in raw_lines]
    label_lines(lines, subject)
    return joined(lines, raw_lines)


def joined(lines: Sequence[Line], raw_lines: Sequence[str]) -> Split:
    """The raw lines put together by their labels."""
    texts = {
        label: [raw for line, raw in zip(lines, raw_lines, strict=True) if line.label is label]
        for label in Label
    }
    new = _trimmed(texts[Label.NEW])
    quoted = _trimmed(texts[Label.QUOTED])
    signature = _trimmed(texts[Label.SIGNATURE]).removeprefix("--").strip()
    has_quote = any(line.label is Label.QUOTED for line in lines)
    return Split(new, quoted, signature, has_quote=has_quote)


def label_lines(lines: list[Line], subject: str = "") -> None:
    """Sets `label` on each line: new, quoted or signature."""
    _mend_wrapped_quotes(lines)
    findings = _find(lines)
    if findings.history is not None and _history_stays(lines, findings, subject):
        findings.history = None
    end = len(lines) if findings.forward is None else findings.forward
    end = end if findings.history is None else findings.history
    quoted = _quoted_blocks(lines, [block for block in findings.blocks if block.end <= end], end)
    for block in quoted:
        _label(lines, block.begin, block.end)
    if findings.history is not None:
        _label(lines, findings.history, len(lines))
    label_signature(lines)


def is_forward(subject: str) -> bool:
    """Whether the subject begins with a forwarding prefix such as "Fwd:" or "WG:"."""
    prefix, colon, _ = subject.replace("：", ":").partition(":")
    return bool(colon) and prefix.strip().casefold() in FORWARD_PREFIXES


def _label(lines: Sequence[Line], start: int, end: int) -> None:
    for line in lines[start:end]:
        line.label = Label.QUOTED


def _mend_wrapped_quotes(lines: Sequence[Line]) -> None:
    """A long quoted line that a program wrapped leaves its last words without a quote sign."""
    for number in range(1, len(lines) - 1):
        before, line, after = lines[number - 1], lines[number], lines[number + 1]
        if (
            line.quoted
            or not line.text
            or not before.quoted
            or not after.quoted
            or before.mark is not Mark.NONE
        ):
            continue
        goes_on = (line.text[0].islower() and before.text[-1:].isalnum()) or before.text[-1:] in ",-/"
        if len(before.text) >= _LONG_QUOTED_LINE and len(line.text) < len(before.text) and goes_on:
            line.quoted = True


def _find(lines: Sequence[Line]) -> _Findings:
    """Walks down until the first line after which everything is history or forwarded mail."""
    findings = _Findings()
    open_introduction: tuple[int, int, Strength] | None = None
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.quoted:
            block = _block_from(lines, number)
            if open_introduction and block.start - open_introduction[1] <= _INTRODUCTION_GAP:
                block.introduction = open_introduction[0]
            elif _opens_forward(lines, block):
                findings.forward = number
                return findings
            findings.blocks.append(block)
            number, open_introduction = block.end, None
            continue
        if line.text:
            if separator_kind(line.text) == "forwarded":
                findings.forward = number
                return findings
            opener = _opener(lines, number)
            if opener is not None:
                start, end, strength = opener
                following = _next_text(lines, end)
                if following is not None and lines[following].quoted and following - end <= _INTRODUCTION_GAP:
                    open_introduction = (start, end, strength)
                    number = end
                    continue
                if strength is Strength.STRONG:
                    findings.history = start
                    return findings
        number += 1
    return findings


def _opener(lines: Sequence[Line], number: int) -> tuple[int, int, Strength] | None:
    """Start, end and certainty of what introduces history at this line."""
    line = lines[number]
    if line.mark is Mark.HISTORY:
        return _with_rule_above(lines, number), _end_of_header(lines, number), Strength.STRONG
    kind = separator_kind(line.text)
    if kind:
        return _with_rule_above(lines, number), _end_of_header(lines, number + 1), Strength.STRONG
    block = header_block_at(lines, number)
    if block is not None:
        return _with_rule_above(lines, number), block.end, Strength.STRONG
    attribution = attribution_ending_at(lines, number)
    if attribution is not None:
        return attribution.start, number + 1, attribution.strength
    if line.mark is Mark.INTRODUCTION:
        return number, number + 1, Strength.WEAK
    return None


def _end_of_header(lines: Sequence[Line], number: int) -> int:
    """Behind the header block or the introduction that follows a separator, if one does."""
    following = _next_text(lines, number)
    if following is None or following - number > _INTRODUCTION_GAP or lines[following].quoted:
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


def _next_text(lines: Sequence[Line], number: int) -> int | None:
    for position in range(number, min(len(lines), number + 8)):
        if not lines[position].blank:
            return position
    return None


def _block_from(lines: Sequence[Line], start: int) -> _Block:
    end = start
    for number in range(start, len(lines)):
        if lines[number].quoted:
            end = number + 1
        elif lines[number].text:
            break
    return _Block(start, end)


def _opens_forward(lines: Sequence[Line], block: _Block) -> bool:
    """Apple Mail puts "Begin forwarded message:" inside the quote."""
    first = next((line for line in lines[block.start : block.end] if line.text), None)
    return first is not None and separator_kind(first.text) == "forwarded"


def _history_stays(lines: Sequence[Line], findings: _Findings, subject: str) -> bool:
    """Nothing above it, a forward, or answers hidden inside it: then nobody can say what is old."""
    history = findings.history or 0
    above = [line.text for line in lines[:history] if line.text and not line.quoted]
    if not above or is_forward(subject):
        return True
    said = " ".join(above)[:4_000].casefold()
    return any(hint in said for hint in ANSWERS_INSIDE)


def _quoted_blocks(lines: Sequence[Line], blocks: Sequence[_Block], end: int) -> list[_Block]:
    """The blocks that can go: none if the sender answers between them."""
    if not blocks:
        return []
    followed = [_has_text(lines, block.end, end if last else blocks[number + 1].begin)
                for number, (block, last) in enumerate(zip(blocks, _lasts(len(blocks)), strict=True))]  # fmt: skip
    inside = [block for block, text_follows in zip(blocks, followed, strict=True) if text_follows]
    if inside and (len(blocks) > 1 or blocks[0].introduction is None):
        return []
    has_own_text = any(line.text and not line.quoted for line in lines[: blocks[0].begin]) or bool(inside)
    return [block for block in blocks if _can_go(lines, block, has_own_text=has_own_text)]


def _lasts(count: int) -> list[bool]:
    return [number == count - 1 for number in range(count)]


def _has_text(lines: Sequence[Line], start: int, end: int) -> bool:
    """Own words, not counting a signature below its delimiter."""
    for line in lines[start:end]:
        if line.text == "--" or line.mark is Mark.SIGNATURE:
            return False
        if line.text and not is_rule(line.text):
            return True
    return False


def _can_go(lines: Sequence[Line], block: _Block, *, has_own_text: bool) -> bool:
    """With an introduction always; without one only below own text that does not announce it with a colon."""
    if block.introduction is not None:
        return True
    above = next((line.text for line in reversed(lines[: block.start]) if line.text), "")
    return has_own_text and not above.endswith((":", "："))


def _trimmed(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
