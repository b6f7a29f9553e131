"""Somebody else's JSON → ours, by lines an admin writes: `external_message_id = $.review.id`. No code, JSONPath only (RFC 9535)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonpath

from inbox.contract import BadPayload

MOST_LINES = 60
MOST_ITEMS = 500
LONGEST_PATH = 300
# Each `..` walks all that lies below: two of them make the work grow with the square of the document.
# Functions with patterns could be made to run for ever.
TOO_CLEVER = re.compile(r"\.\..*\.\.|\b(?:match|search|isinstance|is|keys)\s*\(|=~")
FIELD = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")
IN_TEXT = re.compile(r"\{(\$[^{}]*)\}")
LIST = "events"
"""The line that says where a batch's items stand; the other paths then begin at one item."""


class BadMapping(BadPayload):
    """A line cannot be read; the text names it."""


@dataclass(frozen=True, slots=True)
class Value:
    """The right side of a line: one path, or a text with paths in braces, or something constant."""

    line: str
    path: jsonpath.JSONPath | jsonpath.CompoundJSONPath | None = None
    parts: tuple[tuple[str, jsonpath.JSONPath | jsonpath.CompoundJSONPath], ...] = ()
    constant: Any = None

    def of(self, document: Any) -> Any:
        """What stands there, None for nothing."""
        if self.path is not None:
            return _first(self.path, document)
        text = self.constant
        for written, path in self.parts:
            found = _first(path, document)
            text = text.replace(written, "" if found is None else _written(found))
        return text.strip() if self.parts else text


@dataclass(frozen=True, slots=True)
class Mapping:
    """All lines, ready to use. Raises BadMapping when made of lines that cannot be read."""

    fields: dict[str, Value] = field(default_factory=dict)
    items: Value | None = None

    def apply(self, document: Any) -> list[dict[str, Any]]:
        """One of our objects for each item. Raises BadPayload naming the path that found nothing."""
        return [self._one(each) for each in self._items(document)]

    def _items(self, document: Any) -> list[Any]:
        if self.items is None or self.items.path is None or isinstance(document, str):
            return [document]
        found = list(islice(self.items.path.finditer(document), MOST_ITEMS + 1))
        if len(found) > MOST_ITEMS:
            raise BadPayload(f"“{self.items.line}” finds more than {MOST_ITEMS} items. Send fewer at once.")
        listed = [match.obj for match in found]
        # `$.reviews` and `$.reviews[*]` mean the same to whoever writes them.
        return listed[0] if len(listed) == 1 and isinstance(listed[0], list) else listed

    def _one(self, item: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in self.fields.items():
            found = value.of(item)
            if found is None:
                if name in {"external_message_id", "identity.value"}:
                    raise BadPayload(f"“{value.line}” found nothing.")
                continue
            *outer, last = name.split(".")
            inside = made
            for each in outer:
                inside = inside.setdefault(each, {})
            inside[last] = found
        return made


@lru_cache(maxsize=64)
def mapping(lines: tuple[str, ...]) -> Mapping:
    """The lines as one mapping. Raises BadMapping."""
    if len(lines) > MOST_LINES:
        raise BadMapping(f"The mapping has more than {MOST_LINES} lines.")
    read = dict(_lines(lines))
    for name in read:
        if any(name.startswith(f"{other}.") for other in read):
            raise BadMapping(f"The mapping sets “{name}” and all of “{name.rpartition('.')[0]}”.")
    return Mapping(fields={n: v for n, v in read.items() if n != LIST}, items=read.get(LIST))


def _lines(lines: Iterable[str]) -> Iterator[tuple[str, Value]]:
    for line in lines:
        if not line.strip() or line.strip().startswith("#"):
            continue
        name, equals, right = (each.strip() for each in line.partition("="))
        if not equals or not FIELD.fullmatch(name) or not right:
            raise BadMapping(f"“{line.strip()[:100]}” is not of the form: field = $.path")
        yield name, _value(line.strip(), right)


def _value(line: str, right: str) -> Value:
    if right.startswith("$"):
        return Value(line, path=_compiled(line, right))
    places = list(IN_TEXT.finditer(right))
    if places:
        return Value(
            line, parts=tuple((each[0], _compiled(line, each[1])) for each in places), constant=right
        )
    try:
        return Value(line, constant=json.loads(right))
    except ValueError:
        return Value(line, constant=right)


def _compiled(line: str, path: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    if len(path) > LONGEST_PATH:
        raise BadMapping(f"“{line[:100]}” is longer than {LONGEST_PATH} characters.")
    if TOO_CLEVER.search(path):
        raise BadMapping(f"“{line[:100]}”: no functions, and “..” only once.")
    try:
        return jsonpath.compile(path)
    except (jsonpath.JSONPathError, RecursionError) as error:
        raise BadMapping(f"“{line[:100]}”: {str(error).splitlines()[0]}.") from error


def _first(path: jsonpath.JSONPath | jsonpath.CompoundJSONPath, document: Any) -> Any:
    """The first thing found that is not null."""
    if isinstance(document, str):
        # A text has no parts; the library would read it as JSON.
        return document if str(path) == "$" else None
    try:
        return next((match.obj for match in path.finditer(document) if match.obj is not None), None)
    except (jsonpath.JSONPathError, RecursionError) as error:
        raise BadPayload(f"“{path}”: {str(error).splitlines()[0][:200]}.") from error


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
