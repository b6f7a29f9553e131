"""Asking providers: the daily check and what it changes, names, read marks; and going no faster than a provider takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from inbox import asking
from inbox.actions import deliver, traffic
from inbox.actions.receive import Inbound, receive
from inbox.contract import (
    Accepted,
    Address,
    ChannelBroken,
    Health,
    InboundMessage,
    OutboundMessage,
    PermanentFailure,
    TemporaryFailure,
)
from inbox.models import Channel, ChannelHealth, Customer, Delivery, Identity
from inbox.sending import send_due
from tests import factories

pytestmark = pytest.mark.django_db

CONNECTOR = "connectors.sandbox.connector.SandboxConnector"


@pytest.fixture
def channel() -> Channel:
    return factories.channel(settings={"secret": "s", "send_url": "https://old.example"})


def now_can(monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    from connectors.sandbox.connector import SandboxConnector

    monkeypatch.setattr(SandboxConnector, "capabilities", replace(SandboxConnector.capabilities, **more))  # type: ignore[arg-type]


def gives(monkeypatch: pytest.MonkeyPatch, method: str, what: object) -> None:
    def answer(*_args: object, **_more: object) -> object:
        if isinstance(what, Exception):
            raise what
        return what

    monkeypatch.setattr(f"{CONNECTOR}.{method}", answer)


# ---------------------------------------------------------------- the daily check


def test_a_check_keeps_the_day_a_credential_ends_and_a_younger_token(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = timezone.now() + timedelta(days=60)
    gives(
        monkeypatch,
        "check",
        Health(ok=True, lines=("Fine.",), expires_at=ends, renewed={"secret": "younger"}),
    )

    asking.check(channel)

    channel.refresh_from_db()
    assert (channel.settings["secret"], channel.settings["send_url"]) == ("younger", "https://old.example")
    assert (channel.health.expires_at, channel.health.check_ok) == (ends, True)


@pytest.mark.parametrize(
    "what",
    [Health(ok=False, broken=True, lines=("The token has ended.",)), ChannelBroken("The token has ended.")],
)
def test_refused_credentials_stop_the_channel_and_working_ones_start_it(
    channel: Channel, monkeypatch: pytest.MonkeyPatch, what: object
) -> None:
    gives(monkeypatch, "check", what)
    asking.check(channel)
    channel.refresh_from_db()
    assert (channel.state, channel.state_reason) == ("broken", "The token has ended.")

    gives(monkeypatch, "check", Health(ok=True))
    asking.check(channel)
    channel.refresh_from_db()
    assert channel.state == "active"


def test_trouble_at_the_provider_stops_nothing(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    for what in (TemporaryFailure("Busy."), ZeroDivisionError("bug")):
        gives(monkeypatch, "check", what)
        assert not asking.check(channel).ok

    channel.refresh_from_db()
    assert channel.state == "active"


# ---------------------------------------------------------------- names


def test_a_name_is_asked_for_once_and_one_that_an_agent_gave_stays(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, names=True)
    asked: list[str] = []

    def name_of(_self: object, who: Address) -> str:
        asked.append(who.value)
        return f"Name of {who.value}"

    monkeypatch.setattr(f"{CONNECTOR}.name_of", name_of)
    new = factories.identity(factories.customer(""), "u1", space="sandbox")
    known = factories.identity(factories.customer("Ana Silva"), "u2", space="sandbox")

    for _time in range(2):
        asking.names()

    assert sorted(asked) == ["u1", "u2"]
    assert Identity.objects.get(pk=known.pk).name == "Name of u2"
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ana Silva", "Name of u1"]
    assert new.customer_id


# ---------------------------------------------------------------- no faster than they take


def waiting(channel: Channel, address: str, number: int = 1) -> list[Delivery]:
    """So many messages to one address, due now."""
    identity = factories.identity(factories.customer(), address, space="sandbox")
    matter, sam = factories.conversation(identity.customer), factories.agent(email=f"{address}@shop.example")
    made = [
        factories.reply(matter, sam, f"{n}", channel=channel, identity=identity, status="queued").delivery
        for n in range(number)
    ]
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    return made


def test_a_channel_takes_so_many_a_second_and_another_is_not_held_up(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, most_per_second=2)
    for n in range(4):
        waiting(channel, f"slow{n}")
    other = factories.channel("letter")
    free = waiting(other, "free")

    first = deliver.claim()

    assert len(first) == 3
    assert free[0].pk in first
    assert deliver.claim() == []
    assert deliver.paced()
    Delivery.objects.filter(pk__in=first).update(claimed_at=timezone.now() - timedelta(seconds=2))
    assert len(deliver.claim()) == 2


def test_to_one_address_there_is_a_gap_between_two(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    now_can(monkeypatch, gap=timedelta(seconds=1))
    first, second = waiting(channel, "ana", 2)

    assert deliver.claim() == [first.pk]
    Delivery.objects.filter(pk=first.pk).update(status="sent")
    assert deliver.claim() == []
    Delivery.objects.filter(pk=first.pk).update(claimed_at=timezone.now() - timedelta(seconds=2))
    assert deliver.claim() == [second.pk]


def test_a_limit_of_the_whole_channel_holds_all_of_it_for_as_long_as_the_provider_says(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives(
        monkeypatch,
        "send",
        TemporaryFailure("Slow down.", retry_after=timedelta(minutes=5), whole_channel=True),
    )
    (first,) = waiting(channel, "ana")
    send_due()
    first.refresh_from_db()
    assert first.status == "queued"

    waiting(channel, "bob")
    assert deliver.claim() == []
    assert not deliver.any_due()

    held = ChannelHealth.objects.get(channel=channel).held_until
    assert held is not None
    assert timedelta(minutes=4) < held - timezone.now() <= timedelta(minutes=5)
    traffic.hold(channel_id=channel.pk, wait=timedelta())
    assert len(deliver.claim()) == 1


def test_a_reply_handle_goes_with_one_answer_only(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[OutboundMessage] = []

    def send(_self: object, message: OutboundMessage) -> Accepted:
        sent.append(message)
        return Accepted(external_id=f"o{len(sent)}")

    monkeypatch.setattr(f"{CONNECTOR}.send", send)
    ana = Address(space="sandbox", value="ana")
    said = InboundMessage(event_key="1", external_id="1", author=ana, text="Hi", reply_handle="token-1")
    receive([Inbound(channel=channel, event=said, received_at=timezone.now())])
    identity = Identity.objects.get(value="ana")
    matter, sam = identity.customer.conversations.get(), factories.agent()
    for n in range(2):
        factories.reply(matter, sam, f"{n}", channel=channel, identity=identity, status="queued")
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))

    send_due()
    send_due()

    assert [each.reply_handle for each in sent] == ["token-1", ""]


def test_when_the_provider_says_that_the_window_is_over_it_is(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_can(monkeypatch, reply_window=timedelta(days=1), templates=True)
    gives(monkeypatch, "send", PermanentFailure("More than 24 hours.", window_closed=True))
    ana = Address(space="sandbox", value="ana")
    receive(
        [
            Inbound(
                channel=channel,
                event=InboundMessage(event_key="1", external_id="1", author=ana),
                received_at=timezone.now(),
            )
        ]
    )
    identity = Identity.objects.get(value="ana")
    reply = factories.reply(
        identity.customer.conversations.get(),
        factories.agent(),
        channel=channel,
        identity=identity,
        status="queued",
    )
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))

    send_due()

    from inbox import reach

    reply.delivery.refresh_from_db()
    assert reply.delivery.status == "failed"
    assert reach.of(channel, identity).mode is reach.Mode.TEMPLATE
