"""Through the whole house: a shared channel's threads, answers into them, and colleagues who act from Slack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.utils import timezone

from connectors import inbound, reader
from connectors.slack.standin.server import StandIn
from inbox import noticing, registry, sending
from inbox.actions import reply
from inbox.actions.composing import Composition
from inbox.contract import Request
from inbox.models import Agent, Channel, ColleagueAct, Conversation, Message
from tests import factories
from tests.connectors.slack.conftest import SECRET, TOKEN
from tests.standins.web import Web

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook() -> Iterator[Web]:
    """Keeps what Slack posts; `take` lets the house read it."""
    with Web.running() as web:
        yield web


@pytest.fixture
def channel(standin: StandIn, hook: Web, settings: Any) -> Channel:
    settings.PUBLIC_URL = hook.url("").rstrip("/")
    made = factories.channel(
        "slack",
        settings={
            "bot_token": TOKEN,
            "signing_secret": SECRET,
            "team_id": "T0SHOP",
            "companies": ["C0ACME = Acme Ltd"],
            "notice_channel": "C0TEAM",
            "api_url": standin.base,
        },
    )
    standin.events.hook_url = registry.hook_url(made.public_id)
    return made


@pytest.fixture
def sam() -> Agent:
    return factories.agent("Sam Reed")


def take(hook: Web, channel: Channel) -> None:
    """What has been posted is verified, stored and read, in the order it came."""
    connector = registry.connector_for(channel)
    for asked in hook.asked:
        now = datetime.now(UTC)
        request = Request(body=asked.body, headers=asked.headers, url=hook.url(asked.path), received_at=now)
        connector.verify(request)
        inbound.store(channel, request)
    hook.asked.clear()
    reader.drain()


def answer(sam: Agent, message: Message, channel: Channel, text: str) -> Message:
    """Sam answers in the inbox, and the engine runs once the undo delay is over."""
    assert message.identity is not None
    composition = Composition(channel=channel, identity=message.identity, text=text)
    written = reply.reply(
        agent=sam, conversation_id=message.conversation_id, composition=composition, client_key=text
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        sending.send_due()
    written.refresh_from_db()
    return written


def test_each_thread_of_a_shared_channel_is_a_conversation_and_is_answered_in_it(
    standin: StandIn, hook: Web, channel: Channel, sam: Agent
) -> None:
    # Given two questions in one channel, one of them with a second message
    first = standin.events.say("U0ANA", "C0ACME", "Where is my order?")
    second = standin.events.say("U0ANA", "C0ACME", "Can I pay by card?")
    standin.events.say("U0ANA", "C0ACME", "Order 7, I mean", thread_ts=first["ts"])
    take(hook, channel)
    by_text = {each.text: each for each in Message.objects.filter(channel=channel)}

    # When sam answers the second
    written = answer(sam, by_text["Can I pay by card?"], channel, "Yes, you can.")

    # Then there are two matters of one room, and the answer stands in its thread under sam's name
    assert by_text["Order 7, I mean"].conversation_id == by_text["Where is my order?"].conversation_id
    assert Conversation.objects.count() == 2
    assert len({each.customer_id for each in by_text.values()}) == 1
    posted = standin.workspace.channels["C0ACME"].messages[-1]
    assert (posted["thread_ts"], posted["text"], posted["username"]) == (
        second["ts"],
        "Yes, you can.",
        "Sam Reed",
    )
    assert written.external_id == f"C0ACME/{posted['ts']}"


def test_what_a_colleague_writes_in_slack_stands_in_the_thread_as_our_answer(
    standin: StandIn, hook: Web, channel: Channel
) -> None:
    question = standin.events.say("U0ANA", "C0ACME", "Where is my order?")
    standin.events.say("U0SAM", "C0ACME", "It left today.", thread_ts=question["ts"])

    take(hook, channel)

    theirs, ours = Message.objects.filter(channel=channel).order_by("occurred_at")
    assert (theirs.direction, ours.direction) == ("inbound", "outbound")
    assert ours.conversation_id == theirs.conversation_id


def test_a_direct_message_is_answered_to_the_person(
    standin: StandIn, hook: Web, channel: Channel, sam: Agent
) -> None:
    standin.workspace.channel("U0ANA")
    standin.events.say("U0ANA", "D0ANA", "Are you there?")
    take(hook, channel)
    [question] = Message.objects.filter(channel=channel)

    answer(sam, question, channel, "Yes.")

    assert standin.workspace.channels["D0ANA"].messages[-1]["text"] == "Yes."


# ---------------------------------------------------------------- colleagues


def notice(standin: StandIn) -> dict[str, Any]:
    return standin.workspace.channels["C0TEAM"].messages[-1]


def press(standin: StandIn, name: str, user: str = "U0SAM") -> None:
    buttons = [each for block in notice(standin)["blocks"] for each in block.get("elements", [])]
    button = next(each for each in buttons if each["action_id"] == name)
    standin.events.press(user, "C0TEAM", notice(standin), button)


def carry_out() -> None:
    for pk in ColleagueAct.objects.filter(done_at=None).values_list("pk", flat=True):
        noticing.carry_out(pk)


@pytest.fixture
def waiting(standin: StandIn, hook: Web, channel: Channel) -> Message:
    """Ana waits, and the team has been told in Slack."""
    standin.events.say("U0ANA", "C0ACME", "Where is my order?")
    take(hook, channel)
    message = Message.objects.get(channel=channel)
    noticing.notify_team([message.pk])
    assert notice(standin)["text"].endswith("Where is my order?")
    return message


def test_a_colleague_takes_a_matter_from_slack(
    standin: StandIn, hook: Web, channel: Channel, sam: Agent, waiting: Message
) -> None:
    press(standin, "act:assign")
    take(hook, channel)
    carry_out()

    assert Conversation.objects.get().assignee == sam
    assert [line["text"] for [line] in standin.told.values()] == ["It is yours now."]


def test_who_has_no_account_is_told_so_and_nothing_happens(
    standin: StandIn, hook: Web, channel: Channel, waiting: Message
) -> None:
    press(standin, "act:resolve")
    take(hook, channel)
    carry_out()

    assert Conversation.objects.get().status == "open"
    assert [line["text"].partition(".")[0] for [line] in standin.told.values()] == [
        "You have no account here with your mail address"
    ]


def test_an_answer_from_slack_reaches_the_customer_only_by_the_form(
    standin: StandIn, hook: Web, channel: Channel, sam: Agent, waiting: Message
) -> None:
    # When sam writes under the notice, then presses “Answer…” and writes into the form
    standin.events.say(
        "U0SAM", "C0TEAM", "She called, too.", thread_ts=notice(standin)["ts"], parent_user_id="U0BOT"
    )
    take(hook, channel)
    carry_out()
    standin.workspace.channels["C0TEAM"].messages.pop()
    press(standin, "act:reply")
    take(hook, channel)
    carry_out()
    [form] = standin.workspace.forms
    standin.events.submit("U0SAM", form, "It is on its way, Ana.")
    take(hook, channel)
    carry_out()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        sending.send_due()

    # Then the first is a note, and the second the only thing ana sees
    assert list(Message.objects.filter(direction="note").values_list("text", flat=True)) == [
        "She called, too."
    ]
    shown = standin.workspace.channels["C0ACME"].messages
    assert [each["text"] for each in shown] == ["Where is my order?", "It is on its way, Ana."]
    assert shown[-1]["thread_ts"] == shown[0]["ts"]


def test_nothing_of_what_slack_posts_about_buttons_is_read_as_json(
    standin: StandIn, hook: Web, channel: Channel, waiting: Message
) -> None:
    """Buttons come as a form with one field, events as JSON: both are signed over the raw body."""
    press(standin, "act:snooze")

    [asked] = hook.asked
    payload = json.loads(parse_qs(asked.body.decode())["payload"][0])
    assert payload["type"] == "block_actions"
    take(hook, channel)
    assert ColleagueAct.objects.get().act == "snooze"
