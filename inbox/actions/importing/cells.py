"""What stands in a cell, as a value of ours, or a plain sentence about what is wrong with it."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from inbox import attributes, registry, spreadsheet
from inbox.actions.errors import Refused
from inbox.actions.importing.columns import Mapping
from inbox.actions.importing.reading import Row
from inbox.contract import Address
from inbox.models import Attribute
from inbox.models.knowledge import AttributeType
from inbox.text import storable

REF = "ref"
"""The address space of the numbers another system has for our customers."""
DATES = ("iso", "dmy", "mdy")
YES = frozenset(("yes", "y", "true", "1", "x", "on", "vip", "ja", "j", "si", "sí", "s", "oui", "o"))
NO = frozenset(("no", "n", "false", "0", "off", "nein", "non", "-"))
_DAY = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_SEVERAL = {"email": r"[;,|\n]", "phone": r"[;,|\n]", REF: r"\n"}
_MOST_TEXT = 10_000


class Bad(Exception):
    """The row cannot be taken in. `str(error)` is a plain sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was chosen for the whole file; the names are those in Import.options.

    country    reads national phone numbers (ISO 3166-1 alpha-2)
    dates      iso, dmy (31/12/2026) or mdy; zone: the time zone of times that name none
    decimal    the mark between whole and fraction
    verified   these addresses are proven: an admin has said so
    kind, source, currency   of touchpoints whose row does not say
    """

    charset: str = "utf-8"
    delimiter: str = ","
    country: str = ""
    dates: str = "iso"
    zone: str = "UTC"
    decimal: str = "."
    verified: bool = False
    kind: str = ""
    source: str = ""
    currency: str = ""

    @classmethod
    def of(cls, stored: Lookup[str, Any]) -> Options:
        """From Import.options; what is not ours is left out."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in names})


@dataclass(frozen=True, slots=True)
class Cells:
    """A row seen through the mapping."""

    row: Row
    mapping: Mapping
    options: Options

    def texts(self, field: str) -> list[str]:
        """What stands in the columns of a field; the empty ones are left out."""
        cells = [
            self.row.cells[place] for place in self.mapping.get(field, ()) if place < len(self.row.cells)
        ]
        return [text for cell in cells if (text := storable(spreadsheet.plain(cell.strip())).strip())]

    def text(self, field: str, *, most: int = 200) -> str:
        """One line of at most so many characters."""
        return checked(" ".join(" ".join(self.texts(field)).split()), most)

    def addresses(self) -> list[Address]:
        """All addresses of the row, each once, in their one spelling. Raises Bad."""
        read = {"email": self._email, "phone": self._phone, REF: _ref}
        found: dict[Address, None] = {}
        for field, reader in read.items():
            for text in self.texts(field):
                # "a@x.example; b@x.example" in one cell; but what reads as one address is one.
                whole = reader(text)
                parts = (
                    [text] if whole else [part for part in re.split(_SEVERAL[field], text) if part.strip()]
                )
                for part in parts:
                    address = whole or reader(part.strip())
                    if address is None:
                        raise Bad(_unreadable(field, part.strip()))
                    found[address] = None
        return list(found)

    def _email(self, text: str) -> Address | None:
        return _typed(text, "", "email")

    def _phone(self, text: str) -> Address | None:
        return _typed(text, self.options.country or settings.DEFAULT_COUNTRY, "phone")

    def yes_no(self, text: str) -> bool:
        """Raises Bad."""
        word = text.lower()
        if word in YES or word in NO:
            return word in YES
        raise Bad(_("“%(text)s” is neither yes nor no.") % {"text": short(text)})

    def number(self, text: str) -> Decimal:
        """An amount, with or without marks between thousands. Raises Bad."""
        decimal, thousands = self.options.decimal, "." if self.options.decimal == "," else ","
        bare = re.sub(r"[\s\u00a0\u202f'’]", "", text).replace("−", "-")
        grouped = rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(decimal)}\d*)?"
        if re.fullmatch(grouped, bare):
            bare = bare.replace(thousands, "")
        if re.fullmatch(rf"[+-]?\d{{1,30}}({re.escape(decimal)}\d{{0,30}})?", bare, re.ASCII):
            try:
                return Decimal(bare.replace(decimal, "."))
            except InvalidOperation:
                pass  # said below
        raise Bad(_("“%(text)s” is no number.") % {"text": short(text)})

    def moment(self, text: str) -> datetime:
        """A time, in UTC. Raises Bad."""
        try:
            found = parse_datetime(text) or self._day_and_time(text)
            if found is None and (day := parse_date(text)):
                found = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # its zone is put on below
            if found is not None:
                aware = found if found.tzinfo else found.replace(tzinfo=zoneinfo.ZoneInfo(self.options.zone))
                return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # said below: the 31st of February, the year 0
        raise Bad(
            _("“%(text)s” is no time that can be read. Example: %(example)s.") % self._example(text, " 18:30")
        )

    def day(self, text: str) -> date:
        """A date. Raises Bad."""
        try:
            found = parse_date(text)
            shaped = None if found else self._day_and_time(text)
        except ValueError:
            found = shaped = None
        if found is None and shaped is None:
            raise Bad(_("“%(text)s” is no date. Example: %(example)s.") % self._example(text))
        return found or shaped.date()  # type: ignore[union-attr]  # one of the two is there

    def _day_and_time(self, text: str) -> datetime | None:
        """Raises ValueError for a day that does not exist."""
        found = _DAY.fullmatch(text)
        if found is None or self.options.dates not in ("dmy", "mdy"):
            return None
        first, second, year, hour, minute, seconds, half = found.groups()
        day, month = (first, second) if self.options.dates == "dmy" else (second, first)
        hours = int(hour or 0)
        if half:
            if not 1 <= hours <= 12:
                raise ValueError(text)
            hours = hours % 12 + (12 if half in "Pp" else 0)
        return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(seconds or 0))  # noqa: DTZ001  # as above

    def _example(self, text: str, time: str = "") -> dict[str, str]:
        day = {"dmy": "31/12/2026", "mdy": "12/31/2026"}.get(self.options.dates, "2026-12-31")
        return {"text": short(text), "example": day + time}

    def attribute(self, attribute: Attribute, text: str) -> Any:
        """A value of one of the company's own fields, as Customer.attributes keeps it. How a file writes it is read here; what may
        be in the field is told by inbox/attributes.py, as everywhere. Raises Bad."""
        match attribute.type:
            case AttributeType.NUMBER:
                text = f"{self.number(text):f}"
            case AttributeType.YES_NO:
                text = "yes" if self.yes_no(text) else "no"
            case AttributeType.DATE:
                text = self.day(text).isoformat()
        try:
            return attributes.value(attribute, text)
        except Refused as refused:
            raise Bad(str(refused)) from refused


def language(text: str) -> str:
    """A language code. Raises Bad."""
    if _LANGUAGE.fullmatch(text) and len(text) <= 12:
        return text.replace("_", "-")
    raise Bad(_("“%(text)s” is no language code. Examples: en, pt-BR.") % {"text": short(text)})


def time_zone(text: str) -> str:
    """A time zone that exists. Raises Bad."""
    if text in _zones():
        return text
    raise Bad(_("“%(text)s” is no time zone. Example: Europe/Madrid.") % {"text": short(text)})


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def checked(text: str, most: int) -> str:
    """The text, if it is no longer than may be. Raises Bad."""
    if len(text) > most:
        raise Bad(_("“%(text)s” is longer than %(most)d characters.") % {"text": short(text), "most": most})
    return text


def notes(texts: Sequence[str]) -> str:
    """Several lines of free text. Raises Bad."""
    return checked("\n".join("\n".join(texts).splitlines()), _MOST_TEXT)


def short(text: str) -> str:
    """The text as a sentence can hold it."""
    line = "".join(char for char in text if char.isprintable())
    return line if len(line) <= 60 else line[:59] + "…"


def _typed(text: str, country: str, space: str) -> Address | None:
    address = registry.typed_address(text, country) if len(text) <= 320 else None
    return address if address is not None and address.space == space else None


def _ref(text: str) -> Address | None:
    value = " ".join(text.split())
    return Address(space=REF, value=value) if "\n" not in text and len(value) <= 200 else None


def _unreadable(field: str, text: str) -> str:
    if field == "email":
        return _("“%(text)s” is no e-mail address.") % {"text": short(text)}
    if field == "phone":
        return _("“%(text)s” is no phone number. Begin it with + and the country.") % {"text": short(text)}
    return _("“%(text)s” is too long for a customer number.") % {"text": short(text)}
