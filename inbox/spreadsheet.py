"""Cells of files that a spreadsheet will open: nothing a customer wrote becomes a formula there, and it comes back as it was.

See OWASP, "CSV Injection". Used by the export and by the import, which takes the mark away again.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

MARK = "'"
"""A cell that begins with it is text to every spreadsheet."""
_FORMULA = frozenset("=+-@＝＋－＠﹦﹢﹣﹫−")
_LEADING = frozenset("\t\r\n\x00")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the country's old character set."""


def _dangerous(text: str) -> bool:
    """Whether some spreadsheet may take it for a formula, marks before it or not."""
    bare = text.lstrip(MARK)
    if bare[:1] in _LEADING:
        return bool(bare)
    for char in bare:
        if char == MARK or char.isspace() or unicodedata.category(char) in ("Cc", "Cf"):
            continue
        return char in _FORMULA
    return False


def safe(text: str) -> str:
    """The text as a cell that is never a formula."""
    return MARK + text if _dangerous(text) else text


def plain(cell: str) -> str:
    """What `safe` made a cell of."""
    return cell[1:] if cell.startswith(MARK) and _dangerous(cell[1:]) else cell


def lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The file, a row at a time. Every cell is quoted, so that no other separator a spreadsheet knows can split one."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    mark = BYTE_ORDER_MARK
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        yield mark + buffer.getvalue()
        mark = ""
        buffer.seek(0)
        buffer.truncate()
