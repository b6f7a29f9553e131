"""Waiting for mail with a real Dovecot: told at once, never deaf between two looks, and patient with poor servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.email import waiting
from tests.connectors.email.conftest import Connect, Desk, mail
from tests.standins import dovecot, proxy
from tests.standins.dovecot import Dovecot

LONG = timedelta(seconds=30)
SHORT = timedelta(seconds=0.3)


@pytest.fixture
def in_background() -> Iterator[list[threading.Thread]]:
    running: list[threading.Thread] = []
    yield running
    for thread in running:
        thread.join(10)
        assert not thread.is_alive()


def test_a_mail_wakes_who_waits(
    desk: Desk, mailboxes: Dovecot, help_address: str, in_background: list[threading.Thread]
) -> None:
    postman = threading.Timer(0.3, mailboxes.deliver, [mail("wake up"), help_address])
    in_background.append(postman)
    postman.start()

    assert desk.connector.wait(LONG) is True

    (request,) = desk.poll()
    assert b"wake up" in request.body


def test_a_mail_between_looking_and_waiting_is_not_missed(
    desk: Desk, mailboxes: Dovecot, help_address: str
) -> None:
    desk.poll()
    mailboxes.deliver(mail(), help_address)

    assert desk.connector.wait(LONG) is True


def test_quiet_is_no_news(desk: Desk) -> None:
    assert desk.connector.wait(SHORT) is False


def test_folders_that_idle_does_not_watch_are_looked_at_anyway(connect: Connect) -> None:
    desk = Desk(connect(junk_folder="Junk"))
    desk.poll()

    assert desk.connector.wait(SHORT) is True


def test_a_server_without_idle_is_asked_again_after_a_while(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    with dovecot.running(more="imap_capability = IMAP4rev1 UIDPLUS") as simple:
        desk = Desk(connect(imap_port=simple.imap))
        desk.poll()
        simple.deliver(mail(), help_address)

        assert desk.connector.wait(SHORT) is True
        assert len(desk.poll()) == 1


def test_closing_wakes_who_waits(desk: Desk, in_background: list[threading.Thread]) -> None:
    heard: list[bool] = []
    waiter = threading.Thread(target=lambda: heard.append(desk.connector.wait(LONG)))
    in_background.append(waiter)
    waiter.start()

    threading.Event().wait(0.3)
    desk.connector.close()
    waiter.join(5)

    assert heard == [False]


def test_a_line_that_dies_while_waiting_is_made_again(
    connect: Connect,
    mailboxes: Dovecot,
    help_address: str,
    monkeypatch: pytest.MonkeyPatch,
    in_background: list[threading.Thread],
) -> None:
    monkeypatch.setattr(waiting, "_AFTER_A_BROKEN_LINE", 0.1)
    with proxy.before(mailboxes.imap) as between:
        desk = Desk(connect(imap_port=between.port))
        desk.poll()
        scissors = threading.Timer(0.3, between.cut_all)
        in_background.append(scissors)
        scissors.start()

        assert desk.connector.wait(LONG) is True

        mailboxes.deliver(mail(), help_address)
        assert len(desk.poll()) == 1


def test_a_mailbox_that_only_sends_waits_without_a_server(connect: Connect) -> None:
    desk = Desk(connect(imap_host=""))

    assert desk.poll() == []
    assert desk.connector.wait(SHORT) is False
