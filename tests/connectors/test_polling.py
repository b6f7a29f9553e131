"""Fetching channels: every item once whatever breaks, one fetcher per channel, changes noticed within seconds (trust.md P6)."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import override_settings

from connectors import inbound, reader
from connectors.locks import Lock
from connectors.management.commands import poll_channels
from connectors.models import Receipt
from connectors.polling import FIRST_BACK_OFF, LOCKS, Pollers
from inbox.actions import channels
from inbox.contract import ChannelBroken, Polled, Request, TemporaryFailure
from inbox.models import Channel, ChannelHealth, Message
from inbox.models.channels import ChannelState
from tests import factories
from tests.connectors import letterbox
from tests.connectors.letterbox import Letterbox, post

PATIENCE = 10.0


def until(holds: Callable[[], object]) -> None:
    """Wait for another thread to get there."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "It did not happen."
        time.sleep(0.02)


def received() -> int:
    return Receipt.objects.count()


@pytest.fixture
def box(transactional_db: None) -> Iterator[Channel]:
    with letterbox.hung_up():
        yield factories.channel("letterbox")


@pytest.fixture
def pollers(box: Channel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pollers]:
    """Threads as `poll_channels` keeps them, with pauses short enough for a test."""
    monkeypatch.setattr("connectors.polling.FIRST_BACK_OFF", FIRST_BACK_OFF / 50)
    made = Pollers()
    yield made
    made.stop(within=PATIENCE)


# ---------------------------------------------------------------- storing


def test_an_item_and_the_cursor_behind_it_are_stored_together(box: Channel) -> None:
    request = Request(body=b"x", received_at=factories.MORNING)

    assert inbound.store_polled(box, Polled(key="a/1", request=request, cursor={"seen": 1}))

    box.refresh_from_db()
    assert (box.cursor, Receipt.objects.get().key) == ({"seen": 1}, "a/1")


def test_the_same_item_again_is_not_stored_but_the_cursor_moves(box: Channel) -> None:
    """After a crash between fetching and storing, or when a server forgets what it has told."""
    request = Request(body=b"x", received_at=factories.MORNING)
    inbound.store_polled(box, Polled(key="a/1", request=request, cursor={"seen": 1}))

    assert not inbound.store_polled(box, Polled(key="a/1", request=request, cursor={"seen": 2}))

    box.refresh_from_db()
    assert (box.cursor, received()) == ({"seen": 2}, 1)


def test_moving_the_cursor_does_not_look_like_a_change_of_settings(box: Channel) -> None:
    before = box.changed_at

    inbound.store_polled(
        box, Polled(key="a/1", request=Request(body=b"", received_at=before), cursor={"seen": 1})
    )

    box.refresh_from_db()
    assert box.changed_at == before


def test_a_key_longer_than_its_column_still_tells_items_apart(box: Channel) -> None:
    request = Request(body=b"x", received_at=factories.MORNING)
    for number in (1, 1, 2):
        inbound.store_polled(box, Polled(key="folder" * 100 + str(number), request=request, cursor={}))

    assert received() == 2


# ---------------------------------------------------------------- threads


def test_what_is_there_is_fetched_and_becomes_messages(box: Channel, pollers: Pollers) -> None:
    post("one", "two")

    pollers.adjust()

    until(lambda: received() == 2)
    reader.drain()
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == ["one", "two"]


def test_what_comes_while_it_waits_is_fetched_at_once(box: Channel, pollers: Pollers) -> None:
    pollers.adjust()
    until(lambda: Letterbox.visits == 1)

    post("three")

    until(lambda: received() == 1)


def test_a_channel_added_later_gets_its_thread(box: Channel, pollers: Pollers) -> None:
    pollers.adjust()
    post("one")

    factories.channel("letterbox")
    pollers.adjust()

    until(lambda: received() == 2)


def test_a_channel_that_its_settings_let_be_posted_to_is_not_fetched(
    box: Channel, pollers: Pollers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Letterbox, "polling", False)

    pollers.adjust()

    assert pollers.running == {}


def test_a_paused_channel_is_left_alone_and_goes_on_where_it_was(box: Channel, pollers: Pollers) -> None:
    post("one")
    pollers.adjust()
    until(lambda: received() == 1)
    channels.pause(actor=None, channel=box)
    until(lambda: (pollers.adjust(), pollers.running == {})[1])

    post("two")
    channels.resume(actor=None, channel=box)
    pollers.adjust()

    until(lambda: received() == 2)


def test_a_changed_channel_is_fetched_with_its_new_settings(box: Channel, pollers: Pollers) -> None:
    pollers.adjust()
    first = pollers.running[box.pk]
    box.refresh_from_db()
    channels.change(actor=None, channel=box, brand="New brand")

    until(lambda: (pollers.adjust(), pollers.running.get(box.pk) not in (None, first))[1])

    assert not first.is_alive()
    assert pollers.running[box.pk].channel.brand == "New brand"


def test_a_temporary_failure_is_shown_and_tried_again(box: Channel, pollers: Pollers) -> None:
    Letterbox.trouble.append(TemporaryFailure("The mail server does not answer."))
    post("one")

    pollers.adjust()

    until(lambda: received() == 1)
    assert ChannelHealth.objects.get(channel=box).last_error == "The mail server does not answer."


def test_a_fault_of_ours_does_not_end_the_fetching(box: Channel, pollers: Pollers) -> None:
    Letterbox.trouble.append(KeyError("x"))
    post("one")

    pollers.adjust()

    until(lambda: received() == 1)
    assert "fault of ours (KeyError)" in ChannelHealth.objects.get(channel=box).last_error


def test_refused_credentials_stop_the_channel_instead_of_locking_the_account(
    box: Channel, pollers: Pollers
) -> None:
    Letterbox.trouble.append(ChannelBroken("The password is wrong."))

    pollers.adjust()

    until(lambda: not pollers.running[box.pk].is_alive())
    box.refresh_from_db()
    assert (box.state, box.state_reason) == (ChannelState.BROKEN, "The password is wrong.")
    assert Letterbox.visits == 1


def test_a_channel_whose_key_is_lost_stops_alone(box: Channel, pollers: Pollers) -> None:
    lost = factories.channel("letterbox")
    with override_settings(FIELD_KEYS=[Fernet.generate_key().decode()]):
        Channel.objects.filter(pk=lost.pk).update(settings={})
    post("one")

    pollers.adjust()

    until(lambda: received() == 1)
    until(lambda: not pollers.running[lost.pk].is_alive())
    lost.refresh_from_db()
    assert lost.state == ChannelState.BROKEN
    assert "FIELD_KEYS" in lost.state_reason


def test_only_one_fetcher_visits_a_channel_and_the_second_takes_over(box: Channel, pollers: Pollers) -> None:
    first = Lock(LOCKS, box.pk)
    assert first.hold()
    post("one")

    pollers.adjust()
    time.sleep(0.3)
    assert Letterbox.visits == 0
    first.release()

    until(lambda: received() == 1)


def test_a_lock_whose_connection_was_cut_is_not_held_any_more(box: Channel) -> None:
    lock = Lock(LOCKS, box.pk)
    assert lock.hold()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
            [LOCKS],
        )

    assert not lock.hold()
    assert lock.hold()
    lock.release()


def test_the_command_ends_soon_after_it_is_told_to(box: Channel) -> None:
    stopping = threading.Event()
    serving = threading.Thread(target=_serve, args=(stopping,))
    serving.start()
    post("one")
    until(lambda: received() == 1)

    stopping.set()
    serving.join(PATIENCE)

    assert not serving.is_alive()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("poll-")]


def _serve(stopping: threading.Event) -> None:
    try:
        poll_channels.serve(stopping)
    finally:
        connection.close()
