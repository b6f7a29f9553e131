"""The lines of sanitised HTML as a reader sees them, each with the tokens it is made of."""

import re
from dataclasses import dataclass, field

from .html_marks import mark_of_element, wraps_answers
from .html_tokens import VOID, Token, tokens_of
from .lines import Line, Mark, is_delimiter, visible

_BLOCKS_TEXT = (
    "address article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "dl"})
_CELLS = frozenset({"td", "th"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display:\s?none", re.IGNORECASE)


@dataclass(slots=True)
class HtmlLine:
    """What stands on one line, how deep it is quoted, and the numbers of the tokens that put it there."""

    depth: int = 0
    quoted: bool = False
    mark: Mark = Mark.NONE
    text: str = ""
    pieces: list[str] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet. A wrapper holds the introduction and the quote."""

    tag: str
    mark: Mark = Mark.NONE
    wrapper: bool = False
    hidden: bool = False
    answers: bool = False


class HtmlLines:
    """Reads the tokens once. `tokens` is the source, `lines` what is seen of it."""

    def __init__(self, html: str) -> None:
        self.tokens: list[Token] = []
        self.lines: list[HtmlLine] = []
        self._line = HtmlLine()
        self._stack: list[_Open] = []
        self._depth = self._indents = self._wrappers = self._hidden = self._preformatted = 0
        self._answered = False
        self._pending = Mark.NONE
        for token in tokens_of(html):
            for piece in self._pieces(token):
                self.tokens.append(piece)
                self._read(len(self.tokens) - 1, piece)
        self._end_line(even_if_blank=bool(self._line.tokens))

    def classified(self) -> list[Line]:
        """The lines for the classifier. A line inside a quoting container is quoted."""
        result: list[Line] = []
        for line in self.lines:
            text = visible(line.text)
            quoted = line.quoted or text.startswith(">")
            mark = line.mark
            if quoted and mark is Mark.NONE:
                mark = Mark.QUOTE
            elif is_delimiter(line.text) and mark is Mark.NONE:
                mark = Mark.DELIMITER
            result.append(Line(text.lstrip("> ") if quoted else text, quoted=quoted, mark=mark))
        return result

    def texts(self) -> list[str]:
        """The lines as plain text; ">" in front for each level of quotation."""
        return [
            f"{'>' * line.depth} {line.text}".rstrip() if line.depth else line.text.rstrip()
            for line in self.lines
        ]

    def _pieces(self, token: Token) -> list[Token]:
        """Preformatted text has one token for each of its lines."""
        if token.tag or not self._preformatted or "\n" not in token.source:
            return [token]
        return [Token(source) for source in token.source.splitlines(keepends=True)]

    def _read(self, number: int, token: Token) -> None:
        if not token.tag:
            self._read_text(number, token)
        elif token.tag in VOID:
            self._read_void(number, token)
        elif token.closing:
            self._close(token)
        else:
            self._open(token)

    def _read_text(self, number: int, token: Token) -> None:
        self._line.tokens.append(number)
        if self._hidden:
            return
        text = token.text
        if self._preformatted:
            self._line.pieces.append(text.rstrip("\r\n"))
            if text.endswith("\n"):
                self._end_line(even_if_blank=True)
            return
        text = _SPACES.sub(" ", text)
        if not self._line.pieces or self._line.pieces[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self._line.pieces.append(text)

    def _read_void(self, number: int, token: Token) -> None:
        if token.tag == "hr":
            self._end_line()
            self._line.pieces.append("_" * 32)
            self._line.mark = mark_of_element("hr", token.attributes)
        self._line.tokens.append(number)
        if token.tag == "img" and not self._hidden:
            alternative = token.attributes.get("alt", "").strip()
            self._line.pieces += [f"[{alternative}]"] if alternative else []
        elif token.tag in ("br", "hr"):
            self._end_line(even_if_blank=True)

    def _open(self, token: Token) -> None:
        if token.tag in _BLOCKS:
            self._end_line()
        attributes = token.attributes if " " in token.source else {}
        mark = mark_of_element(token.tag, attributes)
        if mark is Mark.INDENT and self._answered:
            mark = Mark.QUOTE
        hidden = _HIDDEN.search(attributes.get("style", "")[:500]) is not None
        wrapper = mark is Mark.QUOTE and token.tag != "blockquote"
        if mark in (Mark.QUOTE, Mark.INDENT):
            self._end_line()
            self._depth += not wrapper
            self._indents += mark is Mark.INDENT
            self._wrappers += wrapper
        elif mark is not Mark.NONE:
            self._end_line()
            self._pending = mark
        self._stack.append(_Open(token.tag, mark, wrapper, hidden, wrapper and wraps_answers(attributes)))
        self._hidden += hidden
        self._preformatted += token.tag == "pre"
        if token.tag == "li":
            self._line.pieces.append("* ")
        elif token.tag in _CELLS and self._line.pieces:
            self._line.pieces.append(" ")

    def _close(self, token: Token) -> None:
        if token.tag in _BLOCKS:
            self._end_line()
        if not self._stack:
            return
        opened = self._stack.pop()
        self._hidden -= opened.hidden
        self._preformatted -= opened.tag == "pre"
        if opened.mark in (Mark.QUOTE, Mark.INDENT):
            self._end_line()
            self._depth -= not opened.wrapper
            self._indents -= opened.mark is Mark.INDENT
            self._wrappers -= opened.wrapper
            if not opened.wrapper:
                self._leave_wrapper()
        elif opened.mark is self._pending and opened.mark not in (Mark.NONE, Mark.HISTORY):
            self._end_line()
            self._pending = Mark.NONE
        if token.tag in _PARAGRAPHS and self.lines and self.lines[-1].pieces:
            self.lines.append(
                HtmlLine(self._depth - self._indents, self._depth + self._wrappers > 0, self._indent_mark())
            )

    def _leave_wrapper(self) -> None:
        """What stands in Gmail's or Proton's wrapper behind the quote proper is the writer's answer to it."""
        if self._depth == 0 and self._stack and self._stack[-1].wrapper and self._stack[-1].answers:
            self._stack[-1].mark, self._stack[-1].wrapper = Mark.NONE, False
            self._wrappers -= 1
            self._answered = True

    def _indent_mark(self) -> Mark:
        """INDENT where every quoting element around is one that may only indent."""
        depth = self._depth + self._wrappers
        return Mark.INDENT if depth and self._indents == depth else Mark.NONE

    def _end_line(self, *, even_if_blank: bool = False) -> None:
        """Ends the line; what shows nothing (hidden text, spaces between elements) goes with the next one."""
        line = self._line
        if not line.pieces and not even_if_blank:
            return
        line.text = "".join(line.pieces)
        line.depth = self._depth - self._indents
        line.quoted = self._depth + self._wrappers > 0
        line.mark = self._indent_mark() if line.mark is Mark.NONE else line.mark
        if line.mark is Mark.NONE and line.text.strip():
            line.mark = self._pending
            if self._pending is Mark.HISTORY:
                self._pending = Mark.NONE
        self.lines.append(line)
        self._line = HtmlLine()
