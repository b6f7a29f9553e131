"""Reading one object of ours: each field of the right type and size, or BadPayload naming it. What they mean is reading.py."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inbox.contract import BadPayload

SHORT = 300
LONG = 200_000


@dataclass(frozen=True, slots=True)
class Fields:
    """An object and where it stands, for the messages."""

    data: Mapping[str, Any]
    place: str = ""

    def text(self, name: str, *, most: int = SHORT, default: str = "") -> str:
        """A text; numbers are written out, since ids often are some. Without NUL, which PostgreSQL does not store."""
        value = self.data.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong(name, "a text")
        written = str(value).replace("\0", "").encode(errors="replace").decode()
        if len(written) > most:
            raise self.wrong(name, f"at most {most:,} characters")
        return written

    def needed(self, name: str) -> str:
        """A text that must be there."""
        found = self.text(name).strip()
        if not found:
            raise BadPayload(f"“{self.place}{name}” is missing.")
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.data.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def number(self, name: str) -> float | None:
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(name, "a number")
        return float(value)

    def time(self, name: str) -> datetime | None:
        """ISO 8601 (UTC if it names no zone), or seconds or milliseconds since 1970."""
        value = self.data.get(name)
        if value is None or value == "":
            return None
        try:
            return _time(value)
        except (ValueError, OverflowError, OSError):
            raise self.wrong(name, "a time such as 2026-03-02T09:30:00Z") from None

    def inside(self, name: str) -> Fields | None:
        """The object in a field."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.wrong(name, "an object")
        return Fields(value, f"{self.place}{name}.")

    def each(self, name: str, *, most: int) -> list[Fields]:
        """The objects of a list; one alone counts as a list of one."""
        value = self.data.get(name)
        listed = [value] if isinstance(value, Mapping) else [] if value is None else value
        if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
            raise self.wrong(name, "a list of objects")
        if len(listed) > most:
            raise self.wrong(name, f"at most {most} of them")
        return [Fields(each, f"{self.place}{name}[{at}].") for at, each in enumerate(listed)]

    def wrong(self, name: str, wanted: str) -> BadPayload:
        return BadPayload(f"“{self.place}{name}” must be {wanted}.")


def _time(value: object) -> datetime:
    if isinstance(value, str) and not value.isdigit():
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("neither text nor number")  # noqa: TRY004 (the caller names the field for every mistake alike)
    seconds = float(value)
    return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)
