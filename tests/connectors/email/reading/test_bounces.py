"""Delivery reports and read receipts; the usual forms are in the corpus, here are the edges."""

from connectors.email.reading import read

HEAD = "From: MAILER-DAEMON@mx.example\nTo: help@shop.example\nMIME-Version: 1.0\n"


def report(
    status: str, original: str = "Message-ID: <one@shop.example>\nSubject: Hi\n", kind: str = "message/rfc822"
) -> bytes:
    return (
        f"{HEAD}Subject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n"
        f"--r\nContent-Type: text/plain\n\nSorry.\n--r\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--r\nContent-Type: {kind}\n\n{original}\n--r--\n"
    ).encode()


def test_each_recipient_has_its_own_outcome() -> None:
    status = (
        "Reporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n"
        "Final-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.2.2 (mailbox full)\n\n"
        "Final-Recipient: rfc822; c@x.example\nAction: relayed\nStatus: 2.0.0\n"
    )

    bounce = read(report(status)).bounce

    assert bounce is not None
    assert [(one.address, one.status, one.action) for one in bounce.recipients] == [
        ("a@x.example", "5.1.1", "failed"),
        ("b@x.example", "4.2.2", "delayed"),
        ("c@x.example", "2.0.0", "relayed"),
    ]
    assert bounce.recipients[0].diagnostic == "550 5.1.1 no such user"
    assert bounce.original_message_id == "one@shop.example"
    assert ("Subject", "Hi") in bounce.original_headers
    assert bounce.failed


def test_a_report_without_action_or_status_is_read_from_its_diagnostic() -> None:
    bounce = read(
        report("Final-Recipient: rfc822;a@x.example\nDiagnostic-Code: smtp; 421 4.4.2 try later\n")
    ).bounce

    assert bounce is not None
    assert (bounce.recipients[0].status, bounce.recipients[0].action) == ("4.4.2", "delayed")


def test_a_report_without_the_original_has_no_message_id() -> None:
    bounce = read(report("Final-Recipient: rfc822;a@x.example\nAction: failed\n", "", "text/plain")).bounce

    assert bounce is not None
    assert bounce.original_message_id is None


def test_a_report_about_nobody_is_no_bounce_and_no_crash() -> None:
    mail = read(report("Reporting-MTA: dns; mx.example\n"))

    assert mail.bounce is None
    assert mail.auto == "auto"


def test_a_failure_in_words_that_names_nobody_is_still_seen() -> None:
    bounce = read(f"{HEAD}Subject: Undelivered Mail Returned to Sender\n\nIt failed.\n".encode()).bounce

    assert bounce is not None
    assert [one.address for one in bounce.recipients] == [""]
    assert bounce.failed


def test_our_own_address_is_never_taken_for_the_failed_one() -> None:
    text = "help@shop.example wrote to\n\n<ana@x.example>:\nunknown user\n"

    bounce = read(f"{HEAD}Subject: failure notice\n\n{text}".encode()).bounce

    assert bounce is not None
    assert [one.address for one in bounce.recipients] == ["ana@x.example"]


def test_a_person_who_writes_about_a_failure_is_no_bounce() -> None:
    mail = read(b"From: ana@x.example\nSubject: Delivery failed?\n\nYour mail to b@x.example came back.\n")

    assert mail.bounce is None
    assert mail.auto == "person"


def test_ten_thousand_recipients_are_limited() -> None:
    status = "\n".join(f"Final-Recipient: rfc822; a{n}@x.example\nAction: failed\n" for n in range(10_000))

    bounce = read(report(status)).bounce

    assert bounce is not None
    assert len(bounce.recipients) <= 501


def test_a_read_receipt_is_no_bounce() -> None:
    raw = (
        f"{HEAD}Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n\n--r\n"
        "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;ana@x.example\n"
        "Original-Message-ID: <one@shop.example>\nDisposition: automatic-action/MDN-sent-automatically; deleted/error\n--r--\n"
    )

    mail = read(raw.encode())

    assert mail.bounce is None
    assert mail.read_receipt is not None
    assert mail.read_receipt.original_message_id == "one@shop.example"
    assert mail.read_receipt.disposition.startswith("deleted")
