"""Which lines of a mail are old mail. One decision from what was found; what is not certain stays."""

from collections.abc import Sequence
from dataclasses import dataclass

from .attribution import shared_line
from .attribution_words import ANSWERS_INSIDE, FORWARD_PREFIXES
from .lines import Label, Line, Mark, plain_line
from .openers import is_rule
from .quote_findings import Block, Findings, find
from .signatures import label_signature

_LONG_QUOTED_LINE = 62
_SHORT_TEXT = 800


@dataclass(frozen=True, slots=True)
class Split:
    """A text taken apart. `new` has neither history nor a marked signature."""

    new: str
    quoted: str = ""
    signature: str = ""
    has_quote: bool = False


def split_text(text: str, subject: str = "", max_lines: int = 20_000) -> Split:
    """Takes a plain text apart. Linear in its length; above `max_lines` nothing is taken away."""
    raw_lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(raw_lines) > max_lines:
        return Split(new=text.strip())
    raw_lines = [piece for raw in raw_lines for piece in _unshared(raw)]
    lines = [plain_line(raw) for raw in raw_lines]
    label_lines(lines, subject)
    split = joined(lines, raw_lines)
    return split if split.has_quote or split.signature else Split(new=text.strip())


def joined(lines: Sequence[Line], raw_lines: Sequence[str]) -> Split:
    """The raw lines put together by their labels."""
    texts = {label: _lines_of(label, lines, raw_lines) for label in Label}
    return Split(
        new=texts[Label.NEW],
        quoted=texts[Label.QUOTED],
        signature=texts[Label.SIGNATURE].removeprefix("--").strip(),
        has_quote=any(line.label is Label.QUOTED for line in lines),
    )


def label_lines(lines: list[Line], subject: str = "") -> None:
    """Sets `label` on each line: new, quoted or signature."""
    _mend_quotes(lines)
    findings = find(lines)
    history = findings.history
    if history is not None and _history_stays(lines, history, subject):
        history = None
    end = next((number for number in (history, findings.forward) if number is not None), len(lines))
    for block in _blocks_that_go(lines, findings, end):
        _label(lines, block.begin, block.end)
    if history is not None:
        _label(lines, history, len(lines))
    label_signature(lines)


def is_forward(subject: str) -> bool:
    """Whether the subject begins with a forwarding prefix such as "Fwd:" or "WG:"."""
    prefix, colon, _ = subject.replace("：", ":").partition(":")
    return bool(colon) and prefix.strip().casefold() in FORWARD_PREFIXES


def _label(lines: Sequence[Line], start: int, end: int) -> None:
    for line in lines[start:end]:
        line.label = Label.QUOTED


def _unshared(raw: str) -> tuple[str, ...]:
    """A line on which an introduction follows own words, as two lines."""
    position = 0 if raw.lstrip()[:1] in (">", "|") else shared_line(raw)
    return (raw[:position], raw[position:].lstrip(" -")) if position else (raw,)


def _mend_quotes(lines: Sequence[Line]) -> None:
    """A long quoted line that a program wrapped leaves its last words, or an address, without a quote sign."""
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
        is_rest = len(before.text) >= _LONG_QUOTED_LINE and len(line.text) < len(before.text) and goes_on
        line.quoted = is_rest or _is_stray_link(line.text, before.text)


def _is_stray_link(text: str, before: str) -> bool:
    """An address in brackets alone on its line, or the end of one that began on the quoted line above."""
    if " " in text.rstrip(" >)"):
        return False
    began_above = "(http" in before or "<http" in before
    return text.startswith(("(http", "<http")) or (began_above and text.endswith((")", ">")))


def _history_stays(lines: Sequence[Line], history: int, subject: str) -> bool:
    """Nothing above it, a forward, or answers hidden inside it: then nobody can say what is old."""
    above = [line.text for line in lines[:history] if line.text and not line.quoted]
    if not above or is_forward(subject):
        return True
    said = " ".join(above).casefold()
    return len(said) <= _SHORT_TEXT and any(hint in said for hint in ANSWERS_INSIDE)


def _blocks_that_go(lines: Sequence[Line], findings: Findings, end: int) -> list[Block]:
    """The quoted blocks above line `end` that can go.

    If the sender answers between them they stay, except a last one with an introduction of its own and nothing
    below: that is the whole history once more. A block that the sender announces ("The error is:") is own words.
    """
    blocks = [block for block in findings.blocks if block.end <= end and not _is_own(lines, block)]
    if not blocks:
        return []
    ends = [*(block.begin for block in blocks[1:]), end]
    answered = [_has_text(lines, block.end, stop) for block, stop in zip(blocks, ends, strict=True)]
    last = blocks[-1]
    if any(answered) and (len(blocks) > 1 or last.introduction is None):
        return [last] if last.introduction is not None and not answered[-1] else []
    has_own_text = any(answered) or any(line.text and not line.quoted for line in lines[: blocks[0].begin])
    return [
        block
        for block in blocks
        if block.introduction is not None or (has_own_text and _is_long(lines, block))
    ]


def _is_own(lines: Sequence[Line], block: Block) -> bool:
    """Nobody introduces it, no program marks it, and the line above announces it with a colon."""
    if block.introduction is not None or lines[block.start].mark is Mark.QUOTE:
        return False
    above = next((lines[number].text for number in range(block.start - 1, -1, -1) if lines[number].text), "")
    return above.endswith((":", "："))


def _is_long(lines: Sequence[Line], block: Block) -> bool:
    """One line may be own words ("> 100 kg"), unless a program marks it as a quote."""
    return (
        lines[block.start].mark is Mark.QUOTE
        or sum(1 for line in lines[block.start : block.end] if line.text) > 1
    )


def _has_text(lines: Sequence[Line], start: int, end: int) -> bool:
    """Own words, not counting a signature below its delimiter."""
    for line in lines[start:end]:
        if line.text == "--" or line.mark is Mark.SIGNATURE:
            return False
        if line.text and not is_rule(line.text):
            return True
    return False


def _lines_of(label: Label, lines: Sequence[Line], raw_lines: Sequence[str]) -> str:
    """The lines with that label; where something else was in between, one blank line is enough."""
    kept: list[str] = []
    gap = False
    for line, raw in zip(lines, raw_lines, strict=True):
        if line.label is not label:
            gap = True
        elif not (gap and line.blank and kept and not kept[-1]):
            kept.append(raw.rstrip())
            gap = gap and line.blank
    return "\n".join(kept).strip()
