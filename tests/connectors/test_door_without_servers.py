"""The hook door while the database or the broker is away (trust.md F5, F6): never 2xx for what is not stored, always soon."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from connectors import reader, samples, tasks
from connectors.models import Receipt, ReceiptState
from connectors.sandbox.connector import SandboxConnector
from inbox.contract import Request, Response
from inbox.models import Channel, Message
from tests.connectors.door import Street, signed
from tests.standins.gate import Gate


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is inside hangs on nothing that is away: a limit with much to spare, not a measurement."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_a_database_that_is_down_gives_503_soon_and_takes_again_by_itself(
    street: Street, database: Gate, text: Request
) -> None:
    assert street.knock(text) == [200]
    database.shut()

    with within(5):
        down = street.knock(text)
    database.open()
    up = street.knock(text)

    assert (down, up) == ([503], [200])
    assert Receipt.objects.count() == 2


def test_a_frozen_database_gives_503_soon(street: Street, database: Gate, text: Request) -> None:
    street.knock(text)
    database.freeze()

    with within(5):
        frozen = street.knock(text)
    database.thaw()

    assert frozen == [503]


def test_sessions_cut_by_a_restart_of_the_database_are_replaced_without_a_503(
    street: Street, database: Gate, text: Request
) -> None:
    street.knock(*[text] * 8)
    database.cut()

    assert street.knock(text) == [200]


def test_a_process_that_has_seen_no_channel_yet_gives_503_not_404_while_the_database_is_down(
    street: Street, database: Gate, text: Request
) -> None:
    database.shut()

    with within(5):
        assert street.knock(text) == [503]


def test_a_wrong_signature_is_not_taken_while_the_database_is_down(
    street: Street, database: Gate, text: Request
) -> None:
    street.knock(text)
    database.shut()

    assert street.knock(replace(text, headers={}))[0] in (403, 503)


def test_an_answer_somebody_on_the_line_waits_for_is_given_although_nothing_was_stored(
    street: Street, database: Gate, text: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller must hear something: a connector says so with `even_unstored`."""
    spoken = Response(body=b"<Response/>", content_type="text/xml", even_unstored=True)
    monkeypatch.setattr(SandboxConnector, "answer", lambda self, request: spoken)
    assert street.knock(text) == [200]
    database.shut()

    answer = street.answers(text)[0]

    assert (answer.status, answer.body, answer.content_type) == (200, b"<Response/>", "text/xml")
    assert Receipt.objects.count() == 1


def test_a_broker_that_is_down_changes_nothing_for_the_provider(
    street: Street, broker: Gate, text: Request
) -> None:
    broker.shut()

    with within(2):
        assert street.knock(text) == [200]

    assert Receipt.objects.get().state == ReceiptState.NEW


def test_a_frozen_broker_holds_no_provider(street: Street, broker: Gate, text: Request) -> None:
    street.knock(text)
    street.settle()
    broker.freeze()

    with within(2):
        assert street.knock(*[text] * 5) == [200] * 5

    broker.thaw()


def test_what_nobody_was_told_about_is_found_by_the_sweeper(
    street: Street, broker: Gate, text: Request, queued: Callable[[], int]
) -> None:
    broker.shut()
    street.knock(text)
    street.settle()
    broker.open()

    tasks.sweep_receipts()

    assert queued() == 1
    reader.drain()
    assert Message.objects.get().text == samples.find("sandbox", "text").events[0]["text"]


def test_many_requests_ring_a_few_times_not_each(
    street: Street, channel: Channel, queued: Callable[[], int]
) -> None:
    street.knock(*[signed(samples.find("sandbox", "text"), channel)] * 50)

    street.settle()
    assert 1 <= queued() < 25
