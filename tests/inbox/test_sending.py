"""The outbound engine: once, in order, with every kind of failure, and nothing blindly twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from inbox import queues, sending, tasks
from inbox.actions import channels, deliver, files, reply, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import (
    Accepted,
    ChannelBroken,
    ContractError,
    DeliveryUpdate,
    File,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    Status,
    TemporaryFailure,
)
from inbox.models import Agent, Channel, ChannelHealth, Delivery, Identity, Message
from inbox.signing import read_reply_token
from inbox.why import Why
from tests import factories
from tests.house import eventually
from tests.inbox.arrivals import ANA, BEN, arrive, take
from tests.inbox.outbox import TestConnector, accepts, failing


@pytest.fixture
def site(db: None) -> Channel:
    return factories.channel("outbox", name="Site")


def write(sam: Agent, message: Message, text: str, **more: object) -> Message:
    composition = Composition(channel=message.channel, identity=message.identity, text=text, **more)
    return reply.reply(
        agent=sam,
        conversation_id=message.conversation_id,
        composition=composition,
        client_key=f"{message.pk}-{text}",
    )


def send_all(hours: float = 1) -> None:
    """Let the engine run once the undo delay (or more) is over."""
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        while sending.send_due():
            pass


def state(message: Message) -> Delivery:
    return Delivery.objects.get(message=message)


def test_what_is_due_leaves_and_its_provider_id_is_kept(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    sent = write(sam, arrive(site), "Hello **Ana**")

    assert sending.send_due() == 0
    send_all()

    assert state(sent).status == "sent"
    sent.refresh_from_db()
    assert sent.external_id == f"provider-delivery-{sent.delivery.pk}"
    (given,) = outbox.sent
    assert (given.text, given.author_name, given.to.value) == ("Hello **Ana**", "Sam Reed", "ana")
    assert "<strong>Ana</strong>" in given.html
    assert read_reply_token(given.reply_token).conversation_id == sent.conversation_id


def test_to_one_address_messages_leave_in_order_one_after_the_other(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    first, other = arrive(site), arrive(site, by=BEN)
    for n in range(5):
        write(sam, first, f"a{n}")
        write(sam, other, f"b{n}")

    send_all()

    texts = [message.text for message in outbox.sent]
    assert [text for text in texts if text[0] == "a"] == [f"a{n}" for n in range(5)]
    assert [text for text in texts if text[0] == "b"] == [f"b{n}" for n in range(5)]


def test_a_message_for_later_does_not_hold_up_the_ones_for_now(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    first = arrive(site)
    write(sam, first, "tomorrow", not_before=timezone.now() + timedelta(days=1))
    write(sam, first, "now")

    send_all(hours=1)

    assert [message.text for message in outbox.sent] == ["now"]


def test_a_temporary_failure_is_tried_again_and_keeps_the_order(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = arrive(site)
    one, two = write(sam, first, "one"), write(sam, first, "two")
    monkeypatch.setattr(
        outbox, "provider", failing(TemporaryFailure("Busy", retry_after=timedelta(minutes=90)))
    )

    send_all(hours=1)
    assert (state(one).status, state(one).reason, state(two).status) == ("queued", "Busy", "queued")
    monkeypatch.setattr(outbox, "provider", staticmethod(accepts))
    send_all(hours=2)
    assert state(one).status == "queued"
    send_all(hours=3)

    assert [message.text for message in outbox.sent] == ["one", "one", "two"]
    assert state(one).attempts == 2


def test_after_eight_attempts_it_has_failed_and_a_person_may_send_it_again(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = write(sam, arrive(site), "hello")
    monkeypatch.setattr(outbox, "provider", failing(TemporaryFailure("Busy")))
    for hours in range(1, 20):
        send_all(hours=hours)
    assert (state(sent).status, state(sent).attempts) == ("failed", 8)

    monkeypatch.setattr(outbox, "provider", staticmethod(accepts))
    deliver.retry(message_id=sent.pk)
    send_all(hours=20)
    assert state(sent).status == "sent"


def test_a_provider_that_always_asks_for_patience_is_not_asked_for_ever(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = write(sam, arrive(site), "hello")
    busy = TemporaryFailure("Busy", retry_after=timedelta(seconds=1))
    monkeypatch.setattr(outbox, "provider", failing(busy))

    for hours in range(1, 12):
        send_all(hours=hours)

    assert (state(sent).status, len(outbox.sent)) == ("failed", 8)


@pytest.mark.parametrize("wait", [timedelta(hours=30), timedelta.max], ids=["too long", "for ever"])
def test_a_wait_past_the_day_we_try_is_told_at_once(
    site: Channel,
    sam: Agent,
    outbox: type[TestConnector],
    monkeypatch: pytest.MonkeyPatch,
    wait: timedelta,
) -> None:
    sent = write(sam, arrive(site), "hello")
    monkeypatch.setattr(outbox, "provider", failing(TemporaryFailure("Busy", retry_after=wait)))

    send_all()

    assert (state(sent).status, state(sent).reason) == ("failed", "Busy")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PermanentFailure("No such number", code="21211"), "failed"),
        (OutcomeUnknown("No answer"), "unknown"),
    ],
)
def test_other_failures_end_it_with_the_reason(
    site: Channel,
    sam: Agent,
    outbox: type[TestConnector],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: str,
) -> None:
    sent = write(sam, arrive(site), "hello")
    monkeypatch.setattr(outbox, "provider", failing(error))

    send_all()
    send_all(hours=9)

    assert (state(sent).status, state(sent).reason) == (status, str(error))
    assert len(outbox.sent) == 1
    assert ChannelHealth.objects.get(channel=site).last_error == str(error)


def test_a_connector_that_breaks_its_contract_leaves_the_outcome_unknown_and_the_others_alone(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(message: OutboundMessage) -> Accepted:
        if message.to.value == "ana":
            raise ZeroDivisionError
        return accepts(message)

    broken, fine = write(sam, arrive(site), "a"), write(sam, arrive(site, by=BEN), "b")
    monkeypatch.setattr(outbox, "provider", staticmethod(bug))

    send_all()

    assert (state(broken).status, state(fine).status) == ("unknown", "sent")


def test_credentials_that_no_longer_work_stop_the_channel_and_the_message_waits_for_the_repair(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = write(sam, arrive(site), "hello")
    monkeypatch.setattr(outbox, "provider", failing(ChannelBroken("The password was changed.")))
    send_all()
    site.refresh_from_db()
    assert (site.state, site.state_reason, state(sent).status) == (
        "broken",
        "The password was changed.",
        "queued",
    )

    monkeypatch.setattr(outbox, "provider", staticmethod(accepts))
    send_all(hours=2)
    assert state(sent).status == "queued"
    channels.resume(actor=sam, channel=site)
    send_all(hours=3)
    assert state(sent).status == "sent"


def test_a_refused_address_is_remembered(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(sam, arrive(site), "hello")
    monkeypatch.setattr(outbox, "provider", failing(PermanentFailure("They said STOP", opted_out=True)))

    send_all()

    assert Identity.objects.get(value=ANA.value).opted_out_at is not None


def test_what_a_dead_worker_left_is_shown_as_unknown_and_never_sent_again_by_itself(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    sent = write(sam, arrive(site), "hello")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert deliver.claim() == [state(sent).pk]
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        tasks.sweep_deliveries()
    assert state(sent).status == "sending"

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        tasks.sweep_deliveries()
    send_all(hours=5)

    assert state(sent).status == "unknown"
    assert outbox.sent == []
    deliver.retry(message_id=sent.pk)
    send_all(hours=6)
    assert state(sent).status == "sent"


@pytest.mark.parametrize("error", [PermanentFailure("No such number"), OutcomeUnknown("No answer")])
@pytest.mark.parametrize("then", ["open", "resolved", "snoozed"])
def test_an_answer_that_did_not_get_there_waits_for_a_person_and_says_so(
    site: Channel,
    sam: Agent,
    outbox: type[TestConnector],
    monkeypatch: pytest.MonkeyPatch,
    error: ContractError,
    then: str,
) -> None:
    # Given a question that was answered, and put away
    first = arrive(site)
    sent = write(sam, first, "hello")
    if then == "resolved":
        status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    if then == "snoozed":
        status.snooze(agent=sam, conversation_ids=[first.conversation_id], until=None)

    # When the answer fails
    monkeypatch.setattr(outbox, "provider", failing(error))
    send_all()

    # Then the matter stands among those that wait, with the reason
    (row,) = queues.page(sam, "mine").rows
    assert row.why == Why("not_sent", at=first.received_at)

    # And no longer once it is sent again
    monkeypatch.setattr(outbox, "provider", staticmethod(accepts))
    deliver.retry(message_id=sent.pk)
    send_all(hours=2)
    (row,) = queues.page(sam, "mine").rows
    assert (row.why.kind, row.conversation.waiting_since) == ("assigned", None)


def test_an_earlier_answer_that_fails_after_a_later_one_is_seen_too(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a mail that comes back after another one was sent
    mail = factories.channel("maillike", name="Mail")
    first = arrive(mail)
    lost, _fine = write(sam, first, "one"), write(sam, first, "two")
    send_all()
    lost.refresh_from_db()
    news = DeliveryUpdate(
        event_key="b", external_id=lost.reference_id, status=Status.FAILED, reason="Full", recipient=ANA
    )

    take(mail, news)

    (row,) = queues.page(sam, "mine").rows
    assert row.why == Why("not_sent", at=lost.received_at)
    # And what the agent writes now deals with it
    write(sam, first, "three")
    (row,) = queues.page(sam, "mine").rows
    assert row.why.kind == "assigned"


def test_of_two_failures_the_second_stays_when_the_first_is_sent_again(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = arrive(site)
    one, two = write(sam, first, "one"), write(sam, first, "two")
    monkeypatch.setattr(outbox, "provider", failing(PermanentFailure("No")))
    send_all()

    monkeypatch.setattr(outbox, "provider", staticmethod(accepts))
    deliver.retry(message_id=two.pk)

    (row,) = queues.page(sam, "mine").rows
    assert row.why == Why("not_sent", at=one.received_at)


def test_only_failed_or_unknown_can_be_sent_again(
    site: Channel, sam: Agent, outbox: type[TestConnector]
) -> None:
    sent = write(sam, arrive(site), "hello")
    send_all()

    with pytest.raises(Refused):
        deliver.retry(message_id=sent.pk)


def test_a_bounce_of_one_recipient_marks_that_one_and_leaves_the_message_sent(
    site: Channel, sam: Agent, outbox
) -> None:
    mail = factories.channel("maillike", name="Mail")
    sent = write(sam, arrive(mail), "hello", cc=[BEN])
    send_all()
    sent.refresh_from_db()
    assert sent.reference_id == f"<{sent.public_id}@shop.example>"

    take(
        mail,
        DeliveryUpdate(
            event_key="b",
            external_id=sent.reference_id,
            status=Status.FAILED,
            reason="User unknown",
            recipient=BEN,
            undeliverable=True,
        ),
    )

    assert state(sent).status == "sent"
    assert sent.participants.get(role="cc").bounce_reason == "User unknown"
    assert Identity.objects.get(value="ben").undeliverable_at is not None


def test_a_report_naming_somebody_who_did_not_take_part_marks_nobody(
    site: Channel, sam: Agent, outbox
) -> None:
    # Given a mail to ana, and ben, who has nothing to do with it
    mail = factories.channel("maillike", name="Mail")
    sent = write(sam, arrive(mail), "hello")
    arrive(mail, by=BEN)
    send_all()
    sent.refresh_from_db()

    # When a report says that ben cannot be reached (forged, or ana's mail goes on to him)
    take(
        mail,
        DeliveryUpdate(
            event_key="b",
            external_id=sent.reference_id,
            status=Status.FAILED,
            reason="User unknown",
            recipient=BEN,
            undeliverable=True,
            opted_out=True,
        ),
    )

    # Then nobody's address is marked, and the agent sees what became of the message
    assert not Identity.objects.exclude(undeliverable_at=None, opted_out_at=None).exists()
    assert not sent.participants.exclude(bounced_at=None).exists()
    assert (state(sent).status, state(sent).reason) == ("failed", "User unknown")


def test_a_notice_of_delay_is_shown_and_moves_nothing(site: Channel, sam: Agent, outbox) -> None:
    mail = factories.channel("maillike", name="Mail")
    sent = write(sam, arrive(mail), "hello")
    send_all()
    sent.refresh_from_db()
    news = DeliveryUpdate(
        event_key="d",
        external_id=sent.reference_id,
        status=Status.SENT,
        code="4.4.1",
        reason="Still on its way",
        recipient=ANA,
    )

    take(mail, news)
    assert (state(sent).status, state(sent).reason) == ("sent", "Still on its way")

    take(mail, replace(news, event_key="e", status=Status.DELIVERED, code="", reason=""))
    assert (state(sent).status, state(sent).reason) == ("delivered", "")


def test_a_reply_by_mail_cites_the_conversation_and_quotes_the_last_mail(
    site: Channel, sam: Agent, outbox
) -> None:
    mail = factories.channel("maillike", name="Mail")
    first = arrive(mail, "Where is it?", reference_id="<a1@x>")
    arrive(mail, "Hello?", reference_id="<a2@x>")
    write(sam, first, "Here")

    send_all()

    (given,) = outbox.sent
    assert given.references == ("<a1@x>", "<a2@x>")
    assert given.quoted_text == "Hello?"


def test_files_leave_with_their_bytes_and_a_link_for_providers_that_fetch(
    site: Channel, sam: Agent, outbox
) -> None:
    upload = files.upload(agent=sam, file=File(name="a.txt", content_type="text/plain", content=b"abc"))
    write(sam, arrive(site), "see", attachments=[upload.public_id])

    send_all()

    (file,) = outbox.sent[0].files
    assert (file.content, file.name) == (b"abc", "a.txt")
    assert "/f/" in file.url


@pytest.fixture
def committed(transactional_db: None) -> Channel:
    return factories.channel("outbox", name="Site")


def test_eight_workers_send_each_message_once_and_in_order(
    committed: Channel, outbox: type[TestConnector]
) -> None:
    sam = factories.agent()
    people = [arrive(committed, by=type(ANA)(space="sandbox", value=f"p{n}")) for n in range(10)]
    for n in range(6):
        for person in people:
            write(sam, person, f"{person.identity.value} {n}")

    def worker(_n: int) -> None:
        try:
            for _round in range(40):
                sending.send_due(limit=7)
        finally:
            connection.close()

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True), ThreadPoolExecutor(8) as pool:
        list(pool.map(worker, range(8)))

    assert len(outbox.sent) == 60
    assert Delivery.objects.filter(status="sent").count() == 60
    for n in range(10):
        mine = [message.text for message in outbox.sent if message.to.value == f"p{n}"]
        assert mine == [f"p{n} {k}" for k in range(6)]


def test_a_result_is_written_while_others_still_wait_for_their_server(
    committed: Channel, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a slow server that ends only after the other message of the batch is known to have been sent
    sam = factories.agent()
    slow, fast = write(sam, arrive(committed), "slow"), write(sam, arrive(committed, by=BEN), "fast")

    def provider(message: OutboundMessage) -> Accepted:
        if message.text == "slow":
            eventually(lambda: state(fast).status == "sent", seconds=10)
        return accepts(message)

    monkeypatch.setattr(outbox, "provider", staticmethod(provider))

    send_all()

    assert (state(slow).status, state(fast).status) == ("sent", "sent")


def test_a_server_that_takes_too_long_holds_up_nobody_and_its_answer_still_counts(
    committed: Channel, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a server that does not answer in time
    sam, answer = factories.agent(), threading.Event()
    slow, fast = write(sam, arrive(committed), "slow"), write(sam, arrive(committed, by=BEN), "fast")

    def provider(message: OutboundMessage) -> Accepted:
        if message.text == "slow":
            assert answer.wait(60)
        return accepts(message)

    monkeypatch.setattr(outbox, "provider", staticmethod(provider))
    monkeypatch.setattr(sending, "SEND_WITHIN", timedelta(seconds=0.5))

    # When the batch is sent
    send_all()

    # Then the agent is told, and nothing is lost when the answer comes after all
    assert (state(slow).status, state(slow).code, state(fast).status) == ("unknown", "slow", "sent")
    answer.set()
    eventually(lambda: state(slow).status == "sent", seconds=30)
    assert len(outbox.sent) == 2


def test_a_task_that_is_cut_off_in_the_middle_loses_no_result(
    committed: Channel, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given Celery's time limit hits while results are being written
    class CutOff(Exception):
        pass

    sam = factories.agent()
    both = [write(sam, arrive(committed), "one"), write(sam, arrive(committed, by=BEN), "two")]
    writes, late = sending._write_down, []

    def once_too_long(*given: Any) -> None:
        late.append(given)
        if len(late) == 1:
            raise CutOff
        writes(*given)

    monkeypatch.setattr(sending, "_write_down", once_too_long)

    with pytest.raises(CutOff):
        send_all()

    eventually(lambda: [state(each).status for each in both] == ["sent", "sent"], seconds=30)


def test_a_long_queue_is_handed_on_to_another_task_in_time(
    site: Channel, sam: Agent, outbox: type[TestConnector], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more than one task may send in its time
    for number in range(3):
        write(sam, arrive(site), str(number))
    handed_on: list[int] = []
    monkeypatch.setattr(tasks, "SENDING", timedelta())
    monkeypatch.setattr(tasks.send_due, "apply_async", lambda: handed_on.append(1))

    # When it runs
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        tasks.send_due.run()

    # Then it stops after a batch, and the rest is somebody's
    assert len(outbox.sent) == len(handed_on) == 1
