"""Sending: to whom, what is asked first, notes, undo and retry."""

import json
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from inbox.models import (
    Agent,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Desk,
    Identity,
    Message,
)
from tests import factories

Post = Callable[..., HttpResponse]


def reply(
    matter: Conversation, channel: Channel, identity: Identity, **more: str | list[str]
) -> dict[str, object]:
    """What the composer posts."""
    newest = matter.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    given = {"mode": "reply", "pair": f"{channel.pk}-{identity.pk}", "client_key": "k1", "newest": newest}
    return {**given, "text": "It is M now.", **more}


def sent(matter: Conversation) -> Message:
    return matter.messages.get(direction="outbound")


# ---------------------------------------------------------------- replies


def test_a_reply_goes_over_the_chosen_pair(
    post: Post, sam: Agent, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    answer = post(f"/conversations/{matter.pk}/send/", **reply(matter, number, ana_phone))

    assert answer.status_code == 200
    message = sent(matter)
    assert (message.channel, message.identity, message.author, message.text) == (
        number,
        ana_phone,
        sam,
        "It is M now.",
    )
    assert message.delivery.status == "queued"


def test_the_answer_is_the_entry_and_says_how_to_take_it_back(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    answer = post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail))

    message = sent(matter)
    assert f'id="message-{message.pk}"' in answer.content.decode()
    assert answer["X-Cancel-Url"] == f"/messages/{message.pk}/cancel/"
    assert answer["X-Undo-Seconds"] == "10"
    assert json.loads(answer["HX-Trigger"])["rows"] == {"ids": [matter.pk]}


def test_without_scripts_a_reply_leads_back_to_the_thread(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    answer = as_sam.post(f"/conversations/{matter.pk}/send/", reply(matter, mailbox, ana_mail))

    assert answer.status_code == 302
    assert answer["Location"] == f"/conversations/{matter.pk}/"


def test_sent_twice_with_one_key_is_one_message(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    values = reply(matter, mailbox, ana_mail)

    post(f"/conversations/{matter.pk}/send/", **values)
    post(f"/conversations/{matter.pk}/send/", **values)

    assert matter.messages.filter(direction="outbound").count() == 1


def test_subject_cc_and_bcc_go_where_the_channel_has_them(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    values = reply(
        matter, mailbox, ana_mail, subject="Your order", cc="Ben <ben@x.example>", bcc="cleo@x.example"
    ) | {"confirmed": "recipients"}

    post(f"/conversations/{matter.pk}/send/", **values)

    message = sent(matter)
    assert message.subject == "Your order"
    people = set(message.participants.values_list("role", "identity__value"))
    assert people == {("to", "ana@x.example"), ("cc", "ben@x.example"), ("bcc", "cleo@x.example")}


def test_subject_and_cc_are_left_out_where_the_channel_has_none(
    post: Post, matter: Conversation, number: Channel, ana_phone: Identity
) -> None:
    post(
        f"/conversations/{matter.pk}/send/",
        **reply(matter, number, ana_phone, subject="Your order", cc="ben@x.example"),
    )

    assert sent(matter).subject == ""
    assert sent(matter).participants.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": ""}, "empty"),
        ({"cc": "nobody"}, "“nobody” is not a mail address."),
        ({"pair": "1-99999"}, "Choose how to reach them"),
        ({"pair": "x"}, "Choose how to reach them"),
    ],
)
def test_what_cannot_leave_says_why(
    post: Post,
    matter: Conversation,
    mailbox: Channel,
    ana_mail: Identity,
    *,
    values: dict[str, str],
    words: str,
) -> None:
    answer = post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail, **values))

    assert answer.status_code == 422
    assert words in unquote(answer["X-Reason"])
    assert not matter.messages.filter(direction="outbound").exists()


def test_another_customers_address_is_no_pair_of_this_matter(
    post: Post, matter: Conversation, mailbox: Channel
) -> None:
    ben = factories.identity(factories.customer("Ben"), "ben@x.example")

    assert post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ben)).status_code == 422


def test_a_matter_i_may_not_read_cannot_be_answered(
    post: Post, secret: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    answer = post(f"/conversations/{secret.pk}/send/", **reply(secret, mailbox, ana_mail))

    assert answer.status_code == 404


def test_send_and_resolve_is_one_step(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    answer = post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail, then="resolve"))

    matter.refresh_from_db()
    assert matter.status == "resolved"
    assert 'data-status="resolved"' in answer.content.decode()


def test_send_and_snooze_waits_for_their_answer(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail, then="snooze"))

    matter.refresh_from_db()
    assert (matter.status, matter.snoozed_until) == ("snoozed", None)


# ---------------------------------------------------------------- asked first


def test_an_address_nobody_has_proven_is_asked_about_once(
    post: Post, matter: Conversation, mailbox: Channel, ana: Customer
) -> None:
    claimed = factories.identity(ana, "ana@claimed.example")

    asked = post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, claimed))
    confirmed = post(
        f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, claimed, confirmed="claimed")
    )
    later = post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, claimed, client_key="k2"))

    assert (asked.status_code, confirmed.status_code, later.status_code) == (409, 200, 200)
    assert "ana@claimed.example" in asked.content.decode()


def test_what_a_hidden_desk_wrote_to_an_address_answers_no_question_here(
    post: Post, ana: Customer, kim: Agent, hr: Desk, matter: Conversation, mailbox: Channel
) -> None:
    claimed = factories.identity(ana, "ana@claimed.example")
    factories.message(matter, channel=mailbox, identity=claimed)
    factories.reply(
        factories.conversation(ana, desk=hr), kim, channel=factories.channel(desk=hr), identity=claimed
    )

    asked = post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, claimed))

    assert "ana@claimed.example" in asked.content.decode()
    assert not Message.objects.filter(direction="outbound", conversation=matter).exists()


def test_a_thread_that_changed_meanwhile_is_shown_before_anything_is_sent(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    values = reply(matter, mailbox, ana_mail)
    fresh = factories.message(matter, "Wait, I changed my mind", channel=mailbox, identity=ana_mail)

    answer = post(f"/conversations/{matter.pk}/send/", **values)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Wait, I changed my mind" in html
    assert f'data-newest="{fresh.pk}"' in html
    assert not matter.messages.filter(direction="outbound").exists()


def test_once_it_was_seen_it_is_sent(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    values = reply(matter, mailbox, ana_mail)
    fresh = factories.message(matter, "Wait, I changed my mind", channel=mailbox, identity=ana_mail)

    answer = post(f"/conversations/{matter.pk}/send/", **{**values, "newest": fresh.pk})

    assert answer.status_code == 200


def test_without_scripts_the_question_is_a_page_whose_button_sends(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana: Customer
) -> None:
    claimed = factories.identity(ana, "ana@claimed.example")

    page = as_sam.post(f"/conversations/{matter.pk}/send/", reply(matter, mailbox, claimed)).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    as_sam.post(f"/conversations/{matter.pk}/send/", fields)

    assert sent(matter).identity == claimed
    assert sent(matter).text == "It is M now."


def test_without_scripts_files_come_with_the_form_itself(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    label = SimpleUploadedFile("label.pdf", b"%PDF-1.4", "application/pdf")

    as_sam.post(f"/conversations/{matter.pk}/send/", {**reply(matter, mailbox, ana_mail), "files": [label]})

    assert [item.name for item in sent(matter).attachments.all()] == ["label.pdf"]


def test_without_scripts_files_outlive_the_question(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana: Customer
) -> None:
    claimed = factories.identity(ana, "ana@claimed.example")
    label = SimpleUploadedFile("label.pdf", b"%PDF-1.4", "application/pdf")
    values = {**reply(matter, mailbox, claimed), "files": [label]}

    page = as_sam.post(f"/conversations/{matter.pk}/send/", values).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    as_sam.post(f"/conversations/{matter.pk}/send/", fields)

    assert [item.name for item in sent(matter).attachments.all()] == ["label.pdf"]


@pytest.mark.parametrize("wrong", [{"pair": "0-0"}, {"cc": "no address"}])
def test_without_scripts_what_is_refused_is_still_in_the_composer(
    as_sam: Client, matter: Conversation, mailbox: Channel, ana_mail: Identity, wrong: dict[str, str]
) -> None:
    label = SimpleUploadedFile("label.pdf", b"%PDF-1.4", "application/pdf")
    values = {**reply(matter, mailbox, ana_mail, text="Dear Ana"), "files": [label], **wrong}

    answer = as_sam.post(f"/conversations/{matter.pk}/send/", values, follow=True)

    html = answer.content.decode()
    assert not matter.messages.filter(direction="outbound").exists()
    assert ">Dear Ana</textarea>" in html
    assert "label.pdf" in html
    assert list(answer.context["messages"])


def test_without_scripts_a_file_that_is_too_large_costs_no_text(
    as_sam: Client, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.views.writing.MOST_FILE_BYTES", 3)
    large = SimpleUploadedFile("label.pdf", b"%PDF-1.4", "application/pdf")
    values = {"mode": "note", "text": "Dear Kim", "client_key": "k1", "files": [large]}

    answer = as_sam.post(f"/conversations/{matter.pk}/send/", values, follow=True)

    assert ">Dear Kim</textarea>" in answer.content.decode()
    assert "label.pdf" in str(next(iter(answer.context["messages"])))


# ---------------------------------------------------------------- notes


def test_a_note_stays_in_the_house(post: Post, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/send/", mode="note", text="A regular", client_key="k1")

    note = matter.messages.get(direction="note")
    assert note.text == "A regular"
    assert not Delivery.objects.exists()


def test_a_note_mentions_who_is_named(post: Post, kim: Agent, matter: Conversation) -> None:
    factories.agent("Kimberly Ash", email="kimberly@shop.example")

    post(f"/conversations/{matter.pk}/send/", mode="note", text="@Kim Lee, have a look", client_key="k1")

    note = matter.messages.get(direction="note")
    assert [mention.agent for mention in note.mentions.all()] == [kim]


def test_an_empty_note_is_refused(post: Post, matter: Conversation) -> None:
    answer = post(f"/conversations/{matter.pk}/send/", mode="note", text="  ", client_key="k1")

    assert answer.status_code == 422


# ---------------------------------------------------------------- undo and retry


def test_a_message_that_has_not_left_is_taken_back_with_its_text(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail))
    message = sent(matter)

    answer = post(f"/messages/{message.pk}/cancel/")

    message.delivery.refresh_from_db()
    assert message.delivery.status == "cancelled"
    assert "<p data-text hidden>It is M now.</p>" in answer.content.decode()


def test_what_has_left_cannot_be_taken_back(
    post: Post, sam: Agent, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    message = factories.reply(matter, sam, channel=mailbox, identity=ana_mail, status="sent")

    answer = post(f"/messages/{message.pk}/cancel/")

    assert answer.status_code == 422
    assert "Too late" in unquote(answer["X-Reason"])


def test_a_failed_message_is_sent_again_when_asked(
    post: Post, sam: Agent, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    message = factories.reply(matter, sam, channel=mailbox, identity=ana_mail, status="failed")

    answer = post(f"/messages/{message.pk}/retry/")

    message.delivery.refresh_from_db()
    assert message.delivery.status == "queued"
    assert "Queued" in answer.content.decode()


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_message_i_may_not_read_is_not_found(post: Post, secret: Conversation, verb: str) -> None:
    assert post(f"/messages/{secret.messages.get().pk}/{verb}/").status_code == 404
