"""The one stylesheet: tokens, base, layout and every component, put together here so that a page waits for one request.

Adding a file to static/css/components/ is enough; there is no list to keep and no build step.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static" / "css"
FIRST = ("tokens.css", "base.css", "layout.css")


def text() -> str:
    """The stylesheet. Read from disk again for each call while DEBUG is on."""
    return _read() if settings.DEBUG else _kept()


def digest() -> str:
    """Sixteen hex digits that change with the text."""
    return _digest(text())


def _read() -> str:
    files = [*(FOLDER / name for name in FIRST), *sorted((FOLDER / "components").glob("*.css"))]
    return "\n".join(file.read_text() for file in files)


@cache
def _digest(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:16]


@cache
def _kept() -> str:
    return _read()
