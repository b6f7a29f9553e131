"""Sizes that keep a file readable in one sitting. They come from the best third of comparable projects."""

import ast
import re
import statistics
import subprocess

import pytest

from config.paths import CHECKOUT
from tests.architecture.tree import Module, modules

LINES_OF_A_FILE, HARD_LIMIT, MEDIAN_OF_FILES = 250, 300, 80
LINES_OF_A_FUNCTION, NINE_IN_TEN_FUNCTIONS = 50, 25
POSITIONAL_PARAMETERS = 5
LONG_FOR_A_REASON = {
    "config/demo/story.py": "the script of the demo: what people say, not what code does",
}
VAGUE = {"utils", "util", "helpers", "helper", "services", "common", "misc", "lib"}


def weight(module: Module) -> int:
    """Lines with something on them."""
    return sum(bool(line.strip()) for line in module.text.splitlines())


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without decorators and docstring, as a reader counts."""
    first = function.body[0]
    described = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(function.body) > 1
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if described else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


def test_a_file_fits_into_one_sitting() -> None:
    long = {m.place: weight(m) for m in modules() if weight(m) > LINES_OF_A_FILE}
    unexcused = {place: lines for place, lines in long.items() if place not in LONG_FOR_A_REASON}
    assert {place: lines for place, lines in unexcused.items() if lines > HARD_LIMIT} == {}
    # The limit is soft: one file in fifty may be a little longer.
    assert len(unexcused) <= len(modules()) / 50, unexcused
    assert LONG_FOR_A_REASON.keys() - long.keys() == set()


def test_most_files_are_short() -> None:
    assert statistics.median(weight(module) for module in modules() if module.text.strip()) <= MEDIAN_OF_FILES


def test_a_function_fits_on_a_screen() -> None:
    long = {
        f"{module.place}:{function.lineno} {function.name}": lines_of(function)
        for module in modules()
        for function in module.functions()
        if lines_of(function) > LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_nine_in_ten_functions_are_short() -> None:
    sizes = sorted(lines_of(function) for module in modules() for function in module.functions())
    assert sizes[len(sizes) * 9 // 10] <= NINE_IN_TEN_FUNCTIONS


def test_a_function_takes_few_positional_parameters() -> None:
    many = [
        f"{module.place}:{function.lineno} {function.name}"
        for module in modules()
        for function in module.functions()
        if positional(function) > POSITIONAL_PARAMETERS
    ]
    assert many == []


def test_a_file_says_what_lives_in_it() -> None:
    silent = [m.place for m in modules() if m.text.strip() and not ast.get_docstring(m.tree)]
    assert silent == []


def test_no_file_has_a_name_that_means_everything() -> None:
    assert [
        module.place for module in modules() if module.path.stem in VAGUE or module.path.parent.name in VAGUE
    ] == []


def test_no_error_is_swallowed() -> None:
    assert [line for module in modules() for line in swallowed(module)] == []


def swallowed(module: Module) -> list[str]:
    """`except …: pass` of everything; of one named error it may be what is meant."""
    return [
        f"{module.place}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body)
    ]


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Every file of the repository that is text, as git knows them or would add them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    found = {}
    for name in listed:
        path = CHECKOUT / name
        if path.is_file():
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                found[name] = content.decode(errors="replace")
    return found


def test_no_registry_is_named_in_a_lock_file(files: dict[str, str]) -> None:
    address = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|file:/")
    locks = {name: text for name, text in files.items() if name.startswith("requirements")}
    assert len(locks) >= 5
    assert [name for name, text in locks.items() if address.search(text)] == []


def test_every_package_is_locked_with_hashes(files: dict[str, str]) -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        pins = re.split(r"\n(?=\S)", files[name].strip())
        packages = [pin for pin in pins if not pin.lstrip().startswith("#")]
        assert [pin.split()[0] for pin in packages if "--hash=sha256:" not in pin] == []


def test_nobody_elses_code_lies_in_the_repository(files: dict[str, str]) -> None:
    assert [
        name for name in files if re.search(r"\.min\.(js|css)$|(^|/)(vendor|node_modules|third_party)/", name)
    ] == []


def test_a_page_asks_no_other_host_for_anything(files: dict[str, str]) -> None:
    loading = re.compile(
        r"""(?:src|href)\s*=\s*["'](?:https?:)?//|@import\s+url|from\s+["']https?:|url\(\s*["']?https?:"""
    )
    pages = {
        name: text
        for name, text in files.items()
        if name.endswith((".html", ".css", ".js")) and "tests/" not in name
    }
    links = re.compile(r"""<a\s[^>]*href\s*=\s*["']https?://[^"']*["']""")
    assert [name for name, text in pages.items() if loading.search(links.sub("", text))] == []


def test_no_thought_is_left_unfinished(files: dict[str, str]) -> None:
    words = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
    code = {name: text for name, text in files.items() if name.endswith((".py", ".js", ".css", ".html"))}
    assert [name for name, text in code.items() if words.search(text)] == []


def test_no_test_is_skipped_or_expected_to_fail(files: dict[str, str]) -> None:
    skipping = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
    tests = {
        n: t
        for n, t in files.items()
        if n.startswith("tests/") and n.endswith(".py") and "architecture" not in n
    }
    assert [name for name, text in tests.items() if skipping.search(text)] == []
