"""Whole mails through `read`: what a connector relies on."""

from connectors.email.reading import Limits, Mailbox, read

MAIL = b"""\
From: Ana Example <ana@customer.example>
To: help@shop.example
Subject: Where is my order?
Date: Tue, 2 Jan 2024 10:00:00 +0100
Message-ID: <one@customer.example>
In-Reply-To: <two@shop.example>
References: <zero@shop.example> <two@shop.example>

It has not come.
"""


def test_a_plain_mail_is_read_whole() -> None:
    mail = read(MAIL)

    assert mail.from_ == Mailbox("Ana Example", "ana@customer.example")
    assert [to.address for to in mail.to] == ["help@shop.example"]
    assert mail.subject == "Where is my order?"
    assert mail.message_id == "one@customer.example"
    assert mail.in_reply_to == "two@shop.example"
    assert mail.references == ("zero@shop.example", "two@shop.example")
    assert mail.date is not None
    assert mail.date.isoformat() == "2024-01-02T10:00:00+01:00"
    assert mail.text_new == mail.text.strip() == "It has not come."
    assert mail.auto == "person"
    assert mail.problems == ()


def test_a_mail_without_message_id_is_kept() -> None:
    mail = read(MAIL.replace(b"Message-ID: <one@customer.example>\n", b""))

    assert mail.message_id is None
    assert mail.text_new == "It has not come."


def test_a_mail_without_from_takes_the_sender_and_says_so() -> None:
    mail = read(MAIL.replace(b"From: Ana Example", b"Sender: Ana Example"))

    assert mail.from_ == Mailbox("Ana Example", "ana@customer.example")
    assert "no address in From: taken from Sender" in mail.problems


def test_nothing_at_all_is_still_a_mail() -> None:
    mail = read(b"")

    assert (mail.text, mail.html, mail.subject, mail.attachments) == ("", "", "", ())
    assert mail.from_ == Mailbox("", "")


def test_a_mail_over_the_size_limit_is_read_as_far_as_it_goes() -> None:
    mail = read(MAIL, limits=Limits(size=len(MAIL) - 6))

    assert mail.text_new == "It has not"
    assert any("the rest was left out" in problem for problem in mail.problems)


def test_every_address_that_a_server_delivered_to_is_told() -> None:
    headers = (
        b"Delivered-To: help+abc@shop.example\nX-Original-To: <info@shop.example>\nEnvelope-To: a@b.example\n"
    )

    mail = read(headers + b"X-Forwarded-To: help+abc@shop.example\n" + MAIL)

    assert mail.delivered_to == ("help+abc@shop.example", "info@shop.example", "a@b.example")


def two_forms(plain: str, html: str) -> bytes:
    head = "From: ana@customer.example\nContent-Type: multipart/alternative; boundary=b\n\n"
    return f"{head}--b\n\n{plain}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n".encode()


def test_the_form_that_shows_what_is_quoted_decides_for_both() -> None:
    mail = read(
        two_forms(
            "New\n\nsaid somebody\nold", '<p>New</p><div class="gmail_quote">said somebody<br>old</div>'
        )
    )

    assert (mail.text_new, mail.has_quote) == ("New", True)
    assert mail.text == "New\n\nsaid somebody\nold"


def test_a_plain_form_with_nothing_new_gives_way_to_html_that_has_something() -> None:
    quoted = "On 2 Jan 2024 at 09:00, Sam <s@shop.example> wrote:\n> old\n> older"

    mail = read(two_forms(quoted, '<p>New</p><blockquote type="cite">old</blockquote>'))

    assert mail.text_new == "New"
