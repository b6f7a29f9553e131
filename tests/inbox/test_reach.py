"""What a provider allows towards an address: windows that open, end and close, late answers, templates, and who can begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from inbox import reach
from inbox.actions import templates
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.actions.receive import Inbound, receive
from inbox.actions.reply import reply
from inbox.contract import (
    Address,
    InboundMessage,
    Template,
    TemplateStatus,
    TemplateUse,
    WindowChanged,
)
from inbox.models import Agent, Channel, Identity, Message, MessageTemplate, ReplyWindow
from inbox.reach import Mode
from tests import factories

pytestmark = pytest.mark.django_db

ANA = Address(space="sandbox", value="ana", name="Ana Silva")
DAY = timedelta(hours=24)


def now_can(monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    """The sandbox is a channel like that for the length of a test."""
    from connectors.sandbox.connector import SandboxConnector

    monkeypatch.setattr(SandboxConnector, "capabilities", replace(SandboxConnector.capabilities, **more))  # type: ignore[arg-type]


@pytest.fixture
def channel() -> Channel:
    return factories.channel(settings={"secret": "s"})


def writes(channel: Channel, at: datetime, **more: object) -> Message:
    said = InboundMessage(
        event_key=f"{at}",
        external_id=f"m-{at}",
        author=ANA,
        text="Hello",
        occurred_at=at,
        **more,  # type: ignore[arg-type]
    )
    (outcome,) = receive([Inbound(channel=channel, event=said, received_at=timezone.now())])
    return Message.objects.get(pk=outcome.message_id or 0)


def mode(channel: Channel) -> Mode:
    return reach.of(channel, Identity.objects.get(value="ana")).mode


def test_a_channel_without_a_window_is_free(channel: Channel) -> None:
    writes(channel, timezone.now() - timedelta(days=300))

    assert mode(channel) is Mode.FREE
    assert not ReplyWindow.objects.exists()


def test_a_window_is_open_for_its_time_and_then_closed(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, reply_window=DAY)

    writes(channel, timezone.now() - DAY - timedelta(minutes=1))
    assert mode(channel) is Mode.CLOSED

    written = writes(channel, timezone.now() - DAY + timedelta(minutes=1))
    now = reach.of(channel, Identity.objects.get(value="ana"))
    assert (now.mode, now.until) == (Mode.FREE, written.occurred_at + DAY)


def test_an_older_message_that_comes_late_does_not_shorten_the_window(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, reply_window=DAY)
    newest = writes(channel, timezone.now() - timedelta(hours=1))

    writes(channel, timezone.now() - timedelta(hours=20))

    assert ReplyWindow.objects.get().until == newest.occurred_at + DAY


def test_an_advertisement_can_open_it_for_longer(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    now_can(monkeypatch, reply_window=DAY)
    until = timezone.now() + timedelta(hours=70)

    writes(channel, timezone.now() - timedelta(hours=2), reply_until=until)

    assert ReplyWindow.objects.get().until == until


def test_what_the_provider_says_of_the_window_holds_until_they_write_again(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, reply_window=DAY)
    writes(channel, timezone.now() - timedelta(hours=2))
    at = timezone.now() - timedelta(hours=1)

    closed = WindowChanged(event_key="w", occurred_at=at, address=ANA, until=at)
    receive([Inbound(channel=channel, event=closed, received_at=timezone.now())])
    assert mode(channel) is Mode.CLOSED

    writes(channel, timezone.now())
    assert mode(channel) is Mode.FREE


def test_after_the_window_a_person_may_answer_late(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    now_can(monkeypatch, reply_window=DAY, late_window=timedelta(days=7))

    writes(channel, timezone.now() - timedelta(days=3))
    assert mode(channel) is Mode.LATE

    ReplyWindow.objects.update(wrote_at=timezone.now() - timedelta(days=8))
    assert mode(channel) is Mode.CLOSED


def test_only_they_can_begin_where_we_cannot(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    now_can(monkeypatch, can_start=False)
    ana = factories.identity(factories.customer(), "ana", space="sandbox")

    assert reach.of(channel, ana).mode is Mode.CLOSED
    writes(channel, timezone.now())
    assert reach.of(channel, ana).mode is Mode.FREE


def test_an_address_of_another_account_is_not_offered() -> None:
    ours = factories.channel(settings={"secret": "s"}, scope="page1/")
    theirs = factories.identity(factories.customer(), "page2/77", space="sandbox")
    here = factories.identity(factories.customer(), "page1/77", space="sandbox")

    assert not reach.fits(ours, theirs)
    assert reach.fits(ours, here)


# ---------------------------------------------------------------- templates


GREETING = Template(
    external_id="t1",
    name="greeting",
    language="en",
    body="Hello {{name}}, order {{2}} is here.",
    variables=("name", "2"),
)


def answer(sam: Agent, message: Message, **more: object) -> Message:
    assert message.channel
    assert message.identity
    composition = Composition(channel=message.channel, identity=message.identity, **{"text": "", **more})  # type: ignore[arg-type]
    return reply(
        agent=sam, conversation_id=message.conversation_id, composition=composition, client_key=f"k{more}"
    )


def test_outside_the_window_only_a_complete_approved_template_goes(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, reply_window=DAY, templates=True)
    sam, message = factories.agent(), writes(channel, timezone.now() - timedelta(days=2))
    assert mode(channel) is Mode.TEMPLATE

    with pytest.raises(Refused, match="approved template"):
        answer(sam, message, text="Free words")
    with pytest.raises(Refused, match="2"):
        answer(sam, message, template=TemplateUse(template=GREETING, values={"name": "Ana"}))
    with pytest.raises(Refused, match="not approved"):
        waiting = replace(GREETING, status=TemplateStatus.PENDING)
        answer(sam, message, template=TemplateUse(template=waiting, values={"name": "Ana", "2": "7"}))

    sent = answer(sam, message, template=TemplateUse(template=GREETING, values={"name": "Ana", "2": "7"}))
    assert sent.text == "Hello Ana, order 7 is here."
    assert sent.template
    assert sent.template["template"]["name"] == "greeting"


def test_templates_are_those_the_provider_has_now(channel: Channel) -> None:
    templates.keep(channel=channel, templates=[GREETING, replace(GREETING, external_id="t2", name="old")])
    templates.keep(
        channel=channel, templates=[replace(GREETING, status=TemplateStatus.PAUSED, reason="Low quality")]
    )

    kept = MessageTemplate.objects.get()
    assert (kept.name, kept.usable, kept.reason) == ("greeting", False, "Low quality")
    assert kept.value() == replace(GREETING, status=TemplateStatus.PAUSED, reason="Low quality")
