"""A QR code as the widget draws it: a path of lines, so that nothing but our own text travels and no picture is fetched."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import segno


def drawing(text: str) -> dict[str, Any]:
    """{size, path}: the modules of each row as strokes of width 1, quiet zone (ISO/IEC 18004: 4 modules) included."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    path = "".join(_row(y, row) for y, row in enumerate(rows))
    return {"size": len(rows), "path": path}


def _row(y: int, modules: list[int]) -> str:
    strokes, x = "", 0
    for dark, run in groupby(modules):
        length = len(list(run))
        strokes += f"M{x} {y}.5h{length}" if dark else ""
        x += length
    return strokes
