"""STOP, unsubscribe and consent: noted with how and when, and honoured on every path on which a message can leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from inbox import permission, sending
from inbox.actions import carry_unread, consents, deliver, identify, reply, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import Address, PermanentFailure
from inbox.events import Kind
from inbox.models import Agent, Channel, Consent, Conversation, Delivery, Event, Identity, Message, Purpose
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive
from tests.inbox.outbox import TestConnector, failing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox")]


@pytest.fixture
def site() -> Channel:
    return factories.channel("maillike", name="Mail")


def identity_of(address: Address = ANA) -> Identity:
    return Identity.objects.get(space=address.space, value=address.value)


def stop(address: Address = ANA) -> None:
    identify.consent(address=address, allowed=False)


def say(purpose: str, *, allowed: bool, how: str = "form", address: Address = ANA) -> bool:
    return consents.change(identity_id=identity_of(address).pk, purpose=purpose, allowed=allowed, how=how)


def composed(message: Message, text: str = "On it", **more: object) -> Composition:
    assert message.channel is not None
    assert message.identity is not None
    return Composition(channel=message.channel, identity=message.identity, text=text, **more)  # type: ignore[arg-type]


def write(
    sam: Agent, message: Message, text: str = "On it", *, resolve: bool = False, **more: object
) -> Message:
    return reply.reply(
        agent=sam,
        conversation_id=message.conversation_id,
        composition=composed(message, text, **more),
        client_key=f"key-{text}",
        resolve=resolve,
    )


def send_all(hours: float = 1) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        while sending.send_due():
            pass


# ---------------------------------------------------------------- what is allowed


def test_answers_and_automatic_messages_go_until_somebody_says_no_news_and_surveys_need_a_yes(
    site: Channel,
) -> None:
    arrive(site)
    ana = identity_of()

    assert {purpose.value: permission.allowed(ana, purpose) for purpose in Purpose} == {
        "service": True, "notice": True, "news": False, "survey": False,
    }  # fmt: skip
    say(Purpose.NEWS, allowed=True)
    say(Purpose.NOTICE, allowed=False)
    assert (permission.allowed(ana, Purpose.NEWS), permission.allowed(ana, Purpose.NOTICE)) == (True, False)


def test_a_stop_is_logged_with_how_and_when_and_ends_every_other_permission(site: Channel) -> None:
    arrive(site)
    say(Purpose.NEWS, allowed=True)

    stop()

    rows = [(row.purpose, row.allowed, row.how) for row in Consent.objects.order_by("pk")]
    assert rows == [("news", True, "form"), ("service", False, "stop"), ("news", False, "stop")]
    assert identity_of().opted_out_at is not None
    assert not any(permission.allowed(identity_of(), purpose) for purpose in Purpose)


def test_a_start_brings_back_answers_and_not_the_news(site: Channel) -> None:
    arrive(site)
    say(Purpose.NEWS, allowed=True)
    stop()

    identify.consent(address=ANA, allowed=True)

    assert permission.allowed(identity_of(), Purpose.SERVICE)
    assert not permission.allowed(identity_of(), Purpose.NEWS)


def test_what_changes_nothing_is_not_noted(site: Channel) -> None:
    arrive(site)

    identify.consent(address=ANA, allowed=True)
    assert say(Purpose.NEWS, allowed=False)
    assert not say(Purpose.NEWS, allowed=False)
    stop()
    stop()

    assert Consent.objects.filter(purpose="service").count() == 1
    assert Event.objects.filter(kind=Kind.IDENTITY_CHANGED).count() == 2


def test_a_colleague_may_lift_what_a_colleague_noted_and_never_the_holders_stop(
    site: Channel, sam: Agent
) -> None:
    arrive(site)
    ana = identity_of()

    def note(*, allowed: bool) -> None:
        consents.change(identity_id=ana.pk, purpose=Purpose.SERVICE, allowed=allowed, how="agent", actor=sam)

    note(allowed=False)
    note(allowed=True)
    assert permission.allowed(ana)
    stop()
    with pytest.raises(Refused, match="Only they can lift it"):
        note(allowed=True)
    assert not permission.allowed(ana)


def test_who_noted_it_stands_in_the_log_and_in_the_thread(site: Channel, sam: Agent) -> None:
    arrive(site)

    consents.change(
        identity_id=identity_of().pk, purpose=Purpose.SURVEY, allowed=True, how="agent", actor=sam
    )

    assert Consent.objects.get().actor == sam
    event = Event.objects.get(kind=Kind.IDENTITY_CHANGED)
    assert (event.actor, event.data["change"], event.data["purpose"]) == (sam, "consent", "survey")


def test_a_refusal_the_provider_tells_of_is_logged_too(
    sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(sam, arrive(factories.channel("outbox")))
    monkeypatch.setattr(outbox, "provider", failing(PermanentFailure("They said STOP", opted_out=True)))

    send_all()

    assert Consent.objects.get().how == "stop"


# ---------------------------------------------------------------- every path on which a message can leave


def replying(sam: Agent, message: Message) -> None:
    write(sam, message)


def starting(sam: Agent, message: Message) -> None:
    reply.start(
        agent=sam,
        customer_id=message.customer_id,
        desk=message.conversation.desk,
        composition=composed(message),
        client_key="start",
    )


def automatic(sam: Agent, message: Message) -> None:
    reply.automatic(conversation_id=message.conversation_id, composition=composed(message), client_key="auto")


def for_later(sam: Agent, message: Message) -> None:
    write(sam, message, not_before=timezone.now() + timedelta(days=1))


def in_copy(sam: Agent, message: Message) -> None:
    other = arrive(message.channel, by=BEN)  # type: ignore[arg-type]
    write(sam, other, cc=[ANA])


def in_blind_copy(sam: Agent, message: Message) -> None:
    other = arrive(message.channel, by=BEN)  # type: ignore[arg-type]
    write(sam, other, bcc=[ANA])


PATHS = (replying, starting, automatic, for_later, in_copy, in_blind_copy)


@pytest.mark.parametrize("path", PATHS)
def test_after_a_stop_nothing_can_be_written_to_the_address(
    site: Channel, sam: Agent, path: Callable[[Agent, Message], None]
) -> None:
    message = arrive(site)
    stop()

    with pytest.raises(Refused, match="asked"):
        path(sam, message)

    assert not Delivery.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_what_is_queued_when_the_stop_comes_is_cancelled_with_a_reason_the_agent_sees(
    site: Channel, sam: Agent, outbox: type[TestConnector], path: Callable[[Agent, Message], None]
) -> None:
    path(sam, arrive(site))

    stop()
    send_all(hours=48)

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.code) == ("cancelled", "refused")
    assert "asked" in delivery.reason
    assert outbox.sent == []


@pytest.mark.parametrize("path", PATHS)
def test_the_engine_asks_once_more_before_it_hands_a_message_over(
    site: Channel, sam: Agent, outbox: type[TestConnector], path: Callable[[Agent, Message], None]
) -> None:
    path(sam, arrive(site))
    Identity.objects.filter(pk=identity_of().pk).update(opted_out_at=timezone.now())

    send_all(hours=48)

    assert (Delivery.objects.get().status, outbox.sent) == ("cancelled", [])


def test_a_message_waiting_for_its_next_try_is_cancelled(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    sent = write(sam, arrive(site))
    Delivery.objects.filter(message=sent).update(retry_at=timezone.now() + timedelta(hours=2), attempts=1)

    stop()
    send_all(hours=5)

    assert (Delivery.objects.get().status, outbox.sent) == ("cancelled", [])


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_what_failed_before_the_stop_cannot_be_sent_again(site: Channel, sam: Agent, state: str) -> None:
    sent = write(sam, arrive(site))
    Delivery.objects.filter(message=sent).update(status=state)
    stop()

    with pytest.raises(Refused, match="STOP"):
        deliver.retry(message_id=sent.pk)

    assert Delivery.objects.get().status == state


def test_unread_chat_does_not_go_after_somebody_who_wants_no_automatic_mail(
    site: Channel, sam: Agent
) -> None:
    chat = factories.channel("livelike", name="Chat")
    visitor = Address(space="visitor", value="v1", name="Ana Silva")
    first = arrive(chat, by=visitor)
    factories.identity(first.customer, "ana", space="sandbox", verified_at=factories.MORNING)
    sent = write(sam, first)
    Delivery.objects.filter(message=sent).update(status="sent", sent_at=timezone.now() - timedelta(hours=1))

    def carried() -> list[Message]:
        waiting = carry_unread.unread(older_than=timedelta(minutes=5), is_present=lambda _c, _i: False)
        return [made for listed in waiting if (made := carry_unread.carry(listed)) is not None]

    say(Purpose.NOTICE, allowed=False)
    assert carried() == []
    say(Purpose.NOTICE, allowed=True)
    (made,) = carried()
    assert made.purpose == "notice"
    assert permission.allowed(identity_of(), Purpose.SERVICE)


@pytest.mark.parametrize("purpose", [Purpose.NEWS, Purpose.SURVEY])
def test_news_and_surveys_leave_only_with_a_yes(site: Channel, sam: Agent, purpose: str) -> None:
    message = arrive(site)

    with pytest.raises(Refused, match="have not allowed"):
        write(sam, message, purpose=purpose)
    say(purpose, allowed=True)
    sent = write(sam, message, purpose=purpose)

    assert sent.purpose == purpose


def test_news_to_a_copy_nobody_has_heard_of_does_not_leave(site: Channel, sam: Agent) -> None:
    message = arrive(site)
    say(Purpose.NEWS, allowed=True)

    with pytest.raises(Refused, match="Leave the copies out"):
        write(sam, message, purpose=Purpose.NEWS, cc=[Address(space="sandbox", value="stranger")])


def test_to_unsubscribe_from_the_news_lets_the_answer_through(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    message = arrive(site)
    say(Purpose.NEWS, allowed=True)
    news = write(sam, message, "Sale", purpose=Purpose.NEWS)
    answer = write(sam, message, "Here it is")

    say(Purpose.NEWS, allowed=False, how="unsubscribe")
    send_all()

    assert Delivery.objects.get(message=news).status == "cancelled"
    assert Delivery.objects.get(message=answer).status == "sent"
    assert [sent.text for sent in outbox.sent] == ["Here it is"]


def test_to_another_address_of_theirs_one_may_write(site: Channel, sam: Agent) -> None:
    message = arrive(site)
    other = factories.identity(message.customer, "ana2", space="sandbox")
    stop()

    sent = reply.reply(
        agent=sam,
        conversation_id=message.conversation_id,
        composition=Composition(channel=site, identity=other, text="Here?"),
        client_key="other",
    )

    assert sent.delivery.status == "queued"


# ---------------------------------------------------------------- nothing is silently not sent


@pytest.mark.parametrize("then", ["resolved", "snoozed"])
def test_a_matter_settled_by_an_answer_that_was_stopped_is_open_again(
    site: Channel, sam: Agent, then: str
) -> None:
    sent = write(sam, arrive(site), resolve=then == "resolved")
    if then == "snoozed":
        status.snooze(agent=sam, conversation_ids=[sent.conversation_id], until=None)

    stop()

    matter = Conversation.objects.get(pk=sent.conversation_id)
    assert matter.status == "open"
    assert matter.waiting_since is not None
    assert matter.preview == "Hello"


def test_only_what_leaves_without_a_person_carries_a_link_to_unsubscribe(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    message = arrive(site)
    say(Purpose.NEWS, allowed=True)
    write(sam, message, "answer")
    write(sam, message, "news", purpose=Purpose.NEWS)
    reply.automatic(
        conversation_id=message.conversation_id,
        composition=composed(message, "notice", purpose=Purpose.NOTICE),
        client_key="n",
    )

    send_all()

    assert {sent.text: bool(sent.unsubscribe_url) for sent in outbox.sent} == {
        "answer": False, "news": True, "notice": True,
    }  # fmt: skip


# ---------------------------------------------------------------- any sequence


class AnySequence(TestCase):
    """What holds is always what was said last, and no message is ever handed over against it."""

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(list(Purpose)), st.booleans(), st.sampled_from(["stop", "form", "api"])
            ),
            max_size=12,
        )
    )
    def test_what_holds_is_what_was_said_last(self, said: list[tuple[Purpose, bool, str]]) -> None:
        identity = factories.identity(factories.customer())
        expected = {purpose: purpose not in permission.NEED_A_YES for purpose in Purpose}

        for purpose, allowed, how in said:
            consents.change(identity_id=identity.pk, purpose=purpose, allowed=allowed, how=how)
            expected[purpose] = allowed
            if purpose == Purpose.SERVICE and not allowed:
                expected |= dict.fromkeys(permission.NEED_A_YES, False)

        stopped = not expected[Purpose.SERVICE]
        identity.refresh_from_db()
        for purpose in Purpose:
            assert permission.allowed(identity, purpose) == (expected[purpose] and not stopped)
        ((_identity, standings),) = permission.standing([identity])
        assert {each.purpose: each.allowed for each in standings} == {
            purpose: permission.allowed(identity, purpose) for purpose in Purpose
        }
