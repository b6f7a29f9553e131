"""Rule four: nobody outside a connector's folder names its kind. Rule five: every oddity is a recorded sample."""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from config.paths import CHECKOUT
from tests.architecture.tree import KINDS, Module, modules

# A word of its own besides being a kind: an address space, a field of a form. There only a decision by it counts.
WORDS = {"email", "line", "whatsapp"}
FOLDER = CHECKOUT / "connectors"


def named_kinds(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        for literal in (
            _decisive(node) if isinstance(node, ast.Compare | ast.keyword | ast.match_case) else ()
        ):
            yield f"{module.place}:{literal.lineno} decides by {literal.value!r}"
        if isinstance(node, ast.Constant) and node.value in KINDS - WORDS - {module.kind}:
            yield f"{module.place}:{node.lineno} names {node.value!r}"


def _decisive(node: ast.Compare | ast.keyword | ast.match_case) -> Iterator[ast.Constant]:
    """Literals in `kind == …`, `… in (…)`, `match`, and in `kind=…` and `channel__kind=…` of a call."""
    if isinstance(node, ast.keyword) and not (node.arg or "").endswith("kind"):
        return
    if isinstance(node, ast.Compare) and "kind" not in ast.unparse(node.left):
        return
    inner = ast.walk(node.pattern) if isinstance(node, ast.match_case) else ast.walk(node)
    yield from (n for n in inner if isinstance(n, ast.Constant) and n.value in KINDS)


def test_no_python_file_names_the_kind_of_another() -> None:
    wrong = [line for module in modules() if not module.kind for line in named_kinds(module)]
    wrong += [
        line
        for module in modules()
        if module.kind
        for line in named_kinds(module)
        if repr(module.kind) not in line
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["templates", "static", "agents/static"])
def test_no_template_and_no_script_names_a_kind(folder: str) -> None:
    names = "|".join(sorted(KINDS - WORDS))
    naming = re.compile(rf"""["'](?:{names})["']|kind\s*[=!]==?\s*["'](?:{"|".join(sorted(KINDS))})["']""")
    files = [f for f in (CHECKOUT / folder).rglob("*") if f.suffix in {".html", ".js", ".css", ".txt"}]
    wrong = [
        f"{file.relative_to(CHECKOUT)}:{number} {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if naming.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_connectors_folder_is_complete(kind: str) -> None:
    assert (FOLDER / kind / "README.md").is_file()
    assert (FOLDER / kind / "static" / kind / "icon.svg").is_file()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_connector_has_samples_in_both_directions(kind: str) -> None:
    samples = [json.loads(file.read_text()) for file in (FOLDER / kind / "samples").rglob("*.json")]
    assert {key for sample in samples for key in sample} >= {"inbound", "outbound"}
