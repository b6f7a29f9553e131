"""Rule two: only inbox/actions/ writes inbox models. Rule three: nothing leaves before commit."""

import ast
from collections.abc import Iterator

from tests.architecture.tree import Module, modules

WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "aupdate", "adelete", "abulk_create", "aget_or_create", "aupdate_or_create",
}  # fmt: skip
SENDS = {"delay", "apply_async", "send_task"}
AFTER_COMMIT = {"on_commit", "delay_on_commit", "apply_async_on_commit"}

# The password of a new agent is hashed by the manager that Django's createsuperuser calls.
MANAGER = "inbox/models/staff.py"
# A task runs outside any transaction and may ring itself again.
TASKS = ("inbox/tasks.py", "connectors/tasks.py", "agents/tasks.py")


def calls(module: Module, names: set[str]) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Calls of a method with one of NAMES, and what it is called on."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node, node.func.value


def root(expression: ast.expr) -> str:
    """`Tag.objects.filter(…)` → Tag; `message.parts` → message."""
    while not isinstance(expression, ast.Name):
        if isinstance(expression, ast.Call):
            expression = expression.func
        elif isinstance(expression, ast.Attribute | ast.Subscript | ast.Await):
            expression = expression.value
        else:
            return ""
    return expression.id


def inbox_models_in(module: Module) -> set[str]:
    """Names the module imported from inbox.models."""
    return {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("inbox.models")
        for alias in node.names
    }


def holding_inbox_models(module: Module) -> set[str]:
    """Those names, and every variable or parameter whose annotation or first value mentions one."""
    known = inbox_models_in(module)
    found = set(known)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.arg) and node.annotation is not None and _mentions(node.annotation, known):
            found.add(node.arg)
        elif isinstance(node, ast.Assign) and _mentions(node.value, known):
            found |= {
                name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)
            }
        elif (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and _mentions(node.annotation, known)
        ):
            found.add(node.target.id)
        elif isinstance(node, ast.For) and _mentions(node.iter, known):
            found |= {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    return found


def _mentions(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id in names for inner in ast.walk(node))


def writes_of(module: Module) -> list[str]:
    holders = holding_inbox_models(module)
    return [
        f"{module.place}:{call.lineno} {ast.unparse(call)[:80]}"
        for call, target in calls(module, WRITES)
        if root(target) in holders
    ]


def parsed(code: str) -> Module:
    some = modules()[0]
    return Module(some.path, code, ast.parse(code))


def test_only_actions_write_inbox_models() -> None:
    outside = [m for m in modules() if not m.place.startswith("inbox/actions/") and m.place != MANAGER]
    assert [line for module in outside for line in writes_of(module)] == []


def test_the_search_for_writes_finds_them() -> None:
    head = "from inbox.models import Tag\n"
    for code in (
        "Tag.objects.create(name='x')",
        "Tag.objects.filter(pk=1).update(name='x')",
        "tag = Tag.objects.get(pk=1)\ntag.save()",
        "def rename(tag: Tag) -> None:\n    tag.save()",
        "for tag in Tag.objects.all():\n    tag.delete()",
    ):
        assert len(writes_of(parsed(head + code))) == 1, code
    assert writes_of(parsed(head + "seen = {}\nseen.update(a=1)\nTag.objects.filter(pk=1)")) == []


def test_models_have_no_save_with_effects_and_no_signals() -> None:
    wrong = [
        f"{module.place}: {function.name}"
        for module in modules()
        if module.place.startswith("inbox/models/")
        for function in module.functions()
        if function.name in {"save", "delete"}
    ]
    wrong += [
        m.place for m in modules() if m.room == "inbox" and "django.db.models.signals" in set(m.imports())
    ]
    assert wrong == []


def test_a_task_is_queued_after_commit_only() -> None:
    wrong = []
    for module in modules():
        if module.place in TASKS:
            continue
        waiting = {id(inner) for inner in _after_commit(module)}
        wrong += [
            f"{module.place}:{call.lineno} {ast.unparse(call)[:80]}"
            for call, _target in calls(module, SENDS)
            if id(call) not in waiting
        ]
    assert wrong == []


def _after_commit(module: Module) -> Iterator[ast.AST]:
    """All that stands inside on_commit(…), and inside a function that on_commit(…) calls by name."""
    inside = [node for call, _target in calls(module, AFTER_COMMIT) for node in ast.walk(call)]
    called = {node.id for node in inside if isinstance(node, ast.Name)}
    yield from inside
    for function in module.functions():
        if function.name in called:
            yield from ast.walk(function)


def test_an_action_speaks_to_no_network_template_or_request() -> None:
    forbidden = (
        "django.http",
        "django.template",
        "django.shortcuts",
        "httpx",
        "requests",
        "smtplib",
        "imaplib",
        "channels",
    )
    wrong = [
        f"{module.place} imports {name}"
        for module in modules()
        if module.place.startswith("inbox/actions/")
        for name in module.imports()
        if name.startswith(forbidden)
    ]
    assert wrong == []
