"""The schema is whole, the page that shows it needs nobody else, and what docs/api.md says is true."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from agents.api.scopes import Scope
from config.paths import CHECKOUT
from inbox.models import Conversation, Customer, Identity
from tests.api.conftest import Api

GUIDE = CHECKOUT / "docs" / "api.md"
CALL = re.compile(r"```sh\n(curl .*?)\n```\n(?:```json\n(.*?)\n```)?", re.DOTALL)
pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_nothing_in_it_was_guessed(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    return dict(client.get("/api/schema/?format=json").json())


def test_the_schema_tells_of_tokens_scopes_keys_and_problems(schema: dict[str, Any]) -> None:
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            assert operation["security"] == [{"token": []}]
            assert "Scopes: " in operation["description"]
            assert {"401", "403", "422", "429"} <= operation["responses"].keys()
            keys = [each["name"] for each in operation.get("parameters", []) if each["in"] == "header"]
            assert keys == (["Idempotency-Key"] if method == "post" else [])


def test_the_page_runs_nothing_inline_and_asks_nobody_else(client: Client) -> None:
    answer = client.get("/api/docs/")
    page = answer.content.decode()

    assert "'unsafe" not in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=|style=|<style", page) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", page) == []
    assert "swagger-ui-bundle" in page


# ---------------------------------------------------------------- the guide


def calls() -> list[tuple[str, str, str, Any, Any]]:
    """Each curl of the guide: as it stands, method, path, body, and the answer that is promised."""
    found = []
    for command, promised in CALL.findall(GUIDE.read_text()):
        words = shlex.split(command.replace("\\\n", " "))
        options = dict(itertools.pairwise(words))
        body = options.get("-d") or options.get("--data")
        url = next(word for word in words if word.startswith("$ONETHREAD"))
        headers = [words[place + 1] for place, word in enumerate(words) if word == "-H"]
        assert "Authorization: Bearer $TOKEN" in headers, command
        method = options.get("-X") or ("POST" if body else "GET")
        found.append((command, method, url.removeprefix("$ONETHREAD/api/v1/"), body, promised))
    return found


def same(promised: Any, told: Any) -> bool:
    """Whether all that is promised was told; "…" stands for anything, and for more in a list."""
    if promised == "…":
        return True
    if isinstance(promised, dict):
        return isinstance(told, dict) and all(
            name in told and same(promised[name], told[name]) for name in promised
        )
    if isinstance(promised, list):
        shown = [each for each in promised if each != "…"]
        return isinstance(told, list) and all(map(same, shown, told)) and len(told) >= len(shown)
    return bool(promised == told)


def test_every_example_of_the_guide_works_in_the_order_it_is_told(
    api: Api, ana: Customer, ana_mail: Identity, matter: Conversation
) -> None:
    ids = {"$CUSTOMER": ana.pk, "$CONVERSATION": matter.pk}
    listed = calls()
    assert len(listed) >= 8
    for command, method, path, body, promised in listed:
        for name, value in ids.items():
            path = path.replace(name, str(value))  # noqa: PLW2901  # the reader's shell does the same
        answer = api.ask(method, path, json.loads(body) if body else None)

        assert answer.status in (200, 201), (command, answer.body)
        if promised:
            assert same(json.loads(promised), answer.body), (command, answer.body)


def test_the_guide_names_every_scope_and_every_limit() -> None:
    text = GUIDE.read_text()

    assert [scope for scope in Scope if f"`{scope}`" not in text] == []
    for promise in ("600 requests a minute", "2 MB", "500", "24 hours"):
        assert promise in text
