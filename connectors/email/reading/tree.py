"""The MIME tree of a mail as offsets into its bytes: nothing is copied, nothing recursed without a limit.

Ours instead of the standard library's because that one looks at each line once per level (4 s for 5 MB, 50 deep)
and keeps each line as an object (390 MB for 30 MB): measured with Python 3.11.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .headers import Headers, read_headers
from .limits import Limits

_GUESS = re.compile(
    rb"(?m)^--([^\s\r\n-][^\r\n]{0,100}?)[ \t]*\r?\n(?:content-[a-z-]{1,40}:|\r?\n)", re.IGNORECASE
)
_GUESS_WITHIN = 64 * 1024
_SCANS = 20
_DELIMITER_PADDING = 1_000


@dataclass(slots=True)
class Node:
    """One entity: its header, its type, and where its body lies. `children` only if it is a multipart."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    start: int
    end: int
    children: list["Node"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """Whether it was split into parts."""
        return bool(self.children)


class Tree:
    """Splits one mail. `root` is the mail itself; `problems` tells what was repaired or left whole."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.problems: list[str] = []
        self._limits = limits
        self._parts = 0
        self._budget = _SCANS * len(raw) + 1_000_000
        self.root = self._node(0, len(raw), 0, "text/plain")

    def body(self, node: Node) -> bytes:
        """The bytes of a node's body, still in its transfer encoding."""
        return self.raw[node.start : node.end]

    def _node(self, start: int, end: int, depth: int, default: str) -> Node:
        headers, body, problems = read_headers(self.raw, start, end, self._limits)
        self.problems += problems[: max(0, 50 - len(self.problems))]
        main, parameters = headers.parameters("Content-Type")
        node = Node(headers, _type(main, default), parameters, body, end)
        if node.content_type.startswith("multipart/"):
            self._split(node, depth)
        return node

    def _split(self, node: Node, depth: int) -> None:
        if depth >= self._limits.depth:
            self._note(f"nested deeper than {self._limits.depth}: the rest was kept as one file")
            return
        if self._budget < node.end - node.start:
            self._note("nested too deep for its size: the rest was kept as one file")
            return
        self._budget -= node.end - node.start
        boundary = self._boundary(node)
        if not boundary:
            return
        default = "message/rfc822" if node.content_type == "multipart/digest" else "text/plain"
        for start, end in self._sections(node, boundary):
            self._parts += 1
            if self._parts > self._limits.parts:
                self._note(f"more than {self._limits.parts} parts: the rest was left out")
                break
            node.children.append(self._node(start, end, depth + 1, default))

    def _boundary(self, node: Node) -> bytes:
        declared = node.parameters.get("boundary", "").encode("utf-8", "surrogateescape").strip()
        if declared and next(self._delimiters(node, declared), None) is not None:
            return declared
        guess = _GUESS.search(self.raw, node.start, min(node.end, node.start + _GUESS_WITHIN))
        if guess is None:
            if self.raw[node.start : node.start + 200].strip():
                self._note("a multipart without its boundary was read as one text")
            return b""
        self._note("the boundary was missing or wrong and was guessed")
        return guess[1]

    def _delimiters(self, node: Node, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
        """Start and end of each delimiter line, and whether it is a closing one (RFC 2046 5.1.1)."""
        marker = b"--" + boundary
        position = self.raw.find(marker, node.start, node.end)
        while position >= 0:
            following = position + len(marker)
            if position == node.start or self.raw[position - 1 : position] == b"\n":
                stop = min(node.end, following + _DELIMITER_PADDING)
                line_end = self.raw.find(b"\n", following, stop)
                line_end = stop if line_end < 0 else line_end + 1
                rest = self.raw[following:line_end].strip()
                if rest in (b"", b"--"):
                    yield position, line_end, rest == b"--"
                    following = line_end
            position = self.raw.find(marker, following, node.end)

    def _sections(self, node: Node, boundary: bytes) -> list[tuple[int, int]]:
        sections: list[tuple[int, int]] = []
        begin: int | None = None
        for start, end, closing in self._delimiters(node, boundary):
            if begin is not None:
                sections.append((begin, max(begin, self._before_line_end(start))))
            begin = None if closing else end
            if len(sections) > self._limits.parts:
                break
        if begin is not None and begin < node.end:
            sections.append((begin, node.end))
        return sections

    def _before_line_end(self, position: int) -> int:
        """The line end in front of a delimiter belongs to the delimiter."""
        if self.raw[position - 2 : position] == b"\r\n":
            return position - 2
        return position - 1

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_SHORT = {"text": "text/plain", "html": "text/html", "plain": "text/plain"}


def _type(declared: str, default: str) -> str:
    """RFC 2045 5.2: what is missing or no type at all is the default; a short form is what it means."""
    if _TYPE.fullmatch(declared):
        return declared
    return _SHORT.get(declared, default)
