"""Cuts a list of addresses (RFC 5322 3.4) into entries, in one pass, so that no list can make it slow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# An encoded word is one word, also with a comma inside, as Exchange writes it: =?iso-8859-1?Q?M=FCller,_Ana?=
_WORDS = re.compile(r'(?:[^"(<,;:=]|=\?[^?\s<>"]{1,60}\?[bBqQ]\?[^?<>"]{0,2000}\?=|=)+')
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Entry:
    """What was read of one mailbox: words and quoted words, texts in angle brackets, comments."""

    words: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    has_at: bool = False


class AddressScanner:
    """Walks over a list once; a bracket or quote that is never closed is an ordinary character from then on."""

    def __init__(self, value: str) -> None:
        self._value = value
        self._position = 0
        self._entry = Entry()
        self._in_group = False
        self._unclosed: set[str] = set()

    def entries(self) -> Iterator[Entry]:
        """Each mailbox of the list, empty ones included."""
        while self._position < len(self._value):
            character = self._value[self._position]
            if character in ",;" or self._starts_group(character):
                finished, self._entry = self._entry, Entry()
                self._in_group = character == ":" or (self._in_group and character == ",")
                self._position += 1
                if character != ":":
                    yield finished
            else:
                self._take(character)
        yield self._entry

    def _starts_group(self, character: str) -> bool:
        """A ":" after words (RFC 5322 group), but not the one of "mailto:" or inside an address."""
        if character != ":" or self._in_group or self._entry.has_at or self._entry.angles:
            return False
        return not (self._entry.words and self._entry.words[-1].lower().endswith("mailto"))

    def _take(self, character: str) -> None:
        words = _WORDS.match(self._value, self._position)
        if words is not None:
            self._entry.words.append(words[0])
            self._entry.has_at = self._entry.has_at or "@" in words[0]
            self._position = words.end()
            return
        self._position += 1
        if character == '"':
            self._take_quoted()
        elif character == "(":
            self._take_comment()
        elif character == "<":
            self._take_angle()
        else:
            self._entry.words.append(character)

    def _take_quoted(self) -> None:
        end = self._closing('"')
        if end < 0:
            return
        text = _UNESCAPE.sub(r"\1", self._value[self._position : end])
        self._position = end + 1
        is_local_part = self._value.startswith("@", self._position)  # "john doe"@example.com
        self._entry.words.append(f'"{text}"' if is_local_part else text)

    def _take_comment(self) -> None:
        end = self._closing(")", "(")
        if end < 0:
            self._entry.words.append("(")
            return
        self._entry.comments.append(_UNESCAPE.sub(r"\1", self._value[self._position : end]))
        self._entry.words.append(" ")
        self._position = end + 1

    def _take_angle(self) -> None:
        start = self._position
        if self._value.startswith('"', start):
            self._position += 1
            quote = self._closing('"')
            search_from = start if quote < 0 else quote
        else:
            search_from = start
        end = self._value.find(">", search_from)
        if end < 0:
            comma = self._value.find(",", search_from)
            end = len(self._value) if comma < 0 else comma
            self._position = end
        else:
            self._position = end + 1
        self._entry.angles.append(self._value[start:end])

    def _closing(self, closing: str, opening: str = "") -> int:
        """Where the quote or comment that starts here ends, -1 if nowhere; each character is seen once."""
        if closing in self._unclosed:
            return -1
        position, depth = self._position, 1
        while position < len(self._value):
            character = self._value[position]
            if character == "\\":
                position += 1
            elif character == closing:
                depth -= 1
                if depth == 0:
                    return position
            elif opening and character == opening:
                depth += 1
            position += 1
        self._unclosed.add(closing)
        return -1
