"""The manifest asks for exactly what the connector uses."""

from __future__ import annotations

import re

import pytest

from connectors.discovery import HERE
from connectors.slack import reading, rooms
from connectors.slack.checking import SCOPES

MANIFEST = (HERE / "slack" / "manifest.yaml").read_text()


def listed(under: str) -> list[str]:
    """The items of one list of the manifest."""
    found = re.search(rf"^( *){under}:\n((?:\1  - .*\n)+)", MANIFEST, re.MULTILINE)
    assert found
    return [line.strip().removeprefix("- ") for line in found[2].splitlines()]


def test_the_permissions_are_those_the_check_asks_for() -> None:
    assert listed("bot") == sorted(SCOPES)


def test_every_event_asked_for_is_one_we_read() -> None:
    wanted = {each.partition(".")[0] for each in listed("bot_events")}

    assert wanted <= reading.READERS.keys() | rooms.READERS.keys()


@pytest.mark.parametrize("kind", ["channels", "groups", "im", "mpim"])
def test_messages_of_all_kinds_of_channels_are_asked_for(kind: str) -> None:
    assert f"message.{kind}" in listed("bot_events")


def test_token_rotation_is_off_and_buttons_are_on() -> None:
    assert "token_rotation_enabled: false" in MANIFEST
    assert "interactivity:\n    is_enabled: true" in MANIFEST
