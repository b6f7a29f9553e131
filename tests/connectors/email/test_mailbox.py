"""Fetching from a real Dovecot: every mail once, whatever happens to the line, the numbers or the flags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.email.line import Line
from connectors.email.mailbox import Mailbox
from inbox.contract import ChannelBroken, TemporaryFailure
from tests.connectors.email.conftest import Connect, Desk, mail
from tests.standins import dovecot, proxy
from tests.standins.dovecot import Dovecot


def test_mail_that_was_there_before_the_channel_stays_there(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    mailboxes.deliver(mail("old"), help_address)
    desk = Desk(connect())

    assert desk.poll() == []

    mailboxes.deliver(mail("new"), help_address)
    (fresh,) = desk.poll()
    assert b"new" in fresh.body


def test_the_beginning_is_kept_even_when_no_mail_came(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    # given: the first look found an empty mailbox
    first = list(connect().poll({}))
    # when: a mail comes before the second look, and another process does it
    mailboxes.deliver(mail("between"), help_address)
    # then
    assert [polled.request.header("x-watching-from") for polled in first] == ["1"]
    (polled,) = connect().poll(first[-1].cursor)
    assert b"between" in polled.request.body


def test_a_mail_is_fetched_once_and_raw(desk: Desk, mailboxes: Dovecot, help_address: str) -> None:
    raw = mail("Grüße", Subject="Größe")
    mailboxes.deliver(raw, help_address)

    (request,) = desk.poll()

    assert request.body.endswith(raw)
    assert request.header("x-folder") == "INBOX"
    assert datetime.now(UTC) - datetime.fromisoformat(request.header("x-internaldate")) < timedelta(minutes=5)
    assert desk.poll() == []


def test_the_key_is_folder_uidvalidity_and_uid(desk: Desk, mailboxes: Dovecot, help_address: str) -> None:
    mailboxes.deliver(mail(), help_address)

    desk.poll()

    with mailboxes.client(help_address) as client:
        opened = client.select_folder("INBOX", readonly=True)
    assert f"INBOX/{opened[b'UIDVALIDITY']}/1" in desk.receipts


def test_reading_leaves_every_flag_as_it_was(desk: Desk, mailboxes: Dovecot, help_address: str) -> None:
    mailboxes.deliver(mail(), help_address)
    mailboxes.deliver(mail(), help_address)

    assert len(desk.poll()) == 2

    # \Recent is not ours to keep: it goes to whoever opens the folder first, EXAMINE does not take it.
    assert all(b"\\Seen" not in flags for flags in mailboxes.flags(help_address))


def test_a_mail_somebody_has_read_already_comes_in_all_the_same(
    desk: Desk, mailboxes: Dovecot, help_address: str
) -> None:
    mailboxes.deliver(mail(), help_address)
    with mailboxes.client(help_address) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), ["\\Seen"])

    assert len(desk.poll()) == 1


def test_a_mail_older_than_the_last_one_still_comes_when_it_is_moved_here(
    desk: Desk, mailboxes: Dovecot, help_address: str
) -> None:
    # given: a mail from last year lies in Junk
    mailboxes.append(
        mail("not spam at all"), help_address, folder="Junk", at=datetime(2025, 1, 1, tzinfo=UTC)
    )
    mailboxes.deliver(mail("newest"), help_address)
    desk.poll()
    # when: somebody moves it to the inbox
    with mailboxes.client(help_address) as client:
        client.select_folder("Junk")
        client.move(client.search(), "INBOX")
    # then
    (request,) = desk.poll()
    assert b"not spam at all" in request.body


def test_twenty_mails_with_one_message_id_are_twenty(
    desk: Desk, mailboxes: Dovecot, help_address: str
) -> None:
    for number in range(20):
        mailboxes.deliver(mail(f"number {number}", Message_ID="<same@customer.example>"), help_address)

    requests = desk.poll()

    events = [event for request in requests for event in desk.connector.parse(request)]
    assert len({event.event_key for event in events}) == 20


def test_new_uidvalidity_reads_everything_again_and_doubles_nothing(
    desk: Desk, mailboxes: Dovecot, help_address: str
) -> None:
    # given: three known mails
    for number in range(3):
        mailboxes.deliver(mail(f"number {number}"), help_address)
    known = {event.event_key for request in desk.poll() for event in desk.connector.parse(request)}
    # when: the server is restored and gives new numbers, and one mail has come meanwhile
    desk.connector.close()
    mailboxes.change_uidvalidity(help_address)
    mailboxes.deliver(mail("meanwhile"), help_address)
    # then: four are fetched, three of them are the ones we have
    again = [event for request in desk.poll() for event in desk.connector.parse(request)]
    assert len(again) == 4
    assert known < {event.event_key for event in again}
    assert desk.poll() == []


def test_new_uidvalidity_does_not_bring_in_what_was_there_before_the_channel(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    for year in (2020, 2021, 2022):
        mailboxes.append(mail("long ago"), help_address, at=datetime(year, 1, 1, tzinfo=UTC))
    desk = Desk(connect())
    desk.poll()

    desk.connector.close()
    mailboxes.change_uidvalidity(help_address)
    requests = desk.poll()

    # The newest old one is on the border; it comes as history at most.
    events = [event for request in requests for event in desk.connector.parse(request)]
    assert len(events) <= 1
    assert desk.poll() == []


def test_a_server_that_went_back_to_an_old_backup_is_read_again(
    desk: Desk, mailboxes: Dovecot, help_address: str
) -> None:
    # given: we have seen UID 3, and the restored server only knows one mail under the same UIDVALIDITY
    for number in range(3):
        mailboxes.deliver(mail(f"number {number}"), help_address)
    desk.poll()
    folder, position = next(iter(desk.cursor.items()))
    desk.cursor = {folder: {**position, "last_uid": 300}}

    assert len(desk.poll()) == 3
    assert len(desk.mails) == 6


def test_keys_of_different_numberings_never_meet(desk: Desk, mailboxes: Dovecot, help_address: str) -> None:
    mailboxes.deliver(mail("before"), help_address)
    desk.poll()
    folder, position = next(iter(desk.cursor.items()))
    desk.cursor = {folder: {**position, "uidvalidity": 1}}

    desk.poll()

    assert len(desk.mails) == 2


def test_days_to_import_bring_in_older_mail_as_history(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    now = datetime.now(UTC)
    mailboxes.append(mail("too old"), help_address, at=now - timedelta(days=90))
    mailboxes.append(mail("last week"), help_address, at=now - timedelta(days=7))
    desk = Desk(connect(backfill_days=30))

    (imported,) = desk.poll()
    mailboxes.deliver(mail("today"), help_address)
    (fresh,) = desk.poll()

    assert b"last week" in imported.body
    assert imported.header("x-historical") == "1"
    assert not fresh.header("x-historical")


def test_backfill_fetches_what_was_there_before_and_leaves_the_cursor(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    now = datetime.now(UTC)
    mailboxes.append(mail("three weeks ago"), help_address, at=now - timedelta(days=21))
    mailboxes.append(mail("two days ago"), help_address, at=now - timedelta(days=2))
    desk = Desk(connect())
    desk.poll()
    mailboxes.deliver(mail("today"), help_address)
    desk.poll()
    cursor = desk.cursor

    filled = list(desk.connector.backfill(desk.cursor, 7))

    assert [b"two days ago" in polled.request.body for polled in filled] == [True]
    assert filled[0].request.header("x-historical") == "1"
    assert filled[0].cursor == cursor


def test_several_folders_keep_their_own_place(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    with mailboxes.client(help_address) as client:
        client.create_folder("Füße")
    desk = Desk(connect(folders=("INBOX", "Füße"), junk_folder="Junk", sent_folder="Sent"))
    desk.poll()
    for folder in ("INBOX", "Füße", "Junk", "Sent"):
        mailboxes.append(mail(folder), help_address, folder=folder)

    found = {(request.header("x-folder"), request.header("x-role")) for request in desk.poll()}

    assert found == {("INBOX", "inbox"), ("Füße", "inbox"), ("Junk", "junk"), ("Sent", "sent")}
    assert set(desk.cursor) == {"INBOX", "Füße", "Junk", "Sent"}
    assert desk.poll() == []


def test_a_missing_folder_does_not_hold_up_the_others(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    desk = Desk(connect(folders=("Gone", "INBOX")))
    with pytest.raises(TemporaryFailure, match="Gone"):
        desk.poll()
    mailboxes.deliver(mail(), help_address)

    with pytest.raises(TemporaryFailure, match="Gone"):
        desk.poll()

    assert len(desk.mails) == 1


def test_of_a_mail_above_the_limit_the_beginning_is_kept(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    desk = Desk(connect(largest_mb=2))
    desk.poll()
    mailboxes.deliver(mail("It starts so. " + "x" * 70 + "\n" + ("y" * 70 + "\n") * 40_000), help_address)

    (request,) = desk.poll()

    assert len(request.body) == 1_000_000
    assert int(request.header("x-size")) > 2_000_000
    assert b"It starts so." in request.body


def test_a_mail_of_thirty_megabytes_comes_whole(desk: Desk, mailboxes: Dovecot, help_address: str) -> None:
    raw = mail(("z" * 76 + "\n") * 400_000)
    mailboxes.append(raw, help_address)

    (request,) = desk.poll()

    assert len(raw) > 30_000_000
    assert request.body == raw


def test_a_line_that_breaks_in_the_middle_of_a_mail_goes_on_where_it_was(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    with proxy.before(mailboxes.imap) as between:
        desk = Desk(connect(imap_port=between.port))
        desk.poll()
        for number in range(6):
            mailboxes.deliver(mail(f"number {number} " + "x" * 20_000), help_address)
        # when: the line dies after the second mail or so, again and again
        between.cut_after = 60_000
        between.cut_all()
        for _ in range(10):
            try:
                desk.poll()
                break
            except TemporaryFailure:
                continue
        # then: each came once, in order
        assert [request.header("x-uid") for request in desk.mails] == ["1", "2", "3", "4", "5", "6"]
        assert all(b"x" * 70 in request.body for request in desk.mails)


def test_a_mail_that_kills_the_line_each_time_is_taken_without_its_body(
    connect: Connect, mailboxes: Dovecot, help_address: str
) -> None:
    with proxy.before(mailboxes.imap) as between:
        desk = Desk(connect(imap_port=between.port))
        desk.poll()
        mailboxes.deliver(mail("POISON"), help_address)
        mailboxes.deliver(mail("healthy"), help_address)
        between.cut_at = b"POISON"

        for _ in range(5):
            try:
                desk.poll()
                break
            except TemporaryFailure:
                continue

        poisoned, healthy = desk.mails
        assert b"Subject: Parcel" in poisoned.body
        assert poisoned.header("x-unreadable")
        assert b"healthy" in healthy.body


def test_a_mail_deleted_while_we_look_is_no_mail(
    desk: Desk, mailboxes: Dovecot, help_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailboxes.deliver(mail("gone"), help_address)
    mailboxes.deliver(mail("stays"), help_address)
    # given: between the question for the heads and that for the mail, somebody deletes the first
    ask = Line.ask

    def and_delete(line: Line, command: str, *arguments: object, **options: object) -> object:
        answer = ask(line, command, *arguments, **options)
        if arguments[-1] == ["RFC822.SIZE", "INTERNALDATE"]:
            with mailboxes.client(help_address) as client:
                client.select_folder("INBOX")
                client.delete_messages([1])
                client.expunge([1])
        return answer

    monkeypatch.setattr(Line, "ask", and_delete)

    (request,) = desk.poll()

    assert b"stays" in request.body


def test_a_wrong_password_stops_the_channel(connect: Connect) -> None:
    with pytest.raises(ChannelBroken, match="refused the login"):
        list(connect(imap_password="wrong").poll({}))


def test_a_server_that_is_not_there_is_tried_again(connect: Connect) -> None:
    with pytest.raises(TemporaryFailure, match="Nothing listens"):
        list(connect(imap_port=dovecot.free_port()).poll({}))


def test_a_server_that_says_nothing_does_not_hold_us(connect: Connect, mailboxes: Dovecot) -> None:
    with proxy.before(mailboxes.imap) as between:
        between.drip = 60
        with pytest.raises(TemporaryFailure, match="did not answer in time"):
            list(connect(imap_port=between.port, timeout_seconds=1).poll({}))


def test_fifty_thousand_mails_are_looked_through_in_a_few_questions(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dovecot with that many is in benchmarks; here the questions are counted."""
    asked: list[tuple[object, ...]] = []

    def answer(_line: Line, command: str, *arguments: object, **_options: object) -> object:
        asked.append((command, *arguments))
        if command == "search":
            first, last = map(int, arguments[0][1].split(":"))  # type: ignore[index]
            return list(range(first, last + 1))
        return {
            uid: {b"RFC822.SIZE": 1000, b"INTERNALDATE": datetime(2020, 1, 1, tzinfo=UTC)}
            for uid in arguments[0]
        }  # type: ignore[attr-defined]

    monkeypatch.setattr(Line, "ask", answer)
    box = Mailbox(Line(connect().settings))
    from connectors.email.position import FolderState, beginning

    old = beginning(FolderState(uidvalidity=1, last_uid=50_000), datetime(2021, 1, 1, tzinfo=UTC))
    heads = list(box._heads(old.renumbered(FolderState(uidvalidity=2, last_uid=50_000)), 50_000))

    assert len(heads) == 50_000
    assert len(asked) == 101
