"""A fetched mail → the contract's values: who, what, what it cites, and how far it may be believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.email.connector import EmailConnector
from connectors.email.settings import Settings
from inbox.contract import (
    Address,
    BadSignature,
    ChannelInfo,
    DeliveryUpdate,
    Ignored,
    InboundMessage,
    Nature,
    Proof,
    Status,
)
from tests.connectors.email.conftest import mail, polled

TOKEN = "abcdefgh234567abcdefgh234567abcd"
OTHER = "zzzzzzzz234567abcdefgh234567abcd"


def channel(*, public_url: str = "https://inbox.shop.example", **settings: Any) -> EmailConnector:
    usual = {
        "address": "help@shop.example",
        "aliases": ("info@shop.example",),
        "imap_host": "127.0.0.1",
        "smtp_host": "127.0.0.1",
    }
    return EmailConnector(
        Settings(**{**usual, **settings}),
        ChannelInfo(id=1, public_id="channel", name="Help", public_url=public_url),
    )


def message(raw: bytes, connector: EmailConnector | None = None, **headers: str) -> InboundMessage:
    (event,) = (connector or channel()).parse(polled(raw, **headers))
    assert isinstance(event, InboundMessage)
    return event


def ignored(raw: bytes, connector: EmailConnector, **headers: str) -> Ignored:
    (event,) = connector.parse(polled(raw, **headers))
    assert isinstance(event, Ignored)
    return event


# ---------------------------------------------------------------- who and what


def test_a_mail_becomes_a_message() -> None:
    found = message(
        mail(
            "Where is my parcel?",
            Cc="Boss <boss@customer.example>, info@shop.example",
            Message_ID="<1@customer.example>",
        )
    )

    assert found.author == Address(space="email", value="ana@customer.example", name="Ana Kovač")
    assert found.text.strip() == "Where is my parcel?"
    assert found.subject == "Parcel"
    assert found.reference_id == "<1@customer.example>"
    assert found.nature is Nature.PERSON
    assert found.proof is Proof.UNPROVEN
    assert found.cc == (Address(space="email", value="boss@customer.example", name="Boss"),)
    assert found.raw is not None


def test_we_are_not_among_the_participants() -> None:
    found = message(
        mail(
            To=f"help@shop.example, Help <HELP+{TOKEN}@Shop.Example>, info@shop.example, kim@partner.example"
        )
    )

    assert [each.value for each in found.to] == ["kim@partner.example"]


def test_addresses_are_stored_in_one_spelling() -> None:
    found = message(mail(From="Ana <Ana.K@here.example>").replace(b"here.example", "BÜCHER.example".encode()))

    assert found.author.value == "ana.k@xn--bcher-kva.example"


def test_the_arrival_counts_and_not_the_date_the_sender_writes() -> None:
    found = message(mail(Date="Fri, 01 Jan 2038 00:00:00 +0000"), x_internaldate="2026-03-02T10:00:00+01:00")

    assert found.occurred_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_imported_mail_with_a_new_arrival_keeps_its_own_older_date() -> None:
    found = message(
        mail(Date="Mon, 01 Jan 2024 08:00:00 +0000"),
        x_internaldate="2026-03-02T10:00:00+00:00",
        x_historical="1",
    )

    assert found.historical
    assert found.occurred_at == datetime(2024, 1, 1, 8, 0, tzinfo=UTC)


def test_mail_found_again_after_a_renumbering_is_history_if_it_was_written_before_the_channel() -> None:
    before = message(mail(Date="Mon, 01 Jan 2024 08:00:00 +0000"), x_not_before="2026-01-01T00:00:00+00:00")
    since = message(mail(Date="Mon, 02 Feb 2026 08:00:00 +0000"), x_not_before="2026-01-01T00:00:00+00:00")

    assert before.historical
    assert not since.historical


def test_only_the_new_part_is_the_text_and_the_whole_is_kept() -> None:
    body = "Thank you!\n\nOn Mon, 2 Mar 2026 at 10:00, Sam at Shop <help@shop.example> wrote:\n> It left this morning.\n"

    found = message(mail(body))

    assert found.text.strip() == "Thank you!"
    assert "It left this morning." in found.full_text


def test_a_mail_without_from_is_kept() -> None:
    found = message(mail(From=""))

    assert found.author.value == "nobody@sender.invalid"
    assert found.nature is Nature.AUTO
    assert any("whom it is from" in notice for notice in found.notices)


def test_a_mail_without_message_id_is_kept_and_known_again() -> None:
    raw = mail(Message_ID="")

    first, second = message(raw), message(raw, x_uid="99", x_folder="Other")

    assert first.external_id == second.external_id
    assert first.external_id
    assert first.reference_id == ""


@pytest.mark.parametrize(
    "given", ["<>", "garbage", "<a b>", "<" + "x" * 5000 + "@y>", "<ñ@customer.example>", "<a@b> <c@d>"]
)
def test_an_unusable_message_id_does_no_harm(given: str) -> None:
    raw = mail(Message_ID="").replace(b"Subject:", b"Message-ID: " + given.encode() + b"\r\nSubject:", 1)

    found = message(raw)

    assert len(found.external_id) <= 512
    assert found.external_id.isascii()


def test_the_same_mail_on_another_way_is_the_same() -> None:
    raw = mail(Message_ID="<1@customer.example>")
    direct = b"Received: from a by b\r\nDelivered-To: help@shop.example\r\n" + raw
    by_list = b"Received: from c by d\r\nX-Original-To: info@shop.example\r\n" + raw.replace(b"\r\n", b"\n")

    assert message(direct).external_id == message(by_list).external_id


def test_one_message_id_with_other_words_is_another_mail() -> None:
    first, second = (message(mail(text, Message_ID="<1@customer.example>")) for text in ("one", "two"))

    assert first.external_id != second.external_id
    assert first.reference_id == second.reference_id


def test_a_mail_that_could_only_be_fetched_in_part_says_so_and_is_known_again() -> None:
    raw = mail("beginning")

    found, again = message(raw, x_size="95000000"), message(raw + b"more", x_size="95000000")

    assert any("95 MB" in notice for notice in found.notices)
    assert found.external_id == again.external_id


def test_a_mail_the_server_could_not_give_is_still_a_message() -> None:
    found = message(b"", x_unreadable="Internal error", x_uid="41")

    assert found.external_id != message(b"", x_unreadable="Internal error", x_uid="42").external_id
    assert any("Internal error" in notice for notice in found.notices)


def test_files_and_pictures_come_along() -> None:
    raw = (
        b"From: ana@customer.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>See <img src=cid:pic></p>\r\n"
        b"--b\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <pic>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--b--\r\n"
    )

    (picture,) = message(raw).files

    assert (picture.content_id, picture.content_type, picture.size) == ("pic", "image/png", 4)


def test_nothing_is_taken_by_a_hook() -> None:
    with pytest.raises(BadSignature):
        channel().verify(polled(mail()))


def test_the_note_that_a_folder_is_watched_is_no_message() -> None:
    found = ignored(b"", channel(), x_watching_from="12")

    assert "INBOX from mail 12" in found.reason


# ---------------------------------------------------------------- what it cites (A9: nothing dropped, wherever it stands)

PLUS = f"help+{TOKEN}@shop.example"


@pytest.mark.parametrize(
    "where",
    [
        {"To": PLUS},
        {"To": f"Shop <{PLUS.upper()}>"},
        {"To": "kim@partner.example", "Cc": PLUS},
        {"To": "undisclosed-recipients:;", "Bcc": PLUS},
        {"To": "list@lists.example", "Delivered_To": PLUS},
        {"To": "list@lists.example", "X_Original_To": PLUS},
        {"To": "list@lists.example", "Envelope_To": PLUS},
        {"To": "list@lists.example", "X_Forwarded_To": PLUS},
        {"To": f"ana@customer.example, boss@customer.example, {PLUS}"},
        {"To": f'"help@shop.example" <{PLUS}>'},
        {"To": f"info+{TOKEN}@shop.example"},
    ],
    ids=[
        "to",
        "upper case",
        "cc",
        "bcc",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "forwarded",
        "among others",
        "odd name",
        "alias",
    ],
)
def test_the_token_is_found_wherever_the_address_stands(where: dict[str, str]) -> None:
    assert message(mail(**where)).reply_tokens == (TOKEN,)


def test_the_token_is_found_in_the_quoted_text_when_the_address_lost_it() -> None:
    found = message(mail(f"Thanks\n\n> It left.\n> [ref:{TOKEN}]\n", To="help@shop.example"))

    assert found.reply_tokens == (TOKEN,)


def test_the_address_counts_before_the_text() -> None:
    found = message(mail(f"Thanks\n\n> [ref:{OTHER}]\n", To=PLUS))

    assert found.reply_tokens == (TOKEN, OTHER)


def test_a_token_of_a_reply_pattern_is_found() -> None:
    connector = channel(reply_address="reply-{token}@in.shop.example")

    assert message(mail(To=f"reply-{TOKEN}@in.shop.example"), connector).reply_tokens == (TOKEN,)


def test_a_plus_part_at_somebody_elses_address_is_no_token() -> None:
    assert message(mail(To=f"help+{TOKEN}@evil.example, ana+{TOKEN}@customer.example")).reply_tokens == ()


def test_a_mail_full_of_tokens_gives_only_a_few() -> None:
    body = "\n".join(f"[ref:{number:032d}]" for number in range(5000))

    assert len(message(mail(body)).reply_tokens) <= 40


def test_references_are_handed_on_in_order_and_believed_by_nobody_here() -> None:
    forged = "<aaaaaaaaaaaaaaaaaaaaaa.0123456789ab@shop.example>"

    found = message(mail(References=f"<1@x.example> {forged}", In_Reply_To="<2@x.example>"))

    assert found.references == ("<1@x.example>", forged, "<2@x.example>")
    assert found.proof is Proof.UNPROVEN
    assert found.author.value == "ana@customer.example"


@pytest.mark.parametrize("subject", ["Re: Parcel [#1234]", "[ref:1]", "Re: [Ticket#2026030210000017]"])
def test_numbers_in_the_subject_cite_nothing(subject: str) -> None:
    found = message(mail(Subject=subject))

    assert found.references == ()
    assert found.reply_tokens == ()


def test_somebody_in_cc_is_never_the_author() -> None:
    """chatwoot#15092: anyone in Cc was shown as the customer."""
    found = message(mail(From="eve@evil.example", Cc="Ana <ana@customer.example>", To=PLUS))

    assert found.author.value == "eve@evil.example"
    assert found.customer is None
    assert [each.value for each in found.cc] == ["ana@customer.example"]


# ---------------------------------------------------------------- how far it may be believed

RESULTS = "mx.shop.example; dkim=pass header.d=customer.example; spf=pass smtp.mailfrom=customer.example; dmarc=pass header.from=customer.example"


def test_dmarc_of_our_own_server_proves_the_sender() -> None:
    assert (
        message(mail(Authentication_Results=RESULTS), channel(trusted_authserv="mx.shop.example")).proof
        is Proof.PROVEN
    )


def test_aligned_dkim_alone_proves_the_sender() -> None:
    results = "mx.shop.example; dkim=pass header.d=customer.example"

    assert (
        message(mail(Authentication_Results=results), channel(trusted_authserv="mx.shop.example")).proof
        is Proof.PROVEN
    )


@pytest.mark.parametrize(
    ("results", "proof"),
    [
        ("mx.shop.example; dmarc=fail header.from=customer.example", Proof.FAILED),
        (
            "mx.shop.example; dkim=pass header.d=evil.example; dmarc=none header.from=customer.example",
            Proof.UNPROVEN,
        ),
        ("mx.shop.example; spf=pass smtp.mailfrom=customer.example", Proof.UNPROVEN),
        ("mx.evil.example; dmarc=pass header.from=customer.example", Proof.UNPROVEN),
        ("mx.shop.example; dmarc=pass header.from=evil.example", Proof.UNPROVEN),
    ],
    ids=["dmarc failed", "dkim of another", "spf only", "another server's word", "another From"],
)
def test_what_does_not_prove_the_sender(results: str, proof: Proof) -> None:
    assert (
        message(mail(Authentication_Results=results), channel(trusted_authserv="mx.shop.example")).proof
        is proof
    )


def test_without_a_trusted_server_nobody_is_proven() -> None:
    assert message(mail(Authentication_Results=RESULTS)).proof is Proof.UNPROVEN


def test_a_forged_result_below_our_servers_own_is_not_read() -> None:
    raw = mail(Authentication_Results="mx.shop.example; dmarc=pass header.from=customer.example")
    genuine = b"Authentication-Results: mx.shop.example; dmarc=fail header.from=customer.example\r\nReceived: from evil by mx\r\n"

    assert message(genuine + raw, channel(trusted_authserv="mx.shop.example")).proof is Proof.FAILED


def test_an_answer_wanted_elsewhere_is_pointed_out() -> None:
    found = message(mail(Reply_To="eve@evil.example"))

    assert found.author.value == "ana@customer.example"
    assert any("eve@evil.example" in notice for notice in found.notices)


# ---------------------------------------------------------------- our own address, our own mail


def test_a_mail_that_claims_our_own_address_stays_outside_and_quiet() -> None:
    found = message(mail(From="Sam <help@shop.example>", To="help@shop.example"))

    assert found.nature is Nature.AUTO
    assert not found.echo
    assert any("our own address" in notice for notice in found.notices)


def test_a_form_of_our_website_writes_for_the_customer() -> None:
    found = message(
        mail(
            From="Shop <info@shop.example>",
            Reply_To="Ana <ana@customer.example>",
            Auto_Submitted="auto-generated",
        )
    )

    assert found.machine
    assert found.nature is Nature.PERSON
    assert found.customer == Address(space="email", value="ana@customer.example", name="Ana")


def test_our_own_mail_that_comes_back_is_no_message() -> None:
    connector = channel()
    ours = connector.reference_for("aaaaaaaaaaaaaaaaaaaaaa")

    assert "our own" in ignored(mail(From="help@shop.example", Message_ID=ours), connector).reason
    assert "our own" in ignored(mail(Message_ID=ours), connector).reason


def test_our_own_mail_is_known_even_if_its_id_was_replaced() -> None:
    raw = mail(
        From="help@shop.example",
        Message_ID="<new@ses.example>",
        X_Onethread_Sent_By="house help@shop.example aaaa",
    )

    assert "our own" in ignored(raw, channel()).reason


def test_a_mail_of_another_mailbox_of_ours_is_kept_quiet() -> None:
    connector, other = channel(), channel(address="sales@shop.example", aliases=())
    stamp = other._stamp("bbbb")

    found = message(mail(From="sales@shop.example", X_Onethread_Sent_By=stamp), connector)

    assert found.nature is Nature.AUTO


def test_a_mail_of_somebody_elses_onethread_is_a_persons() -> None:
    theirs = channel(address="desk@partner.example", aliases=(), public_url="https://inbox.partner.example")

    found = message(mail(From="desk@partner.example", X_Onethread_Sent_By=theirs._stamp("cccc")))

    assert found.nature is Nature.PERSON


def test_the_id_of_another_channel_is_not_taken_for_ours() -> None:
    theirs = channel(address="desk@partner.example").reference_for("aaaaaaaaaaaaaaaaaaaaaa")

    assert message(mail(Message_ID=theirs)).reference_id == theirs


def test_the_message_id_is_the_same_each_time_and_differs_by_message() -> None:
    connector = channel()

    assert connector.reference_for("aaaa") == connector.reference_for("aaaa")
    assert connector.reference_for("aaaa") != connector.reference_for("aaab")
    assert connector.reference_for("aaaa").endswith("@shop.example>")


# ---------------------------------------------------------------- the Sent folder


def test_a_reply_from_another_mail_program_is_ours() -> None:
    raw = mail(
        "Here you are",
        From="Sam <help@shop.example>",
        To="Ana <ana@customer.example>",
        In_Reply_To="<1@customer.example>",
    )

    found = message(raw, channel(sent_folder="Sent"), x_role="sent", x_folder="Sent")

    assert found.echo
    assert found.to == (Address(space="email", value="ana@customer.example", name="Ana"),)
    assert found.customer == found.to[0]
    assert found.references == ("<1@customer.example>",)


def test_with_a_sent_folder_the_copy_in_the_inbox_is_not_taken_twice() -> None:
    raw = mail(From="Sam <help@shop.example>", To="ana@customer.example", Cc="help@shop.example")

    assert "Sent folder" in ignored(raw, channel(sent_folder="Sent")).reason


@pytest.mark.parametrize("cc", ["", "Ana <ana@customer.example>"], ids=["to us alone", "with a copy to them"])
def test_a_form_that_names_nobody_is_kept_with_a_sent_folder_too(cc: str) -> None:
    raw = mail("I want to return it", From="Shop <help@shop.example>", To="help@shop.example", Cc=cc)

    found = message(raw, channel(sent_folder="Sent"))

    assert found.nature is Nature.AUTO
    assert found.text == "I want to return it"


def test_a_form_with_our_own_address_names_the_customer_in_a_field() -> None:
    raw = mail("Email: ana@customer.example", From="Shop <help@shop.example>", To="help@shop.example")

    found = message(raw, channel(sent_folder="Sent"))

    assert (found.machine, found.nature) == (True, Nature.PERSON)
    assert found.customer == Address(space="email", value="ana@customer.example")


def test_what_we_wrote_to_somebody_is_no_form_though_its_signature_looks_like_one() -> None:
    raw = mail(
        "Hello\nE-Mail: sales@shop.example",
        From="help@shop.example",
        To="ana@customer.example, help@shop.example",
    )

    assert "Sent folder" in ignored(raw, channel(sent_folder="Sent")).reason


def test_what_others_put_into_the_sent_folder_is_no_message() -> None:
    ignored(mail(From="eve@evil.example", To="ana@customer.example"), channel(), x_role="sent")
    ignored(mail(From="help@shop.example", To="help@shop.example"), channel(), x_role="sent")


def test_our_own_mail_in_the_sent_folder_says_that_it_was_sent() -> None:
    connector = channel()
    ours = connector.reference_for("aaaaaaaaaaaaaaaaaaaaaa")

    (news,) = connector.parse(polled(mail(From="help@shop.example", Message_ID=ours), x_role="sent"))

    assert isinstance(news, DeliveryUpdate)
    assert (news.external_id, news.status) == (ours, Status.SENT)


def test_old_copies_of_our_own_mail_say_nothing_new() -> None:
    connector = channel()
    raw = mail(From="help@shop.example", Message_ID=connector.reference_for("aaaaaaaaaaaaaaaaaaaaaa"))

    ignored(raw, connector, x_role="sent", x_historical="1")
    ignored(raw, connector, x_role="sent", x_not_before="2026-01-01T00:00:00+00:00")


def test_an_absence_notice_the_mail_program_sent_is_no_persons_reply() -> None:
    raw = mail(From="help@shop.example", To="ana@customer.example", Auto_Submitted="auto-replied")

    found = message(raw, x_role="sent")

    assert found.echo
    assert found.nature is Nature.AUTO


# ---------------------------------------------------------------- machines, robots, spam


def test_what_lies_in_junk_is_spam() -> None:
    assert message(mail(), x_role="junk", x_folder="Junk").nature is Nature.SPAM


@pytest.mark.parametrize(
    ("headers", "nature"),
    [
        ({"Auto_Submitted": "auto-replied"}, Nature.AUTO),
        ({"X_Autoreply": "yes"}, Nature.AUTO),
        ({"Precedence": "auto_reply"}, Nature.AUTO),
        ({"Return_Path": "<>"}, Nature.AUTO),
        ({"List_Id": "<news.partner.example>"}, Nature.BULK),
        ({"Precedence": "bulk"}, Nature.BULK),
        ({"Auto_Submitted": "no"}, Nature.PERSON),
    ],
)
def test_what_no_person_wrote_is_told_apart(headers: dict[str, str], nature: Nature) -> None:
    assert message(mail(**headers)).nature is nature


RULES = ("noreply@*", "*@marketplace.example")


def test_a_machine_writes_for_the_customer_in_reply_to() -> None:
    found = message(
        mail(From="Market <x1@marketplace.example>", Reply_To="ana@customer.example", Precedence="bulk"),
        channel(machine_senders=RULES),
    )

    assert found.machine
    assert found.nature is Nature.PERSON
    assert found.customer is not None
    assert found.customer.value == "ana@customer.example"


@pytest.mark.parametrize(
    "line",
    [
        "Email: ana@customer.example",
        "E-Mail:   <ANA@customer.example>",
        "*Email address*: ana@customer.example (work)",
    ],
)
def test_a_forms_mail_names_the_customer_in_a_field(line: str) -> None:
    found = message(
        mail(f"Name: Ana\n{line}\nMessage: Hello", From="noreply@forms.example"),
        channel(machine_senders=RULES),
    )

    assert found.customer is not None
    assert found.customer.value == "ana@customer.example"


def test_a_machine_that_names_nobody_has_one_matter_for_each_mail() -> None:
    found = message(
        mail("Backup done", From="noreply@host.example", Reply_To="noreply@host.example"),
        channel(machine_senders=RULES),
    )

    assert found.machine
    assert found.customer is None


def test_reply_to_of_a_person_changes_nobody() -> None:
    found = message(mail(Reply_To="private@customer.example"), channel(machine_senders=RULES))

    assert found.author.value == "ana@customer.example"
    assert found.customer is None
    assert not found.machine
