"""What an agent does to a message that is there."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Channel, Workspace
from inbox.contract import File, Gesture, GestureKind, PermanentFailure
from tests.connectors.slack.conftest import ACME, outgoing


def gesture(kind: GestureKind, external_id: str, **more: Any) -> Gesture:
    return Gesture(kind=kind, to=ACME, external_id=external_id, **more)


def test_an_edit_changes_our_message(slack: SlackConnector, acme: Channel) -> None:
    sent = slack.send(outgoing())

    slack.perform(gesture(GestureKind.EDIT, sent.external_id, text="It *left* <today>."))

    assert acme.messages[-1]["text"] == "It *left* &lt;today&gt;."


def test_what_others_wrote_cannot_be_changed(slack: SlackConnector, standin: StandIn) -> None:
    theirs = standin.events.say("U0ANA", "C0ACME", "Where is it?")

    with pytest.raises(PermanentFailure, match="does not let our app change"):
        slack.perform(gesture(GestureKind.EDIT, f"C0ACME/{theirs['ts']}", text="x"))


def test_taking_back_takes_text_and_files_away_and_twice_is_once(
    slack: SlackConnector, acme: Channel, workspace: Workspace
) -> None:
    sent = slack.send(outgoing(files=(File(name="a.txt", content=b"one"),)))
    back = gesture(GestureKind.DELETE, sent.external_id, also=sent.also)

    slack.perform(back)
    slack.perform(back)

    assert acme.messages == []
    assert workspace.files == {}


def test_a_reaction_is_put_on_once_and_taken_away(slack: SlackConnector, standin: StandIn) -> None:
    theirs = standin.events.say("U0ANA", "C0ACME", "Thank you!")
    external_id = f"C0ACME/{theirs['ts']}"

    slack.perform(gesture(GestureKind.REACT, external_id, emoji="🎉"))
    slack.perform(gesture(GestureKind.REACT, external_id, emoji="🎉"))
    assert theirs["reactions"] == {"tada": ["U0BOT"]}

    slack.perform(gesture(GestureKind.REACT, external_id))
    slack.perform(gesture(GestureKind.REACT, external_id))
    assert theirs["reactions"] == {"tada": []}


def test_an_emoji_slack_does_not_have_is_said(slack: SlackConnector, standin: StandIn) -> None:
    theirs = standin.events.say("U0ANA", "C0ACME", "Thank you!")

    with pytest.raises(PermanentFailure, match="no such emoji"):
        slack.perform(gesture(GestureKind.REACT, f"C0ACME/{theirs['ts']}", emoji="hello"))


def test_a_file_without_text_can_only_be_deleted(slack: SlackConnector, workspace: Workspace) -> None:
    sent = slack.send(outgoing("", files=(File(name="a.txt", content=b"one"),)))

    with pytest.raises(PermanentFailure, match="only be deleted"):
        slack.perform(gesture(GestureKind.REACT, sent.external_id, emoji="🎉"))
    slack.perform(gesture(GestureKind.DELETE, sent.external_id))

    assert workspace.files == {}


def test_there_is_nothing_to_hide(slack: SlackConnector) -> None:
    with pytest.raises(PermanentFailure):
        slack.perform(gesture(GestureKind.HIDE, "C0ACME/1772443800.000100"))
