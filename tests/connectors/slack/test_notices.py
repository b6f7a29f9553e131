"""Slack as a place where colleagues work: notices, buttons, forms, notes, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Workspace
from inbox.contract import (
    AgentActed,
    Ignored,
    InboundEvent,
    InboundMessage,
    Notice,
    PermanentFailure,
    TemporaryFailure,
)
from tests.connectors.slack.conftest import ANA, SAM, Build, outgoing

ACTS = (("assign", "Take it"), ("resolve", "Resolve"), ("reply", "Answer…"), ("note", "Note…"))


def notice(**more: Any) -> Notice:
    fields = {"key": "n-1", "subject": "conversation-1", "title": "Ana waits <2 h>", "text": "Where is it?"}
    return Notice(**{**fields, "url": "https://inbox.example/t/1", "acts": ACTS, **more})


@pytest.fixture
def heard(standin: StandIn, slack: SlackConnector, monkeypatch: pytest.MonkeyPatch) -> list[InboundEvent]:
    """What the connector reads of all that happens in Slack."""
    found: list[InboundEvent] = []

    def push(kind: str, payload: dict[str, Any]) -> bool:
        from tests.connectors.slack.conftest import events

        found.extend(events(slack, payload))
        return True

    monkeypatch.setattr(standin.events, "push", push)
    return found


def press(standin: StandIn, name: str, *, user: str = "U0SAM", channel: str = "C0TEAM") -> None:
    message = standin.workspace.channels[channel].messages[-1]
    [button] = [
        each for block in message["blocks"] for each in block.get("elements", []) if each["action_id"] == name
    ]
    standin.events.press(user, channel, message, button)


def test_a_notice_stands_in_the_teams_channel_with_its_buttons_and_a_link(
    slack: SlackConnector, workspace: Workspace
) -> None:
    slack.notify(notice())

    [message] = workspace.channels["C0TEAM"].messages
    section, actions = message["blocks"]
    assert section["text"]["text"] == "*Ana waits &lt;2 h&gt;*\nWhere is it?"
    assert [each["text"]["text"] for each in actions["elements"]] == [
        "Take it",
        "Resolve",
        "Answer…",
        "Note…",
        "Open",
    ]
    assert actions["elements"][-1]["url"] == "https://inbox.example/t/1"


def test_the_same_notice_twice_stands_there_once(slack: SlackConnector, workspace: Workspace) -> None:
    slack.notify(notice())
    slack.notify(notice())

    assert len(workspace.channels["C0TEAM"].messages) == 1


def test_a_notice_for_one_colleague_goes_to_them_alone(slack: SlackConnector, workspace: Workspace) -> None:
    slack.notify(notice(email="sam@shop.example"))

    assert workspace.channels["C0TEAM"].messages == []
    assert len(workspace.channels["D0SAM"].messages) == 1


def test_a_colleague_slack_does_not_know_is_said(slack: SlackConnector) -> None:
    with pytest.raises(PermanentFailure, match="Nobody in Slack has this mail address"):
        slack.notify(notice(email="kim@shop.example"))


def test_without_a_channel_for_notices_nobody_is_told(build: Build, standin: StandIn) -> None:
    with pytest.raises(PermanentFailure, match="Nobody is told"):
        build(api_url=standin.base, notice_channel="").notify(notice())


def test_a_pressed_button_says_who_and_what_about(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent]
) -> None:
    slack.notify(notice())

    press(standin, "act:assign")

    [acted] = heard
    assert isinstance(acted, AgentActed)
    assert (acted.who.value, acted.act, acted.subject) == (SAM.value, "assign", "conversation-1")
    assert acted.form_handle == ""


def test_how_it_went_is_told_to_whoever_pressed_and_to_nobody_else(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent]
) -> None:
    slack.notify(notice())
    press(standin, "act:assign")
    [acted] = heard
    assert isinstance(acted, AgentActed)

    slack.tell(acted.answer_url, "It is <yours> now.")

    [[told]] = standin.told.values()
    assert told == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "It is &lt;yours&gt; now.",
    }


def test_a_used_up_answer_url_is_said(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent]
) -> None:
    slack.notify(notice())
    press(standin, "act:assign")
    [acted] = heard
    assert isinstance(acted, AgentActed)

    for _ in range(5):
        slack.tell(acted.answer_url, "once more")
    with pytest.raises(PermanentFailure, match="used_url"):
        slack.tell(acted.answer_url, "too often")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com.evil.example/actions/1",
        "http://hooks.slack.com/actions/1",
        "https://files.slack.com/actions/1",
        "https://evil.example/hooks.slack.com",
        "file:///etc/passwd",
        "https://user@hooks.slack.com/actions",
        "http://169.254.169.254/latest",
    ],
)
def test_nothing_is_told_to_any_other_address(build: Build, url: str) -> None:
    with pytest.raises(PermanentFailure):
        build().tell(url, "hello")


def test_answering_opens_a_form_and_what_is_written_there_is_an_explicit_answer(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent], workspace: Workspace
) -> None:
    slack.notify(notice())
    press(standin, "act:reply")
    asked = heard.pop()
    assert isinstance(asked, AgentActed)
    assert asked.form_handle

    slack.open_form(asked, title="Ana Example", text="Where is it?")
    [form] = workspace.forms
    standin.events.submit("U0SAM", form, "It is on its way, Ana.")

    assert form["blocks"][0]["text"]["text"] == "*Ana Example*\nWhere is it?"
    [answer] = heard
    assert isinstance(answer, AgentActed)
    assert (answer.act, answer.subject, answer.text) == ("reply", "conversation-1", "It is on its way, Ana.")
    assert answer.answer_url == asked.answer_url
    assert answer.who.value == SAM.value


def test_a_form_that_comes_too_late_says_press_again(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent], workspace: Workspace
) -> None:
    slack.notify(notice())
    press(standin, "act:note")
    [asked] = heard
    assert isinstance(asked, AgentActed)
    workspace.triggers.clear()

    with pytest.raises(PermanentFailure, match="Press the button again"):
        slack.open_form(asked, title="Ana Example")


def test_a_plain_answer_under_a_notice_is_a_note_about_what_the_notice_was_about(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent], workspace: Workspace
) -> None:
    slack.notify(notice())
    root = workspace.channels["C0TEAM"].messages[0]

    standin.events.say("U0SAM", "C0TEAM", "She called, too.", thread_ts=root["ts"], parent_user_id="U0BOT")

    [note] = heard
    assert isinstance(note, AgentActed)
    assert (note.act, note.text, note.subject) == ("note", "She called, too.", "")
    assert slack.subject_of(note.notice) == "conversation-1"


def test_whoever_wrote_such_a_note_can_be_told_how_it_went(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent], workspace: Workspace
) -> None:
    slack.notify(notice())
    root = workspace.channels["C0TEAM"].messages[0]
    standin.events.say("U0SAM", "C0TEAM", "Hm.", thread_ts=root["ts"], parent_user_id="U0BOT")
    [note] = heard
    assert isinstance(note, AgentActed)

    slack.tell(note.answer_url, "You have no account here.")

    [whisper] = workspace.whispers
    assert (whisper["user"], whisper["thread_ts"], whisper["channel"]) == ("U0SAM", root["ts"], "C0TEAM")


def test_an_answer_under_something_else_our_app_posted_is_about_nothing(
    slack: SlackConnector, standin: StandIn
) -> None:
    sent = slack.send(outgoing())
    gone = "C0TEAM/1772443800.000100"

    assert slack.subject_of(sent.external_id) == ""
    assert slack.subject_of(gone) == ""


def test_answers_in_the_notices_channel_never_reach_a_customers_thread(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent]
) -> None:
    """Neither talk beside the notices nor under what somebody else wrote."""
    first = standin.events.say("U0SAM", "C0TEAM", "Lunch?")
    standin.events.say("U0SAM", "C0TEAM", "Yes", thread_ts=first["ts"], parent_user_id="U0SAM")
    standin.events.say("U0ANA", "C0TEAM", "Hello", thread_ts=first["ts"], parent_user_id="U0BOT")

    assert [type(each) for each in heard] == [Ignored, Ignored, Ignored]
    assert not [each for each in heard if isinstance(each, InboundMessage)]


def test_a_stranger_in_the_notices_channel_can_press_nothing(
    slack: SlackConnector, standin: StandIn, heard: list[InboundEvent]
) -> None:
    slack.notify(notice())

    press(standin, "act:resolve", user="U0ANA")

    [ignored] = heard
    assert isinstance(ignored, Ignored)
    assert "another company" in ignored.reason


# ---------------------------------------------------------------- who


def test_a_colleague_is_known_by_the_address_slack_has_confirmed(slack: SlackConnector) -> None:
    assert slack.email_of(SAM) == "sam@shop.example"


def test_another_companys_people_have_no_address_here_whatever_their_admin_wrote(
    slack: SlackConnector, workspace: Workspace
) -> None:
    """They could give theirs the address of one of our agents."""
    workspace.people["U0ANA"].email = "sam@shop.example"

    assert slack.email_of(ANA) == ""
    # Nor by claiming to be of our workspace: Slack says whose they are.
    assert slack.email_of(type(ANA)(space="slack", value="T0SHOP/U0ANA")) == ""


@pytest.mark.parametrize(
    "more", [{"deleted": True}, {"is_bot": True}, {"is_email_confirmed": False}, {"is_stranger": True}]
)
def test_who_is_gone_a_machine_or_unconfirmed_has_no_address(
    slack: SlackConnector, workspace: Workspace, more: dict[str, bool]
) -> None:
    workspace.people["U0SAM"].more = more

    assert slack.email_of(SAM) == ""


def test_without_a_workspace_id_in_the_settings_slack_is_asked(build: Build, standin: StandIn) -> None:
    assert build(api_url=standin.base, team_id="").email_of(SAM) == "sam@shop.example"


def test_names_of_people_and_channels(slack: SlackConnector) -> None:
    room = type(SAM)(space="slack", value="T0SHOP/C0ACME")

    assert slack.name_of(ANA) == "Ana Example"
    assert slack.name_of(room) == "#acme"
    assert slack.name_of(type(SAM)(space="slack", value="T0SHOP/B0THEIRS")) == ""


def test_slack_being_away_is_no_reason_to_take_a_colleague_for_nobody(
    slack: SlackConnector, standin: StandIn
) -> None:
    from connectors.standin.wire import Trouble

    standin.troubles.append(Trouble(503, b""))

    with pytest.raises(TemporaryFailure):
        slack.email_of(SAM)
