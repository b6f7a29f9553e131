"""Reading receipts: batches, tries, parking, waiting, replay (trust.md P1, P2, P9, F3, F14, F17)."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from connectors import inbound, reader, samples, tasks
from connectors.models import CarriedOut, Receipt, ReceiptState
from connectors.reader import drain
from connectors.sandbox import connector as sandbox
from inbox.actions import receive
from inbox.actions.errors import Refused
from inbox.contract import Request
from inbox.models import Channel, ChannelHealth, Conversation, Customer, Identity, Message
from inbox.models.channels import ChannelState
from tests import factories
from tests.connectors.door import Street, signed

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def request(*events: object) -> Request:
    """What the sandbox posts, as a receipt keeps it."""
    return Request(body=json.dumps({"events": events}).encode(), received_at=datetime.now(UTC))


def said(number: int, text: str = "Hello", *, who: str = "ana-1") -> dict[str, object]:
    author = {"id": who, "name": who.title()}
    return {
        "id": f"evt-{number}",
        "type": "message",
        "at": NOW.isoformat(),
        "sequence": number,
        "message": f"msg-{number}",
        "from": author,
        "text": text,
    }


def about(kind: str, message: str, number: int = 900, **more: object) -> dict[str, object]:
    at = NOW + timedelta(seconds=number)
    return {"id": f"evt-{number}", "type": kind, "at": at.isoformat(), "message": message, **more}


def later(receipt: Receipt, *, waited: timedelta = timedelta()) -> None:
    """As if its next try were due, and it had come so long ago."""
    receipt.refresh_from_db()
    receipt.next_attempt_at = datetime.now(UTC)
    receipt.received_at -= waited
    receipt.save()


@pytest.fixture
def poison(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Receipt:
    """A receipt whose reading hits a fault of ours."""
    real = sandbox.SandboxConnector.parse

    def parse(self: sandbox.SandboxConnector, request: Request) -> object:
        if b"poison" in request.body:
            raise RecursionError("deep")
        return real(self, request)

    monkeypatch.setattr(sandbox.SandboxConnector, "parse", parse)
    return inbound.store(channel, request(said(666, "poison")))


# ---------------------------------------------------------------- batches


def test_fifty_are_received_in_one_go(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    real = receive.receive
    monkeypatch.setattr("connectors.once.receive", lambda items: (sizes.append(len(items)), real(items))[1])
    for number in range(60):
        inbound.store(channel, request(said(number)))

    more = drain()

    assert sizes == [50]
    assert more == reader.AT_ONCE
    assert (drain(), sizes) == (None, [50, 10])
    assert list(Message.objects.order_by("sequence").values_list("external_id", flat=True)) == [
        f"msg-{number}" for number in range(60)
    ]


def test_the_same_event_delivered_forty_times_eight_at_once_is_one_message(
    street: Street, channel: Channel, text: Request
) -> None:
    for _ in range(5):
        assert set(street.knock(*[text] * 8)) == {200}

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: _drain_in_thread(), range(4)))

    assert Receipt.objects.filter(state=ReceiptState.DONE).count() == 40
    assert (Message.objects.count(), Customer.objects.count()) == (1, 1)
    assert Conversation.objects.count() == 1


def _drain_in_thread() -> None:
    try:
        while drain(limit=5) == reader.AT_ONCE:
            pass
    finally:
        connection.close()


def test_what_came_in_is_noted_on_the_channel(channel: Channel) -> None:
    inbound.store(channel, request(said(1)))

    drain()

    assert ChannelHealth.objects.get(channel=channel).last_in_at is not None


def test_a_receipt_remembers_what_it_became_but_no_text(channel: Channel) -> None:
    receipt = inbound.store(channel, request(said(1, "a secret of ana")))

    drain()

    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.DONE
    assert receipt.events == [{"type": "InboundMessage", "event_key": "evt-1"}]


def test_a_paused_channel_is_read_when_it_goes_on(channel: Channel) -> None:
    inbound.store(channel, request(said(1)))
    Channel.objects.update(state=ChannelState.PAUSED)

    assert drain() is None
    assert not Message.objects.exists()

    Channel.objects.update(state=ChannelState.ACTIVE)
    drain()
    assert Message.objects.count() == 1


# ---------------------------------------------------------------- failures


def test_a_poison_receipt_holds_no_other(channel: Channel, poison: Receipt) -> None:
    inbound.store(channel, request(said(1)))
    inbound.store(channel, request(said(2)))

    drain()

    poison.refresh_from_db()
    assert Message.objects.count() == 2
    assert poison.state == ReceiptState.NEW
    assert poison.next_attempt_at > datetime.now(UTC)


def test_a_receipt_whose_effects_fail_is_the_only_one_without_them(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole batch is undone, then each is tried alone."""
    real = receive.receive

    def fails_for_two(items: list[receive.Inbound]) -> list[receive.Outcome]:
        outcomes = real(items)
        if any(item.event.event_key == "evt-2" for item in items):
            raise OperationalError("deadlock detected")
        return outcomes

    monkeypatch.setattr("connectors.once.receive", fails_for_two)
    for number in (1, 2, 3):
        inbound.store(channel, request(said(number)))

    drain()

    assert set(Message.objects.values_list("external_id", flat=True)) == {"msg-1", "msg-3"}
    assert list(Receipt.objects.order_by("id").values_list("state", flat=True)) == ["done", "new", "done"]


def test_after_three_tries_it_is_parked_with_a_reason_a_person_understands(
    channel: Channel, poison: Receipt
) -> None:
    for _ in range(3):
        drain()
        later(poison) if _ < 2 else None

    poison.refresh_from_db()
    assert poison.state == ReceiptState.PARKED
    assert poison.attempts == 3
    assert poison.error == (
        "It could not be read because of a fault of ours (RecursionError). Replay it after an update."
    )
    assert list(Receipt.objects.parked()) == [poison]
    assert drain() is None


def test_what_the_provider_sent_wrongly_is_parked_with_the_connectors_reason(channel: Channel) -> None:
    receipt = inbound.store(channel, Request(body=b"not json", received_at=NOW))

    for _ in range(3):
        drain()
        later(receipt) if _ < 2 else None

    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.PARKED
    assert receipt.error.startswith("The body is not what the sandbox sends")


def test_a_failed_try_says_when_to_come_again(channel: Channel, poison: Receipt) -> None:
    again = drain()

    assert again is not None
    assert timedelta() < again <= reader.BACK_OFF[0]


def test_a_parked_receipt_is_replayed_after_the_fix(
    channel: Channel, poison: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    Receipt.objects.update(state=ReceiptState.PARKED, attempts=3, error="…")
    monkeypatch.undo()

    inbound.replay(poison)
    drain()

    poison.refresh_from_db()
    assert (poison.state, poison.error) == (ReceiptState.DONE, "")
    assert Message.objects.get().text == "poison"


def test_replaying_what_is_done_does_nothing_twice(channel: Channel) -> None:
    receipt = inbound.store(channel, request(said(1), about("edit", "msg-1", text="Hello again")))
    drain()
    inbound.store(channel, request(about("edit", "msg-1", 901, text="And again")))
    drain()

    inbound.replay(receipt)
    drain()

    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.DONE
    assert Message.objects.get().text == "And again"


def test_a_dismissed_receipt_is_done_and_keeps_its_reason(channel: Channel, poison: Receipt) -> None:
    Receipt.objects.update(state=ReceiptState.PARKED, error="Broken.")

    inbound.dismiss(poison)

    assert (poison.state, poison.error) == (ReceiptState.DONE, "Broken.")
    assert not Receipt.objects.parked().exists()


def test_only_one_of_two_admins_moves_a_parked_receipt(channel: Channel, poison: Receipt) -> None:
    Receipt.objects.update(state=ReceiptState.PARKED)
    inbound.replay(Receipt.objects.get())

    with pytest.raises(Refused, match="not parked any more"):
        inbound.dismiss(poison)


def test_a_channel_whose_settings_do_not_fit_any_more_parks_what_it_got(channel: Channel) -> None:
    receipt = inbound.store(channel, request(said(1)))
    Channel.objects.update(settings={})
    other = factories.channel("sandbox", settings={"secret": "x"})
    inbound.store(other, request(said(2)))

    drain()

    receipt.refresh_from_db()
    assert receipt.error.startswith("The settings do not fit")
    assert Message.objects.get().channel == other


# ---------------------------------------------------------------- a worker dies


def test_what_a_dead_worker_had_claimed_is_read_by_the_next(channel: Channel) -> None:
    receipt = inbound.store(channel, request(said(1)))
    reader.claim(50, retried=False)

    assert drain() is None
    Receipt.objects.update(claimed_at=datetime.now(UTC) - timedelta(minutes=3))
    tasks.sweep_receipts()
    drain()

    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.DONE
    assert Message.objects.count() == 1


def test_what_a_living_worker_has_claimed_is_left_to_it(channel: Channel) -> None:
    inbound.store(channel, request(said(1)))
    reader.claim(50, retried=False)

    assert reader.take_back_abandoned() == 0


def test_after_a_death_each_is_read_alone_so_that_only_the_deadly_one_dies_again(channel: Channel) -> None:
    for number in range(5):
        inbound.store(channel, request(said(number)))
    reader.claim(50, retried=False)
    Receipt.objects.update(claimed_at=NOW - timedelta(days=1))
    reader.take_back_abandoned()

    assert reader.claim(50, retried=False) == []
    assert len(reader.claim(1, retried=True)) == 1


def test_what_kills_three_workers_is_parked(channel: Channel) -> None:
    receipt = inbound.store(channel, request(said(1)))
    for _ in range(3):
        reader.claim(1, retried=bool(_))
        Receipt.objects.update(claimed_at=NOW - timedelta(days=1))
        reader.take_back_abandoned()

    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.PARKED
    assert receipt.error == reader.WORKER_DIED


# ---------------------------------------------------------------- news that overtakes


def test_news_about_a_message_that_is_not_here_waits_and_is_applied_when_it_has_come(
    channel: Channel,
) -> None:
    news = inbound.store(channel, request(about("edit", "msg-1", text="Hello, Sam")))
    again = drain()
    news.refresh_from_db()
    assert news.state == ReceiptState.WAITING
    assert news.error == "The message it is about is not here yet."
    assert again is not None

    inbound.store(channel, request(said(1)))
    drain()
    later(news)
    drain()

    news.refresh_from_db()
    assert (news.state, news.error) == (ReceiptState.DONE, "")
    assert Message.objects.get().text == "Hello, Sam"


def test_waiting_for_an_hour_means_the_next_look_is_in_an_hour(channel: Channel) -> None:
    """Twice as long each time, so that news about messages that never come costs little."""
    news = inbound.store(channel, request(about("delete", "msg-1")))
    drain()
    later(news, waited=timedelta(hours=2))

    drain()

    news.refresh_from_db()
    assert news.next_attempt_at - datetime.now(UTC) > timedelta(minutes=59)


def test_after_a_day_news_about_an_unknown_message_is_parked(channel: Channel) -> None:
    news = inbound.store(channel, request(about("delete", "msg-1")))
    drain()
    later(news, waited=timedelta(hours=25))

    drain()

    news.refresh_from_db()
    assert (news.state, news.error) == (ReceiptState.PARKED, reader.NEVER_CAME)


def test_a_message_beside_news_that_waits_is_stored_at_once(channel: Channel) -> None:
    inbound.store(channel, request(said(1), about("delete", "msg-2")))

    drain()

    assert Message.objects.count() == 1
    assert Receipt.objects.get().state == ReceiptState.WAITING


# ---------------------------------------------------------------- each event once


def test_an_old_edit_delivered_again_does_not_undo_a_newer_one(channel: Channel) -> None:
    first = about("edit", "msg-1", 901, text="second thought")
    inbound.store(channel, request(said(1)))
    inbound.store(channel, request(first))
    drain()
    inbound.store(channel, request(about("edit", "msg-1", 902, text="third thought")))
    drain()

    inbound.store(channel, request(first))
    drain()

    assert Message.objects.get().text == "third thought"
    assert not Receipt.objects.exclude(state=ReceiptState.DONE).exists()


def test_a_reaction_delivered_again_after_it_was_taken_back_stays_away(channel: Channel) -> None:
    ana = {"id": "ana-1"}
    given = about("reaction", "msg-1", 901, emoji="👍", **{"from": ana})
    inbound.store(channel, request(said(1), given))
    inbound.store(channel, request(about("reaction", "msg-1", 902, emoji="", **{"from": ana})))
    drain()

    inbound.store(channel, request(given))
    drain()

    assert not Message.objects.get().reactions.exclude(emoji="").exists()


def test_news_that_waits_is_not_taken_for_carried_out(channel: Channel) -> None:
    inbound.store(channel, request(about("delete", "msg-1")))

    drain()

    assert not CarriedOut.objects.exists()


def test_the_same_news_on_two_channels_is_two_pieces_of_news(channel: Channel) -> None:
    other = factories.channel("sandbox", settings={"secret": "x"})
    for one in (channel, other):
        inbound.store(one, request(said(1)))
        inbound.store(one, request(about("edit", "msg-1", text="Changed")))

    drain()

    assert list(Message.objects.values_list("text", flat=True)) == ["Changed", "Changed"]


def test_the_same_news_twice_in_one_batch_is_carried_out_once(channel: Channel) -> None:
    inbound.store(channel, request(said(1)))
    for _ in range(2):
        inbound.store(channel, request(about("edit", "msg-1", text="Changed")))

    drain()

    assert CarriedOut.objects.count() == 1
    assert set(Receipt.objects.values_list("state", flat=True)) == {"done"}


# ---------------------------------------------------------------- keeping


def test_done_receipts_go_after_thirty_days_and_others_stay(channel: Channel) -> None:
    old, new = (inbound.store(channel, request(said(number))) for number in (1, 2))
    drain()
    parked = inbound.store(channel, request(said(3)))
    Receipt.objects.filter(pk=parked.pk).update(state=ReceiptState.PARKED)
    Receipt.objects.filter(pk__in=[old.pk, parked.pk]).update(
        received_at=datetime.now(UTC) - timedelta(days=31)
    )

    tasks.purge_receipts()

    assert set(Receipt.objects.values_list("pk", flat=True)) == {new.pk, parked.pk}


def test_identities_that_the_provider_signs_are_verified(channel: Channel) -> None:
    inbound.store(channel, replace(samples.find("sandbox", "text").request(), received_at=datetime.now(UTC)))

    drain()

    assert Identity.objects.get().verified


def test_the_receipt_of_a_signed_request_is_readable_as_it_was_sent(street: Street, channel: Channel) -> None:
    street.knock(signed(samples.find("sandbox", "files"), channel))

    drain()

    assert Message.objects.get().attachments.get().name == "scratch.png"


def test_of_large_receipts_fewer_are_in_memory_at_once_and_all_are_read(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH_BYTES", 2_000)
    for number, length in enumerate((800, 800, 5_000, 10)):
        inbound.store(channel, request(said(number, "x" * length)))
    real = reader.work
    batches: list[int] = []

    def counted(receipts: list[Receipt]) -> None:
        batches.append(len(receipts))
        real(receipts)

    monkeypatch.setattr(reader, "work", counted)

    drains = 1
    while drain() == timedelta():
        drains += 1

    assert batches == [2, 1, 1]
    assert drains == 3
    assert Message.objects.count() == 4


def test_old_receipts_and_keys_go_however_many_there_are(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement deletes a few: none lasts so long that it is ended, and the next begins where this one was."""
    monkeypatch.setattr("connectors.models.PURGED_AT_ONCE", 2)
    for number in range(5):
        stored = inbound.store(
            channel, request(said(number), about("edit", f"msg-{number}", number + 50, text="Hi"))
        )
    drain()
    Receipt.objects.update(received_at=NOW - timedelta(days=400))
    CarriedOut.objects.update(at=NOW - timedelta(days=400))
    fresh = inbound.store(channel, request(said(9)))

    with CaptureQueriesContext(connection) as queries:
        tasks.purge_receipts()

    assert list(Receipt.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert stored.pk != fresh.pk
    assert not CarriedOut.objects.exists()
    assert all(query["sql"].count(",") < 20 for query in queries if query["sql"].startswith("DELETE"))
