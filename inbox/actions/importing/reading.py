"""Reading a CSV file from whatever program wrote it, a row at a time: its character set, its separator, its rows.

What the cells mean is columns.py and cells.py. Nothing here fails because of what is in the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

CHARSETS = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "cp1252": "cp1252"}
"""What people may choose, and Python's codec for it. A byte order mark is taken away whichever it is."""
DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 200
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PIECE = 2**20
_SAMPLE = 2**16
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
"""Excel's own first line; no row to anybody."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is written: a key of CHARSETS, one of DELIMITERS."""

    charset: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row and its number as a spreadsheet shows it (the header is 1). `problem`: why it cannot be read at all."""

    number: int
    cells: tuple[str, ...] = ()
    problem: str = ""

    @property
    def empty(self) -> bool:
        return not self.problem and not any(cell.strip() for cell in self.cells)


def guess(file: IO[bytes]) -> Dialect:
    """How the file seems to be written. Reads all of it once, since one byte may tell that it is no UTF-8."""
    charset = _charset(file)
    file.seek(0)
    text = file.read(_SAMPLE).decode(CHARSETS[charset], errors="replace").lstrip("\ufeff")
    return Dialect(charset, _delimiter(text))


def _charset(file: IO[bytes]) -> str:
    file.seek(0)
    head = file.read(4096)
    for mark, charset in _MARKS:
        if head.startswith(mark):
            return charset
    if len(head) > 3 and head.count(0) > len(head) // 4:
        # Western text in UTF-16 has a NUL in every other byte: the second of each pair in little endian.
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    """The one that cuts the first rows into the most columns, each into as many as the header."""
    said = _SEPARATOR_LINE.match(text)
    if said and said[1] in DELIMITERS:
        return said[1]
    return max(DELIMITERS, key=lambda each: _fit(text, each))


def _fit(text: str, delimiter: str) -> tuple[float, int]:
    lengths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if cells:
                lengths.append(len(cells))
            if len(lengths) == 20:
                break
    except csv.Error:
        return 0.0, 0
    if not lengths or lengths[0] < 2:
        return 0.0, 0
    whole = lengths[:-1] if 1 < len(lengths) < 20 else lengths  # the sample may end within the last
    return sum(each == lengths[0] for each in whole) / len(whole), lengths[0]


class _Lines:
    """The file's lines, none longer than LONGEST_LINE: of a longer one the rest is left out, and `cut` says so."""

    def __init__(self, file: IO[bytes], charset: str) -> None:
        file.seek(0)
        self._text = io.TextIOWrapper(file, CHARSETS[charset], errors="replace", newline="")
        self._first = True
        self.cut = False

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                self.cut = True
                while (rest := self._text.readline(LONGEST_LINE)) and rest[-1] not in "\r\n":
                    pass
            if self._first:
                self._first = False
                line = line.lstrip("\ufeff")
                if _SEPARATOR_LINE.fullmatch(line):
                    continue
            yield line

    def let_go(self) -> None:
        """Leave the file open for its owner."""
        self._text.detach()


def rows(file: IO[bytes], dialect: Dialect) -> Generator[Row]:
    """Every row, the header first. Rows that cannot be read say why and are numbered like the others."""
    lines = _Lines(file, dialect.charset)
    reader = csv.reader(lines, delimiter=dialect.delimiter)
    number = 0
    try:
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                # The limit of a field (128 kB) is far from any of ours.
                cells, lines.cut = [], True
            number += 1
            yield _row(number, cells, cut=lines.cut)
            lines.cut = False
    finally:
        lines.let_go()


def _row(number: int, cells: list[str], *, cut: bool) -> Row:
    if cut:
        return Row(
            number, problem=_("This row is too long. Perhaps a quotation mark is opened and never closed.")
        )
    if any("\ufffd" in cell for cell in cells):
        reason = _("This row has characters that cannot be read. Choose another character set, or mend it.")
        return Row(number, tuple(cells), reason)
    return Row(number, tuple(cells))
