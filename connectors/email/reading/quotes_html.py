"""The new part of sanitised HTML, and its text: the same classifier as for plain text, helped by the containers."""

from dataclasses import dataclass

from .html_lines import HtmlLines
from .html_tokens import VOID, Token
from .lines import Label, Line
from .quotes_text import Split, joined, label_lines


@dataclass(frozen=True, slots=True)
class HtmlSplit:
    """HTML taken apart: `html` is its new part, `text` the whole as plain text, `split` that text taken apart."""

    html: str
    text: str
    split: Split


def split_html(html: str, subject: str = "", max_lines: int = 20_000) -> HtmlSplit:
    """Takes sanitised HTML apart. Linear in its length; above `max_lines` nothing is taken away."""
    seen = HtmlLines(html)
    texts = seen.texts()
    whole = "\n".join(texts).strip("\n")
    if len(texts) > max_lines:
        return HtmlSplit(html, whole, Split(new=whole))
    lines = seen.classified()
    label_lines(lines, subject)
    split = joined(lines, texts)
    if all(line.label is Label.NEW for line in lines):
        return HtmlSplit(html, whole, split)
    return HtmlSplit(_kept(seen, lines), whole, split)


def _kept(seen: HtmlLines, lines: list[Line]) -> str:
    gone = {
        number
        for html_line, line in zip(seen.lines, lines, strict=True)
        if line.label is not Label.NEW
        for number in html_line.tokens
    }
    return _pruned([(number in gone, token) for number, token in enumerate(seen.tokens)])


def _pruned(tokens: list[tuple[bool, Token]]) -> str:
    """The tokens that stay; an element in which nothing stays goes too, so that no empty frame is left."""
    out: list[str] = []
    open_at: list[tuple[int, bool]] = []
    for gone, token in tokens:
        if not token.tag or token.tag in VOID:
            if not gone:
                out.append(token.source)
                open_at = _with_content(open_at) if token.source.strip() else open_at
        elif not token.closing:
            open_at.append((len(out), False))
            out.append(token.source)
        elif open_at:
            start, has_content = open_at.pop()
            if has_content:
                out.append(token.source)
            else:
                del out[start:]
    return "".join(out).strip()


def _with_content(open_at: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
    """Marks the open elements as having content, from the innermost outwards until one already has."""
    for position in range(len(open_at) - 1, -1, -1):
        start, has_content = open_at[position]
        if has_content:
            break
        open_at[position] = (start, True)
    return open_at
