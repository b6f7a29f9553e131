"""Bounces and receipts about our own mail: matched by Message-ID, told in plain sentences, kept when they match nothing."""

from __future__ import annotations

import pytest

from connectors.email.reasons import explain
from inbox.contract import Address, DeliveryUpdate, Ignored, InboundMessage, Nature, Status
from tests.connectors.email.conftest import polled
from tests.connectors.email.test_parsing import channel

OURS = channel().reference_for("aaaaaaaaaaaaaaaaaaaaaa")
ANA = Address(space="email", value="ana@customer.example")


def bounce(
    *,
    status: str = "5.1.1",
    action: str = "failed",
    original: str = f"Message-ID: {OURS}",
    more: str = "",
    to: str = "ana@customer.example",
) -> bytes:
    """What Postfix sends (RFC 3464)."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.shop.example>\r\nTo: help@shop.example\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <b1@mx.shop.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver your message.\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.shop.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} said the server\r\n{more}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: help@shop.example\r\nTo: ana@customer.example\r\n{original}\r\nSubject: Re: Parcel\r\n\r\n--b--\r\n"
    ).encode()


def test_a_hard_bounce_is_news_about_our_message() -> None:
    (news,) = channel().parse(polled(bounce()))

    assert isinstance(news, DeliveryUpdate)
    assert (news.external_id, news.status, news.recipient, news.code) == (OURS, Status.FAILED, ANA, "5.1.1")
    assert news.undeliverable
    assert news.reason.startswith("There is no such mailbox.")


def test_a_full_mailbox_fails_the_message_and_leaves_the_address() -> None:
    (news,) = channel().parse(polled(bounce(status="5.2.2")))

    assert isinstance(news, DeliveryUpdate)
    assert news.status is Status.FAILED
    assert not news.undeliverable


def test_a_delay_is_a_note_and_no_failure() -> None:
    (news,) = channel().parse(polled(bounce(status="4.4.1", action="delayed")))

    assert isinstance(news, DeliveryUpdate)
    assert news.status is Status.SENT
    assert "Still on its way" in news.reason
    assert not news.undeliverable


def test_a_success_report_means_delivered() -> None:
    (news,) = channel().parse(polled(bounce(status="2.0.0", action="delivered")))

    assert isinstance(news, DeliveryUpdate)
    assert news.status is Status.DELIVERED


def test_each_recipient_is_told_apart() -> None:
    more = "\r\nFinal-Recipient: rfc822; boss@customer.example\r\nAction: failed\r\nStatus: 5.2.1\r\n"

    first, second = channel().parse(polled(bounce(more=more)))

    assert isinstance(first, DeliveryUpdate)
    assert isinstance(second, DeliveryUpdate)
    assert (first.recipient, second.recipient) == (ANA, Address(space="email", value="boss@customer.example"))
    assert first.event_key != second.event_key


def test_our_own_header_names_the_message_when_its_id_was_replaced() -> None:
    original = "Message-ID: <0102018@email.ses.example>\r\nX-Onethread-Sent-By: house help@shop.example aaaaaaaaaaaaaaaaaaaaaa"

    (news,) = channel().parse(polled(bounce(original=original)))

    assert isinstance(news, DeliveryUpdate)
    assert news.external_id == OURS


@pytest.mark.parametrize(
    "original",
    [
        "Message-ID: <stranger@elsewhere.example>",
        "X-Nothing: at all",
        f"Message-ID: {channel(address='sales@shop.example').reference_for('aaaa')}",
    ],
    ids=["somebody else's", "no id", "another channel's"],
)
def test_a_bounce_that_matches_nothing_is_kept_quiet(original: str) -> None:
    (event,) = channel().parse(polled(bounce(original=original)))

    assert isinstance(event, InboundMessage)
    assert event.nature is Nature.AUTO
    assert "could not deliver" in event.text


def test_a_persons_mail_with_a_report_about_our_mail_in_it_is_a_persons() -> None:
    # Given somebody who writes to us and adds the report they got about a mail of ours
    raw = (
        bounce()
        .replace(b"MAILER-DAEMON@mx.shop.example", ANA.value.encode())
        .replace(b"Mail Delivery System", b"Ana")
        .replace(b"Auto-Submitted: auto-replied\r\n", b"")
        .replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    )

    # When it comes
    (event,) = channel().parse(polled(raw))

    # Then it is theirs, with the report as a file
    assert isinstance(event, InboundMessage)
    assert (event.author.value, event.nature) == (ANA.value, Nature.PERSON)
    assert "message/delivery-status" in [file.content_type for file in event.files]


def test_a_bounce_of_a_bounce_is_kept_quiet() -> None:
    raw = bounce(original="Message-ID: <b0@mx.partner.example>").replace(
        b"From: help@shop.example", b"From: MAILER-DAEMON@mx.partner.example"
    )

    (event,) = channel().parse(polled(b"Return-Path: <>\r\n" + raw))

    assert isinstance(event, InboundMessage)
    assert event.nature is Nature.AUTO


def receipt(disposition: str = "displayed", original: str = OURS) -> bytes:
    return (
        "From: Ana <ana@customer.example>\r\nTo: help@shop.example\r\nSubject: Read: Parcel\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message was read.\r\n\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;ana@customer.example\r\n"
        f"Original-Message-ID: {original}\r\nDisposition: manual-action/MDN-sent-manually; {disposition}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_read_receipt_means_read() -> None:
    (news,) = channel().parse(polled(receipt()))

    assert isinstance(news, DeliveryUpdate)
    assert (news.external_id, news.status, news.recipient) == (OURS, Status.READ, ANA)


def test_a_mail_deleted_unread_was_not_read() -> None:
    (event,) = channel().parse(polled(receipt("deleted")))

    assert isinstance(event, Ignored)


def test_a_receipt_for_somebody_elses_mail_is_kept_quiet() -> None:
    (event,) = channel().parse(polled(receipt(original="<x@elsewhere.example>")))

    assert isinstance(event, InboundMessage)
    assert event.nature is Nature.AUTO


@pytest.mark.parametrize(
    ("said", "code", "words", "dead"),
    [
        ("5.1.1 no such user", 550, "no such mailbox", True),
        ("550-5.7.26 This mail is unauthenticated", 550, "neither SPF nor DKIM", False),
        ("5.9.9 unheard of", 554, "refused the mail", False),
        ("4.7.1 Greylisted, try again", 450, "by its rules", False),
        ("", 552, "larger than their server takes", False),
        ("4.2.2 over quota", 452, "mailbox is full", False),
        ("1.1.1.1 blocked", 554, "refused the mail", False),
    ],
)
def test_codes_become_sentences(said: str, code: int, words: str, *, dead: bool) -> None:
    reason = explain(said, code=code)

    assert words in reason.sentence
    assert reason.undeliverable is dead
