"""Colleagues in a provider's own app: notices when somebody begins to wait, and what they do there, as the agents they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from inbox import noticing
from inbox.actions.receive import Inbound, receive
from inbox.contract import Address, AgentActed, InboundMessage, Notice, TemporaryFailure
from inbox.models import Agent, Channel, ColleagueAct, Conversation, Delivery, Message
from tests import factories

pytestmark = pytest.mark.django_db

SAM = Address(space="sandbox", value="T1/U-sam")


class Workplace:
    """The provider's app: what colleagues are shown and told there."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.told: list[tuple[str, str]] = []
        self.forms: list[str] = []
        self.emails = {SAM.value: "sam@shop.example"}
        self.trouble: Exception | None = None


@pytest.fixture
def workplace(monkeypatch: pytest.MonkeyPatch) -> Workplace:
    from connectors.sandbox.connector import SandboxConnector

    place = Workplace()

    def email_of(_self: object, who: Address) -> str:
        if place.trouble:
            raise place.trouble
        return place.emails.get(who.value, "")

    def is_told(_self: object, answer_url: str, text: str) -> None:
        place.told.append((answer_url, text))

    monkeypatch.setattr(
        SandboxConnector, "capabilities", replace(SandboxConnector.capabilities, notices=True)
    )
    monkeypatch.setattr(SandboxConnector, "notifies", True)
    monkeypatch.setattr(SandboxConnector, "notify", lambda _self, notice: place.notices.append(notice))
    monkeypatch.setattr(SandboxConnector, "email_of", email_of)
    monkeypatch.setattr(SandboxConnector, "subject_of", lambda _self, _notice: "")
    monkeypatch.setattr(SandboxConnector, "tell", is_told)
    monkeypatch.setattr(
        SandboxConnector,
        "open_form",
        lambda _self, acted, *, title, text="": place.forms.append(f"{acted.act} {title}"),
    )
    return place


@pytest.fixture
def channel() -> Channel:
    return factories.channel(settings={"secret": "s"})


@pytest.fixture
def sam() -> Agent:
    return factories.agent()


@pytest.fixture
def matter(channel: Channel) -> Conversation:
    return writes(channel).conversation


def writes(channel: Channel, external_id: str = "m1") -> Message:
    said = InboundMessage(
        event_key=external_id,
        external_id=external_id,
        author=Address(space="sandbox", value="ana", name="Ana Silva"),
        text="Where is it?",
    )
    (outcome,) = receive([Inbound(channel=channel, event=said, received_at=timezone.now())])
    return Message.objects.get(pk=outcome.message_id or 0)


def acts(channel: Channel, matter: Conversation, act: str, who: Address = SAM, **more: Any) -> None:
    given = {
        "event_key": f"{act}{more}",
        "subject": noticing.make_subject(matter.pk),
        "answer_url": "https://x.example/1",
    }
    event = AgentActed(who=who, act=act, **{**given, **more})
    receive([Inbound(channel=channel, event=event, received_at=timezone.now())])
    for row in ColleagueAct.objects.filter(done_at=None):
        noticing.carry_out(row.pk)


def test_the_team_hears_of_somebody_who_begins_to_wait_and_once(
    channel: Channel, workplace: Workplace, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    first = writes(channel)
    second = writes(channel, "m2")
    noticing.notify_team([first.pk])

    (notice,) = workplace.notices
    assert (notice.title, notice.text) == ("Ana Silva waits (Sandbox)", "Where is it?")
    assert [name for name, _label in notice.acts] == ["assign", "snooze", "resolve", "reply", "note"]
    assert noticing.read_subject(notice.subject) == first.conversation_id
    assert second.conversation == first.conversation


def test_only_the_first_unanswered_message_is_told(
    channel: Channel, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[int]] = []

    def queued(name: str, *args: list[int], **_more: object) -> None:
        if name.endswith("notify_team"):
            told.extend(args)

    monkeypatch.setattr("inbox.queueing.after_commit", queued)
    first = writes(channel)
    writes(channel, "m2")

    assert told == [[first.pk]]


@pytest.mark.parametrize(
    ("act", "line", "field", "value"),
    [
        ("assign", "It is yours now.", "assignee__name", "Sam Reed"),
        ("snooze", "Snoozed until they write.", "status", "snoozed"),
        ("resolve", "Resolved.", "status", "resolved"),
    ],
)
def test_a_button_does_it_as_the_agent_they_are(
    channel: Channel,
    workplace: Workplace,
    sam: Agent,
    matter: Conversation,
    act: str,
    line: str,
    field: str,
    value: str,
) -> None:
    acts(channel, matter, act)

    assert workplace.told == [("https://x.example/1", line)]
    assert Conversation.objects.filter(pk=matter.pk, **{field: value}).exists()


def test_an_answer_goes_to_the_customer_only_when_it_was_asked_for_as_one(
    channel: Channel, workplace: Workplace, sam: Agent, matter: Conversation
) -> None:
    acts(channel, matter, "reply", form_handle="t1")
    assert workplace.forms == ["reply Ana Silva"]
    assert not Delivery.objects.exists()

    acts(channel, matter, "note", text="She is a regular")
    assert not Delivery.objects.exists()

    acts(channel, matter, "reply", text="It left this morning")
    delivery = Delivery.objects.get()
    assert (delivery.message.text, delivery.message.author, delivery.identity.value) == (
        "It left this morning",
        sam,
        "ana",
    )


def test_the_same_act_twice_is_one(
    channel: Channel, workplace: Workplace, sam: Agent, matter: Conversation
) -> None:
    for _time in range(3):
        acts(channel, matter, "reply", text="It left this morning")

    assert Delivery.objects.count() == 1


def test_a_stranger_does_nothing(
    channel: Channel, workplace: Workplace, sam: Agent, matter: Conversation
) -> None:
    acts(channel, matter, "resolve", who=Address(space="sandbox", value="T1/U-eve"))

    assert "no account" in workplace.told[0][1]
    assert Conversation.objects.get(pk=matter.pk).status == "open"


def test_who_may_not_read_the_desk_does_nothing_and_learns_nothing(
    workplace: Workplace, sam: Agent, channel: Channel
) -> None:
    secret = factories.conversation(factories.customer("Bo"), desk=factories.desk("HR", restricted=True))

    acts(channel, secret, "note", text="Hello")

    assert workplace.told[0][1] == "This matter is not here, or not for you."
    assert not secret.messages.exists()


@pytest.mark.parametrize("subject", ["", "forged", "1", "MQ:1x:2y"])
def test_what_we_did_not_sign_is_nothing_to_us(
    channel: Channel, workplace: Workplace, sam: Agent, matter: Conversation, subject: str
) -> None:
    acts(channel, matter, "resolve", subject=subject)

    assert workplace.told == []
    assert Conversation.objects.get(pk=matter.pk).status == "open"


def test_what_they_wrote_is_not_kept_twice_and_is_there_until_it_was_carried_out(
    channel: Channel, workplace: Workplace, sam: Agent, matter: Conversation
) -> None:
    workplace.trouble = TemporaryFailure("Busy.")
    with pytest.raises(TemporaryFailure):
        acts(channel, matter, "note", text="Mind the dog")
    assert ColleagueAct.objects.get().text == "Mind the dog"

    workplace.trouble = None
    noticing.carry_out(ColleagueAct.objects.get().pk)

    assert matter.messages.filter(direction="note").get().text == "Mind the dog"
    assert ColleagueAct.objects.get().text == ""
