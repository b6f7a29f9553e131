"""A channel whose settings were encrypted with a key we no longer have: it alone stands still, and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from inbox import registry, sending
from inbox.actions import channels, deliver, reply
from inbox.actions.composing import Composition
from inbox.contract import Connector, OutboundMessage
from inbox.models import Agent, Channel, Delivery, Message
from inbox.secrets import Unreadable
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive
from tests.inbox.outbox import TestConnector

pytestmark = pytest.mark.django_db


def encrypt_with_another_key(channel: Channel) -> str:
    """As after FIELD_KEYS was replaced; what is stored then."""
    with override_settings(FIELD_KEYS=[Fernet.generate_key().decode()]):
        Channel.objects.filter(pk=channel.pk).update(settings={"secret": "of old"})
    return stored(channel)


def away(references: dict[int, str]) -> None:
    raise OperationalError("the connection is closed")


def stored(channel: Channel) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT settings FROM inbox_channel WHERE id = %s", [channel.pk])
        return str(cursor.fetchone()[0])


@pytest.fixture
def lost(outbox: type[TestConnector]) -> Channel:
    made = factories.channel("outbox", name="Lost")
    encrypt_with_another_key(made)
    return made


def write(sam: Agent, message: Message) -> Message:
    assert message.channel is not None
    assert message.identity is not None
    composition = Composition(channel=message.channel, identity=message.identity, text="Hello")
    return reply.reply(
        agent=sam,
        conversation_id=message.conversation_id,
        composition=composition,
        client_key=f"{message.pk}",
    )


@pytest.fixture
def later() -> Callable[[], None]:
    """Send what is due, the undo delay being over."""

    def send() -> None:
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
            while sending.send_due():
                pass

    return send


def test_the_others_can_be_read(lost: Channel) -> None:
    fine = factories.channel("outbox", settings={"secret": "of today"})

    settings = {channel.pk: channel.settings for channel in Channel.objects.all()}

    assert settings == {lost.pk: {}, fine.pk: {"secret": "of today"}}
    assert isinstance(settings[lost.pk], Unreadable)


def test_it_says_which_key_is_missing_and_what_to_do(lost: Channel) -> None:
    lost.refresh_from_db()

    with pytest.raises(registry.BadSettings, match="Put the old key back at the end of FIELD_KEYS"):
        registry.connector_for(lost)


def test_saving_the_channel_keeps_what_only_the_old_key_can_read(lost: Channel, sam: Agent) -> None:
    token = stored(lost)
    lost.refresh_from_db()

    lost.purpose = "Orders"
    lost.save()

    assert stored(lost) == token


def test_its_settings_may_be_entered_again(lost: Channel, sam: Agent) -> None:
    lost.refresh_from_db()

    channels.change(actor=sam, channel=lost, values={"secret": "of today"})

    lost.refresh_from_db()
    assert lost.settings == {"secret": "of today"}


def test_its_messages_wait_and_those_of_other_channels_leave(
    sam: Agent, outbox: type[TestConnector], later: Callable[[], None]
) -> None:
    broken, fine = factories.channel("outbox", name="Lost"), factories.channel("outbox", name="Fine")
    waits, leaves = write(sam, arrive(broken, by=ANA)), write(sam, arrive(fine, by=BEN))
    encrypt_with_another_key(broken)

    later()

    assert Delivery.objects.get(message=leaves).status == "sent"
    assert Delivery.objects.get(message=waits).status == "queued"
    broken.refresh_from_db()
    assert broken.state == "broken"
    assert "FIELD_KEYS" in broken.state_reason


def test_what_goes_wrong_before_anything_has_left_leaves_nothing_uncertain(
    sam: Agent, outbox: type[TestConnector], later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = factories.channel("outbox", name="Site")
    first, second = write(sam, arrive(site, by=ANA)), write(sam, arrive(site, by=BEN))

    with monkeypatch.context() as broken:
        broken.setattr(deliver, "set_references", away)
        with pytest.raises(OperationalError):
            later()

    both = Delivery.objects.filter(message__in=[first, second])
    assert set(both.values_list("status", "attempts")) == {("queued", 0)}
    later()
    assert set(both.values_list("status", "attempts")) == {("sent", 1)}


def test_a_message_that_cannot_be_prepared_holds_up_no_other(
    sam: Agent, outbox: type[TestConnector], later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = factories.channel("outbox", name="Site")
    poison, fine = write(sam, arrive(site, by=ANA)), write(sam, arrive(site, by=BEN))
    real = sending.outbound

    def outbound(item: Delivery, connector: Connector) -> OutboundMessage:
        if item.message_id == poison.pk:
            raise KeyError("x")
        return real(item, connector)

    monkeypatch.setattr(sending, "outbound", outbound)

    later()

    assert Delivery.objects.get(message=fine).status == "sent"
    assert Delivery.objects.get(message=poison).status == "queued"
