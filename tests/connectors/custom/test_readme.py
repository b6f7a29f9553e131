"""The README's examples run as they stand: its Python signs what the channel lets in, its shell lines too, its mapping maps."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors import samples
from connectors.discovery import HERE
from inbox.contract import InboundMessage, Request
from tests.connectors.custom.conftest import SECRET, Build, request
from tests.standins.web import Web

README = (HERE / "custom" / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def python() -> dict[str, Any]:
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(block, names)  # that it runs is what is tested
    return names


def taken(web: Web, build: Build, **settings: Any) -> list[InboundMessage]:
    """What was posted, verified and read."""
    read: list[InboundMessage] = []
    for asked in web.asked:
        got = Request(body=asked.body, headers=asked.headers, received_at=datetime.now(UTC))
        channel = build(**settings)
        channel.verify(got)
        read += [event for event in channel.parse(got) if isinstance(event, InboundMessage)]
    return read


@pytest.fixture
def hook() -> Any:
    with Web.running() as web:
        web.otherwise = lambda _asked: (200, {}, b'{"stored": true}')
        yield web


def test_the_python_example_signs_what_we_let_in(hook: Web, build: Build) -> None:
    event = json.loads(blocks("json")[0])

    assert python()["post"](hook.url("/"), SECRET, "msg_1", event) == {"stored": True}

    [message] = taken(hook, build)
    assert (message.external_id, message.text) == ("post-1001", "Where is my parcel?")


def test_the_shell_example_signs_what_we_let_in(hook: Web, build: Build) -> None:
    environment = {"PATH": "/usr/bin:/bin", "SECRET": SECRET, "HOOK": hook.url("/"), "no_proxy": "*"}

    subprocess.run(["sh", "-ec", blocks("sh")[0]], env=environment, check=True, capture_output=True)

    [message] = taken(hook, build)
    assert (message.external_id, message.author.name) == ("post-1", "Ana")


def test_the_recipe_polls_reviews_once_and_the_mapping_reads_them(hook: Web, build: Build) -> None:
    [lines] = [block.splitlines() for block in blocks("text")]
    reviews = samples.find("custom", "google_reviews").inbound
    assert reviews is not None

    for _ in range(2):
        python()["poll"](hook.url("/"), SECRET, lambda: reviews["request"]["json"])

    read = taken(hook, build, mapping=lines)
    assert [message.text for message in read[:2]] == [
        "TWO stars: Nobody picked up the phone.",
        "FIVE stars:",
    ]
    assert all(message.public and message.thread_key for message in read)
    assert [event.event_key for event in read[:2]] == [event.event_key for event in read[2:]]
    assert hook.asked[0].headers["webhook-id"] == hook.asked[1].headers["webhook-id"]


@pytest.mark.parametrize("name", ["app_store_reviews", "google_play_reviews"])
def test_every_line_of_the_other_recipes_is_in_the_readme(name: str) -> None:
    for line in samples.find("custom", name).data["settings"]["mapping"]:
        if not line.startswith("subject"):
            assert f"`{line}`" in README


def test_what_we_post_reads_as_the_readme_says(build: Build) -> None:
    shown = json.loads(blocks("json")[1])

    assert {"type", "id", "to", "text", "thread_key", "in_reply_to", "files"} <= shown.keys()


def test_the_answer_tells_what_was_understood(build: Build) -> None:
    answer = build().answer(request(json.loads(blocks("json")[0])))

    assert answer is not None
    assert json.loads(answer.body)["accepted"] == [
        {"type": "InboundMessage", "event_key": "message:post-1001"}
    ]
