"""Rule one: imports point inwards. config → agents, connectors → inbox; nobody looks back, nobody looks sideways."""

import sys

import pytest

from tests.architecture.tree import KINDS, ROOMS, Module, modules

MAY_IMPORT = {
    "inbox": {"inbox"},
    "connectors": {"inbox", "connectors"},
    "agents": {"inbox", "agents"},
    "config": set(ROOMS),
}
# Inside inbox the layers go one way too: who stands further left knows nothing of who stands further right.
LAYERS = ("contract", "models", "actions", "tasks")


def ours(module: Module) -> set[str]:
    return {name for name in module.imports() if name.partition(".")[0] in ROOMS}


def kind_in(name: str) -> str:
    """`connectors.twilio.api` → sms; empty for shared files."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "connectors" and parts[1] in KINDS else ""


def test_a_room_imports_only_what_lies_further_in() -> None:
    wrong = [
        f"{module.place} imports {name}"
        for module in modules()
        for name in ours(module)
        if name.partition(".")[0] not in MAY_IMPORT[module.room]
    ]
    assert wrong == []


def test_a_connector_knows_the_contract_and_nothing_else_of_the_inbox() -> None:
    wrong = [
        f"{module.place} imports {name}"
        for module in modules()
        if module.kind
        for name in ours(module)
        if name.startswith("inbox.") and not name.startswith("inbox.contract")
    ]
    assert wrong == []


def test_a_connector_knows_no_other_connector_and_shared_files_know_none() -> None:
    wrong = [
        f"{module.place} imports {name}"
        for module in modules()
        if module.room in {"connectors", "agents", "inbox"}
        for name in ours(module)
        if kind_in(name) not in {"", module.kind}
    ]
    assert wrong == []


def test_the_contract_needs_the_standard_library_only() -> None:
    contract = [module for module in modules() if module.place.startswith("inbox/contract/")]
    used = {name for module in contract for name in module.imports() if not name.startswith("inbox.contract")}
    assert contract
    assert {name.partition(".")[0] for name in used} <= sys.stdlib_module_names


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_of_the_inbox_knows_nothing_of_the_next(layer: str) -> None:
    further = LAYERS[LAYERS.index(layer) + 1 :]
    wrong = [
        f"{module.place} imports {name}"
        for module in modules()
        if module.place.startswith((f"inbox/{layer}/", f"inbox/{layer}.py"))
        for name in ours(module)
        if name.startswith(tuple(f"inbox.{other}" for other in further))
    ]
    assert wrong == []
