"""The visitor has left: the unread answer goes after them, once, and never while they are looking."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from connectors import reader
from connectors.visitors import continuity, presence
from connectors.visitors.models import VisitorSession
from connectors.webchat import tasks
from inbox import sending
from inbox.models import Channel, Delivery, Identity, Message
from tests import factories
from tests.connectors.webchat.conftest import Browser
from tests.connectors.webchat.test_chatting import answer
from tests.connectors.webchat.tokens import signed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail(channel: Channel) -> Channel:
    return factories.channel("email", name="Mail", address="help@shop.example")


def waits_unread(ana: Browser, *, minutes: float) -> Message:
    """Ana has asked, was answered so many minutes ago, and has not looked since."""
    ana.begin(jwt=signed("1001", email="ana@x.example", email_verified=True))
    ana.say("Do you have it in moss?")
    said = answer("Three left.")
    sending.send_due()
    Delivery.objects.filter(message=said).update(sent_at=timezone.now() - timedelta(minutes=minutes))
    cache.clear()
    return said


def mails() -> list[str]:
    return list(
        Message.objects.filter(channel__name="Mail", direction="outbound").values_list("text", flat=True)
    )


def test_an_unread_answer_is_mailed_after_the_channels_minutes(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=6)

    assert continuity.carry_on() == 1

    assert mails() == ["Three left."]


def test_not_sooner(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=4)

    assert continuity.carry_on() == 0


def test_not_twice(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=6)

    tasks.carry_unread.run()
    tasks.carry_unread.run()

    assert mails() == ["Three left."]


def test_not_while_the_visitor_looks_at_the_page(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=6)
    ana.post("frames", {"frames": [{"t": "ping", "visible": True}]})
    assert continuity.carry_on() == 0

    ana.post("frames", {"frames": [{"t": "ping", "visible": False}]})

    assert continuity.carry_on() == 1


def test_not_once_it_was_read(ana: Browser, mail: Channel) -> None:
    said = waits_unread(ana, minutes=6)
    ana.post("frames", {"frames": [{"t": "read", "id": said.public_id}]})
    reader.drain()

    assert continuity.carry_on() == 0


def test_not_where_the_channel_says_never(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=60)
    ana.channel.settings |= {"continuity_minutes": 0}
    ana.channel.save()

    assert continuity.carry_on() == 0


def test_not_to_somebody_without_an_address(ana: Browser, mail: Channel) -> None:
    ana.begin()
    ana.say("Hello")
    said = answer("Three left.")
    sending.send_due()
    Delivery.objects.filter(message=said).update(sent_at=timezone.now() - timedelta(minutes=6))

    assert continuity.carry_on() == 0


def test_those_who_cannot_be_reached_hide_nobody_who_can(
    ana: Browser, mail: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are: they stay unread for two days."""
    monkeypatch.setattr("inbox.actions.carry_unread.AT_ONCE", 2)
    for number in range(5):
        stranger = Browser(ana.channel, ip=f"198.51.100.{number}")
        stranger.begin()
        stranger.say("Hello")
        answer(f"Unreachable {number}", key=f"k-{number}")
        sending.send_due()
    waits_unread(ana, minutes=6)
    Delivery.objects.update(sent_at=timezone.now() - timedelta(minutes=6))

    assert continuity.carry_on() == 1

    assert mails() == ["Three left."]


def test_a_later_answer_is_mailed_without_those_that_were_mailed_before(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=6)
    continuity.carry_on()
    answer("And one in grey.", key="k2")
    sending.send_due()
    Delivery.objects.filter(channel=ana.channel).update(sent_at=timezone.now() - timedelta(minutes=6))

    assert continuity.carry_on() == 1

    assert mails() == ["Three left.", "And one in grey."]


def test_what_was_mailed_is_not_shown_twice_in_the_chat(ana: Browser, mail: Channel) -> None:
    waits_unread(ana, minutes=6)
    continuity.carry_on()

    assert ana.sees() == ["Do you have it in moss?", "Three left."]


def test_a_dead_cache_mails_nobody(ana: Browser, mail: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    waits_unread(ana, minutes=6)

    def dead(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "get", dead)

    assert presence.online(Identity.objects.get(space="webchat"))


def test_presence_fades_by_itself(ana: Browser) -> None:
    ana.begin()
    ana.say("Hello")
    session = VisitorSession.objects.get()

    presence.note(session, here=True)

    key = presence.key("webchat", session.value)
    assert 0 < cache._cache.get_client().ttl(cache.make_key(key)) <= presence.SECONDS  # type: ignore[attr-defined]
