"""A header block: cut off, limited and repaired before the standard library parses it, then decoded by us."""

import re
from email.parser import BytesHeaderParser
from email.policy import compat32

from .addresses import one_line, parse_addresses
from .encoded_words import decode_words
from .limits import Limits
from .parameters import parse_parameters
from .values import Mailbox

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_FOLD = re.compile(r"\r?\n(?=[ \t])|\r")
_TELLING = re.compile(
    rb"(?im)^(?:from|to|subject|date|message-id|mime-version|content-[a-z-]+|received|x-[a-z-]+)[ \t]*:"
)
_JUNK_LINES = 20
_PARSER = BytesHeaderParser(policy=compat32)


class Headers:
    """The fields of one header block in their order; names are compared without case."""

    def __init__(self, fields: list[tuple[str, str]], limits: Limits, hint: str = "") -> None:
        self.fields = fields
        self.hint = hint
        self._limits = limits

    def raw(self, name: str) -> str:
        """The first value, unfolded; raw 8-bit bytes are surrogate escapes. "" if there is none."""
        return next(iter(self.all_raw(name)), "")

    def all_raw(self, name: str) -> list[str]:
        """All values of that name, unfolded and capped."""
        wanted = name.lower()
        limit = self._limits.header_value
        return [_FOLD.sub("", value[:limit]).strip() for key, value in self.fields if key.lower() == wanted]

    def text(self, name: str) -> str:
        """The first value as a person reads it, on one line."""
        return one_line(decode_words(self.raw(name), self.hint))

    def mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        """The addresses of all fields of that name."""
        found: list[Mailbox] = []
        for value in self.all_raw(name):
            found += parse_addresses(value, self._limits.addresses - len(found), self.hint)
            if len(found) >= self._limits.addresses:
                break
        return tuple(found)

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """Value and parameters of Content-Type or Content-Disposition."""
        return parse_parameters(self.raw(name), self._limits, self.hint)

    def decoded(self) -> tuple[tuple[str, str], ...]:
        """All fields as text, in order, for search and for showing the source of a mail."""
        limit = self._limits.parameter_characters
        return tuple(
            (one_line(decode_words(name)), one_line(decode_words(_FOLD.sub("", value[:limit]), self.hint)))
            for name, value in self.fields
        )


def read_headers(raw: bytes, start: int, end: int, limits: Limits) -> tuple[Headers, int, list[str]]:
    """The header block at `start`, where the body begins, and notes about what was repaired."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Headers([], limits), raw.index(b"\n", start) + 1, []
    block_end, body = _blank_line(raw, start, end)
    problems: list[str] = []
    if block_end - start > limits.header_bytes:
        problems.append(f"header longer than {limits.header_bytes} bytes: the rest was left out")
        block_end = start + limits.header_bytes
    lines = raw[start:block_end].split(b"\n")
    kept, first_body_line = _repaired(lines, problems)
    if first_body_line is not None:
        body = start + sum(len(line) + 1 for line in lines[:first_body_line])
    fields = _PARSER.parsebytes(b"\n".join(kept)).raw_items()
    items = [(str(name).strip(), str(value)) for name, value in fields]
    if len(items) > limits.header_count:
        problems.append(f"more than {limits.header_count} header fields: the rest was left out")
        items = items[: limits.header_count]
    return Headers(items, limits), min(body, end), problems


def _blank_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header block ends and where the body begins."""
    ends = [(position, length) for position, length in _separators(raw, start, end) if position >= 0]
    if not ends:
        return end, end
    position, length = min(ends)
    return position + 1, position + length


def _separators(raw: bytes, start: int, end: int) -> list[tuple[int, int]]:
    found = [(raw.find(b"\n\n", start, end), 2)]
    stop = end if found[0][0] < 0 else found[0][0] + 2
    found.append((raw.find(b"\n\r\n", start, stop), 3))
    return found


def _repaired(lines: list[bytes], problems: list[str]) -> tuple[list[bytes], int | None]:
    """Lines that the parser can take, and the number of the first line that is already body, if one is.

    A line that is neither field nor continuation ends the header for the standard library. We leave it out
    if telling fields follow (a broken fold, an mbox "From " line), else the body has begun without a blank line.
    """
    kept: list[bytes] = []
    left_out = 0
    for number, line in enumerate(lines):
        field = _FIELD.match(line)
        if field is not None:
            kept.append(field[1] + b":" + line[field.end() :])
        elif line[:1] in (b" ", b"\t") and line.strip():
            if kept:
                kept.append(line)
        elif line.strip():
            if number > 0 and (left_out >= _JUNK_LINES or not _fields_follow(lines, number)):
                problems.append("no blank line between header and body")
                return kept, number
            left_out += 1
    if left_out:
        problems.append(f"{left_out} lines in the header that are no fields were left out")
    return kept, None


def _fields_follow(lines: list[bytes], number: int) -> bool:
    following = b"\n".join(line[:100] for line in lines[number + 1 : number + 40])
    return _TELLING.search(following) is not None
