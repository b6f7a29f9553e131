"""The demo's page: one writes, presses and sends forms as people in Slack do."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Channel, Workspace
from inbox.contract import AgentActed, Notice
from tests.connectors.slack.conftest import SAM, outgoing


@pytest.fixture
def told(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Slack would tell us."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(standin.events, "push", lambda _kind, payload: found.append(payload) or True)
    return found


def post(standin: StandIn, what: str, **fields: str) -> None:
    answer = httpx.post(f"{standin.base}/page/{what}", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def page(standin: StandIn) -> str:
    return httpx.get(standin.base).text


def test_what_people_write_is_shown_and_told_to_us(standin: StandIn, told: list[dict[str, Any]]) -> None:
    post(standin, "say", channel="C0ACME", user="U0ANA", text="<b>Where</b> is it?")

    assert "&lt;b&gt;Where&lt;/b&gt; is it?" in page(standin)
    assert [each["event"]["text"] for each in told] == ["<b>Where</b> is it?"]


def test_one_answers_in_a_thread(standin: StandIn, told: list[dict[str, Any]], acme: Channel) -> None:
    root = standin.events.say("U0ANA", "C0ACME", "Where is it?")

    post(standin, "say", channel="C0ACME", user="U0ANA", text="Any news?", thread=root["ts"])

    assert told[-1]["event"]["thread_ts"] == root["ts"]


def test_buttons_are_pressed_by_whom_they_are_for(
    slack: SlackConnector, standin: StandIn, told: list[dict[str, Any]], acme: Channel
) -> None:
    slack.send(outgoing("Which day?", choices=("Monday", "Tuesday")))
    slack.notify(Notice(key="n", subject="s", title="Ana waits", acts=(("assign", "Take it"),)))
    shown = page(standin)
    message, notice = acme.messages[-1], standin.workspace.channels["C0TEAM"].messages[-1]

    post(standin, "press", channel="C0ACME", user="U0ANA", ts=message["ts"], number="1")
    post(standin, "press", channel="C0TEAM", user="U0SAM", ts=notice["ts"], number="0")

    assert "Tuesday</button>" in shown
    assert "Take it</button>" in shown
    assert [each["actions"][0]["action_id"] for each in told] == ["choice:1", "act:assign"]


def test_a_form_is_shown_and_sent(
    slack: SlackConnector, standin: StandIn, told: list[dict[str, Any]], workspace: Workspace
) -> None:
    workspace.triggers.add("t-1")
    asked = AgentActed(event_key="e", who=SAM, act="reply", subject="s", form_handle="t-1")
    slack.open_form(asked, title="Ana")
    assert "<h2>Answer</h2>" in page(standin)

    post(standin, "submit", number="0", text="It left.")

    [view] = [each["view"] for each in told]
    assert json.loads(view["private_metadata"])["subject"] == "s"
    assert workspace.forms == []


def test_in_the_demo_answers_in_forgotten_threads_are_taken(
    slack: SlackConnector, workspace: Workspace, acme: Channel
) -> None:
    """Its stand-in starts anew each time; its customers' threads do not."""
    workspace.forgetful = True

    slack.send(outgoing(thread_key="C0ACME/1772443800.000100"))

    assert [each["ts"] for each in acme.messages[:1]] == ["1772443800.000100"]
