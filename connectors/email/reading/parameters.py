"""Content-Type and Content-Disposition: a value and its parameters (RFC 2045 5.1, RFC 2231), forgivingly."""

import re
from urllib.parse import unquote_to_bytes

from .charsets import decode
from .encoded_words import decode_words
from .limits import Limits

_SECTION = re.compile(r"([^*]*)(?:\*([0-9]{1,3}))?(\*)?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)("|\\?$)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


def parse_parameters(value: str, limits: Limits, hint: str = "") -> tuple[str, dict[str, str]]:
    """The value before the first ";" in lower case, and its parameters by lower-case name, decoded."""
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, text in _pairs(rest, limits):
        match = _SECTION.fullmatch(name)
        if match is None or (match[2] is None and match[3] is None):
            plain.setdefault(name, decode_words(text, hint))
        else:
            number = int(match[2] or 0)
            sections.setdefault(match[1], {}).setdefault(number, (text, match[3] is not None))
    for name, parts in sections.items():
        plain[name] = _joined(parts, hint)[: limits.parameter_characters]
    return main.strip().lower(), plain


def _pairs(rest: str, limits: Limits) -> list[tuple[str, str]]:
    """Name and raw value of each parameter; values keep their surrogate-escaped bytes."""
    pairs: list[tuple[str, str]] = []
    position, end = 0, len(rest)
    while position < end and len(pairs) < limits.parameters:
        equals, semicolon = rest.find("=", position), rest.find(";", position)
        if equals < 0:
            break
        if 0 <= semicolon < equals:
            position = semicolon + 1
            continue
        name = rest[position:equals].strip().lower()[:100]
        text, position = _value(rest, equals + 1)
        pairs.append((name, text[: limits.parameter_characters]))
    return pairs


def _value(rest: str, position: int) -> tuple[str, int]:
    """One value, quoted or not, and where the next parameter starts."""
    while position < len(rest) and rest[position] in " \t\r\n":
        position += 1
    quoted = _QUOTED.match(rest, position) if rest.startswith('"', position) else None
    if quoted is not None:
        following = rest.find(";", quoted.end())
        return _ESCAPED.sub(r"\1", quoted[1]), len(rest) if following < 0 else following + 1
    semicolon = rest.find(";", position)
    stop = len(rest) if semicolon < 0 else semicolon
    return rest[position:stop].strip().strip('"'), stop + 1


def _joined(parts: dict[int, tuple[str, bool]], hint: str) -> str:
    """RFC 2231 sections in the order of their numbers, as bytes, so that a split character becomes whole."""
    charset = ""
    data: list[bytes] = []
    first = min(parts)
    for number, (text, encoded) in sorted(parts.items()):
        value = text
        if encoded and number == first and text.count("'") >= 2:
            charset, _, value = text.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        data.append(unquote_to_bytes(raw) if encoded else raw)
    joined = decode(b"".join(data), charset, hint=hint)
    return decode_words(joined) if "=?" in joined else joined
