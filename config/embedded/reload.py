"""Notices changed code, for `make dev`."""

from pathlib import Path

FOLDERS = ("config", "inbox", "connectors", "agents")


class Watch:
    """`changed()` is true once after each change of a Python file of ours."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.last = self._state()

    def changed(self) -> bool:
        before, self.last = self.last, self._state()
        return before != self.last

    def _state(self) -> dict[Path, int]:
        files = (file for folder in FOLDERS for file in (self.checkout / folder).rglob("*.py"))
        return {file: file.stat().st_mtime_ns for file in files if file.exists()}
