"""The product's own Python files, parsed once. What the rules look at; no rule is here."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.paths import CHECKOUT
from connectors.discovery import kinds

ROOMS = ("inbox", "connectors", "agents", "config")
KINDS = frozenset(kinds())


@dataclass(frozen=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path inside the checkout, `inbox/actions/reply.py`."""
        return self.path.relative_to(CHECKOUT).as_posix()

    @property
    def room(self) -> str:
        return self.place.partition("/")[0]

    @property
    def kind(self) -> str:
        """The connector's folder it lies in; empty for shared files."""
        parts = self.place.split("/")
        return parts[1] if parts[0] == "connectors" and len(parts) > 2 and parts[1] in KINDS else ""

    def imports(self) -> Iterator[str]:
        """Full names: `inbox.models`, and for `from inbox import live` also `inbox.live`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.place.removesuffix(".py").split("/")[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def modules() -> tuple[Module, ...]:
    """Everything but migrations, which Django writes."""
    return tuple(_all())


def _all() -> Iterator[Module]:
    for room in ROOMS:
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text()
                yield Module(path, text, ast.parse(text, str(path)))
