"""Sending to a stand-in of Slack's API: what leaves, and what each answer means (trust.md P7, F13)."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.slack.standin.workspace import Channel, Workspace
from connectors.standin.wire import Answer, Asked, Cut, Trouble
from inbox.contract import (
    Accepted,
    ChannelBroken,
    File,
    OutcomeUnknown,
    PermanentFailure,
    Status,
    TemporaryFailure,
)
from tests.connectors.slack.conftest import ANA, Build, called, outgoing


def test_an_answer_goes_into_the_thread_under_the_agents_name(
    slack: SlackConnector, standin: StandIn, acme: Channel
) -> None:
    question = standin.events.say("U0ANA", "C0ACME", "Where is it?")

    accepted = slack.send(outgoing(author_name="Sam", thread_key=f"C0ACME/{question['ts']}"))

    answer = acme.messages[-1]
    assert accepted == Accepted(external_id=f"C0ACME/{answer['ts']}", status=Status.SENT)
    assert (answer["thread_ts"], answer["username"]) == (question["ts"], "Sam")
    assert answer["text"] == "It is on its way."


def test_nothing_an_agent_writes_can_call_everybody_or_hide_a_link(
    slack: SlackConnector, acme: Channel
) -> None:
    slack.send(outgoing("<!channel> a & b <https://evil.example|shop.example>"))

    assert acme.messages[-1]["text"] == (
        "&lt;!channel&gt; a &amp; b &lt;https://evil.example|shop.example&gt;"
    )


def test_a_person_is_written_to_directly(slack: SlackConnector, workspace: Workspace) -> None:
    accepted = slack.send(outgoing(to=ANA))

    assert accepted.external_id.startswith("D0ANA/")
    assert workspace.channels["D0ANA"].messages[0]["text"] == "It is on its way."


def test_in_a_direct_thread_the_answer_stays_in_it(
    slack: SlackConnector, standin: StandIn, workspace: Workspace
) -> None:
    workspace.channel("U0ANA")
    question = standin.events.say("U0ANA", "D0ANA", "About this")

    slack.send(outgoing(to=ANA, reply_handle=question["ts"]))

    assert workspace.channels["D0ANA"].messages[-1]["thread_ts"] == question["ts"]


def test_choices_become_buttons_under_the_text(slack: SlackConnector, acme: Channel) -> None:
    slack.send(outgoing("Which day?", choices=("Monday", "Tuesday")))

    section, actions = acme.messages[-1]["blocks"]
    assert section["text"]["text"] == "Which day?"
    assert [each["text"]["text"] for each in actions["elements"]] == ["Monday", "Tuesday"]


def test_a_long_text_with_choices_is_cut_into_sections_slack_takes(
    slack: SlackConnector, acme: Channel
) -> None:
    slack.send(outgoing("x" * 4000, choices=("Yes",)))

    assert [len(each["text"]["text"]) for each in acme.messages[-1]["blocks"][:2]] == [3000, 1000]


# ---------------------------------------------------------------- files


def test_files_are_shown_under_the_text_in_the_same_thread(
    slack: SlackConnector, standin: StandIn, acme: Channel, workspace: Workspace
) -> None:
    question = standin.events.say("U0ANA", "C0ACME", "Where is it?")
    files = (File(name="a.txt", content=b"one"), File(name="b.txt", content=b"two"))

    accepted = slack.send(outgoing(files=files, thread_key=f"C0ACME/{question['ts']}"))

    text, shown = acme.messages[-2:]
    assert accepted.external_id == f"C0ACME/{text['ts']}"
    assert accepted.also == tuple(each["id"] for each in shown["files"])
    assert shown["thread_ts"] == question["ts"]
    assert [workspace.content[each] for each in accepted.also] == [b"one", b"two"]


def test_a_file_alone_is_one_message(slack: SlackConnector, acme: Channel) -> None:
    accepted = slack.send(outgoing("", files=(File(name="a.txt", content=b"one"),)))

    assert accepted.external_id == acme.messages[-1]["files"][0]["id"]


def test_a_file_for_a_person_goes_into_their_direct_channel(
    slack: SlackConnector, workspace: Workspace
) -> None:
    slack.send(outgoing("", to=ANA, files=(File(name="a.txt", content=b"one"),)))

    assert workspace.channels["D0ANA"].messages[0]["files"][0]["name"] == "a.txt"


def test_a_file_slack_does_not_take_keeps_the_text_back(
    slack: SlackConnector, standin: StandIn, acme: Channel
) -> None:
    standin.troubles.extend([Trouble(200, b'{"ok": false, "error": "file_uploads_disabled"}')])

    with pytest.raises(PermanentFailure) as refused:
        slack.send(outgoing(files=(File(name="a.txt", content=b"one"),)))

    assert refused.value.reason == "The workspace does not allow files. Send a link instead."
    assert acme.messages == []


@pytest.mark.parametrize("before", [0, 1])
def test_an_upload_that_was_cut_off_is_tried_again_since_nobody_saw_it(
    slack: SlackConnector, standin: StandIn, acme: Channel, before: int
) -> None:
    """Asking for the address, or bringing the bytes."""
    message = outgoing(files=(File(name="a.txt", content=b"one"),))
    done = standin.answer

    def cut(asked: Asked) -> Answer:
        if len(standin.asked) == before + 1:
            raise Cut
        return done(asked)

    standin.answer = cut  # type: ignore[method-assign]  # the one request that is cut is not the first

    with pytest.raises(TemporaryFailure):
        slack.send(message)
    slack.send(message)

    assert [bool(each.get("text")) for each in acme.messages] == [True, False]


def test_an_empty_file_is_refused_before_anything_leaves(slack: SlackConnector, standin: StandIn) -> None:
    with pytest.raises(PermanentFailure, match="is empty"):
        slack.send(outgoing(files=(File(name="a.txt", content=b""),)))

    assert standin.asked == []


def test_if_only_the_files_fail_the_agent_learns_that_the_text_arrived(
    slack: SlackConnector, acme: Channel
) -> None:
    original = acme.messages.append

    class Closing(list[dict[str, Any]]):
        def append(self, message: dict[str, Any]) -> None:
            """The channel is archived just after the text came."""
            original(message)
            super().append(message)
            acme.archived = True

    acme.messages = Closing()

    with pytest.raises(OutcomeUnknown) as unknown:
        slack.send(outgoing(files=(File(name="a.txt", content=b"one"),)))

    assert unknown.value.reason.startswith("The text arrived, the files did not: The channel is archived.")


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("restricted_action", "A rule of the workspace"),
        ("restricted_action_read_only_channel", "Nobody may write"),
        ("restricted_action_thread_locked", "locked"),
    ],
)
def test_a_rule_of_the_workspace_is_told_in_a_sentence(
    slack: SlackConnector, acme: Channel, code: str, words: str
) -> None:
    acme.restricted = code

    with pytest.raises(PermanentFailure, match=words) as refused:
        slack.send(outgoing())

    assert refused.value.code == code


def test_a_channel_our_app_is_not_in_says_what_to_do(slack: SlackConnector, acme: Channel) -> None:
    acme.member = False

    with pytest.raises(PermanentFailure, match="Invite it there"):
        slack.send(outgoing())


def test_an_archived_channel_and_one_that_is_gone(
    slack: SlackConnector, acme: Channel, workspace: Workspace
) -> None:
    acme.archived = True
    with pytest.raises(PermanentFailure, match="archived"):
        slack.send(outgoing())

    del workspace.channels["C0ACME"]
    with pytest.raises(PermanentFailure, match="does not see this channel"):
        slack.send(outgoing())


def test_a_thread_that_was_deleted(slack: SlackConnector) -> None:
    with pytest.raises(PermanentFailure, match="thread is not in Slack"):
        slack.send(outgoing(thread_key="C0ACME/1772443800.000100"))


def test_a_text_too_long_for_an_edit_is_never_sent(slack: SlackConnector) -> None:
    assert "carries 4000" in slack.capabilities.refuse(outgoing("x" * 4001))


def test_a_missing_permission_is_named(slack: SlackConnector, workspace: Workspace) -> None:
    workspace.scopes.remove("chat:write.customize")

    with pytest.raises(PermanentFailure, match=r"chat:write\.customize"):
        slack.send(outgoing(author_name="Sam"))


def test_a_wrong_and_a_revoked_token_stop_the_channel(build: Build, standin: StandIn) -> None:
    with pytest.raises(ChannelBroken, match="refuses our bot token"):
        build(api_url=standin.base, bot_token="xoxb-other").send(outgoing())

    standin.workspace.revoked = True
    with pytest.raises(ChannelBroken, match="was revoked"):
        build(api_url=standin.base).send(outgoing())


def test_too_many_messages_wait_as_long_as_slack_says(slack: SlackConnector, standin: StandIn) -> None:
    standin.troubles.append(
        Trouble(429, b'{"ok": false, "error": "ratelimited"}', headers={"Retry-After": "30"})
    )

    with pytest.raises(TemporaryFailure) as busy:
        slack.send(outgoing())

    assert (busy.value.retry_after, busy.value.whole_channel) == (timedelta(seconds=30), True)


def test_slack_being_away_is_tried_again(slack: SlackConnector, standin: StandIn, build: Build) -> None:
    standin.troubles.append(Trouble(503, b"upstream"))
    with pytest.raises(TemporaryFailure):
        slack.send(outgoing())

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = build(api_url=f"http://127.0.0.1:{port}")
    with pytest.raises(PermanentFailure, match="private network"):
        nobody.send(outgoing())


@pytest.mark.parametrize("trouble", [Trouble(500, b"oops"), Trouble(502, b""), Trouble(200, b"<html>")])
def test_a_fault_of_slacks_is_never_sent_again_blindly(
    slack: SlackConnector, standin: StandIn, trouble: Trouble
) -> None:
    standin.troubles.append(trouble)

    with pytest.raises(OutcomeUnknown):
        slack.send(outgoing())


def test_what_slack_took_although_its_answer_got_lost_is_found_again(
    slack: SlackConnector, standin: StandIn, acme: Channel
) -> None:
    """By the key in its metadata: in the channel, and in a thread."""
    standin.troubles.append(Trouble(cut=True, after=True))
    accepted = slack.send(outgoing())
    assert accepted.external_id == f"C0ACME/{acme.messages[-1]['ts']}"

    standin.troubles.append(Trouble(cut=True, after=True))
    thread = slack.send(outgoing(key="d-2", thread_key=accepted.external_id))

    assert thread.external_id == f"C0ACME/{acme.messages[-1]['ts']}"
    assert len(acme.messages) == 2


def test_what_slack_did_not_take_stays_unknown(
    slack: SlackConnector, standin: StandIn, acme: Channel
) -> None:
    standin.troubles.append(Trouble(cut=True))

    with pytest.raises(OutcomeUnknown, match="ended before it answered"):
        slack.send(outgoing())

    assert called(standin) == ["chat.postMessage", "conversations.history"]
    assert acme.messages == []


def test_the_same_message_twice_is_posted_once(slack: SlackConnector, acme: Channel) -> None:
    """client_msg_id comes from the delivery's key."""
    first, second = slack.send(outgoing()), slack.send(outgoing())

    assert first == second
    assert len(acme.messages) == 1
