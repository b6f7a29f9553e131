"""A connector's settings as words on a command line: which there are, and text → the typed value each wants."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inbox import registry

YES, NO = {"1", "yes", "true", "on"}, {"0", "no", "false", "off"}


class BadValue(Exception):
    """A word does not fit the setting; the text says which and what is wanted."""


def fields_of(kind: str) -> dict[str, dataclasses.Field[Any]]:
    """The settings of a kind by name. Raises registry.UnknownKind."""
    return {field.name: field for field in dataclasses.fields(registry.connector_class(kind).Settings)}


def values_of(kind: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The typed values. Raises BadValue for a name there is not, and for a value that does not fit."""
    known = fields_of(kind)
    unknown = ", ".join(sorted(words.keys() - known.keys()))
    if unknown:
        raise BadValue(f"There is no setting “{unknown}”. There are: {', '.join(known)}.")
    return {name: typed(known[name], text) for name, text in words.items()}


def missing(kind: str, values: Mapping[str, Any]) -> list[str]:
    """The settings without a default that have no value yet."""
    required = [f.name for f in fields_of(kind).values() if f.default is dataclasses.MISSING]
    return [name for name in required if name not in values]


def typed(field: dataclasses.Field[Any], text: str) -> Any:
    """The value. `@path` is the content of a file, so that a secret need not stand on the command line."""
    if text.startswith("@"):
        text = _file(field.name, text[1:])
    kind = field.metadata.get("kind", "text")
    if kind == "boolean":
        return _boolean(field.name, text)
    if kind == "number":
        return _number(field.name, text)
    if kind == "lines":
        return [part.strip() for part in text.replace(",", "\n").splitlines() if part.strip()]
    choices = [value for value, _label in field.metadata.get("choices", ())]
    if choices and text not in choices:
        raise BadValue(f"“{field.name}” is one of: {', '.join(choices)}.")
    return text


def _file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BadValue(f"“{name}”: {path} cannot be read ({error.strerror}).") from error


def _boolean(name: str, text: str) -> bool:
    if text.lower() not in YES | NO:
        raise BadValue(f"“{name}” is yes or no.")
    return text.lower() in YES


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadValue(f"“{name}” is a whole number.") from None
