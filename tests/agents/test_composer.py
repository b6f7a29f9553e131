"""Writing: what is sent and to whom, what is asked first, notes, drafts, files, saved replies, undo and retry."""

import json
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from inbox.models import (
    Agent,
    Attachment,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Draft,
    Identity,
    Message,
    SavedReply,
)
from tests import factories
from tests.agents.conftest import HTMX

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
    )

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


# ---------------------------------------------------------------- drafts


def test_what_one_writes_is_kept_and_comes_back(
    post: Post, as_sam: Client, sam: Agent, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    values = reply(matter, mailbox, ana_mail, text="Half a sent", subject="Hm")

    answer = post(f"/conversations/{matter.pk}/draft/", **values)

    html = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    assert answer.status_code == 204
    assert ">Half a sent</textarea>" in html
    assert 'value="Hm"' in html


def test_a_reply_and_a_note_are_two_drafts(post: Post, sam: Agent, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/draft/", mode="reply", text="Dear Ana")
    post(f"/conversations/{matter.pk}/draft/", mode="note", text="Careful")

    kept = {draft.kind: draft.data["text"] for draft in Draft.objects.filter(agent=sam)}
    assert kept == {"reply": "Dear Ana", "note": "Careful"}


def test_a_draft_is_nobody_elses(post: Post, as_kim: Client, matter: Conversation) -> None:
    post(f"/conversations/{matter.pk}/draft/", mode="reply", text="Dear Ana")

    assert "Dear Ana" not in as_kim.get(f"/conversations/{matter.pk}/").content.decode()


def test_sending_ends_the_draft(
    post: Post, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    post(f"/conversations/{matter.pk}/draft/", mode="reply", text="Dear Ana")

    post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail))

    assert not Draft.objects.exists()


def test_a_matter_i_may_not_read_keeps_no_draft(post: Post, secret: Conversation) -> None:
    assert post(f"/conversations/{secret.pk}/draft/", text="x").status_code == 404


# ---------------------------------------------------------------- files


def test_a_file_is_uploaded_while_one_writes_and_goes_with_the_message(
    post: Post, sam: Agent, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    file = SimpleUploadedFile("label.pdf", b"%PDF-1.4", "application/pdf")

    chip = post(f"/conversations/{matter.pk}/upload/", file=file).content.decode()
    kept = Attachment.objects.get(uploaded_by=sam)
    post(f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail, attachment=kept.public_id))

    assert "label.pdf" in chip
    assert sent(matter).attachments.get().name == "label.pdf"


def test_somebody_elses_upload_cannot_be_sent(
    post: Post, kim: Agent, matter: Conversation, mailbox: Channel, ana_mail: Identity
) -> None:
    theirs = Attachment.objects.create(name="secret.pdf", uploaded_by=kim)

    answer = post(
        f"/conversations/{matter.pk}/send/", **reply(matter, mailbox, ana_mail, attachment=theirs.public_id)
    )

    assert answer.status_code == 422
    assert "attached files are gone" in unquote(answer["X-Reason"])


def test_an_upload_without_a_file_is_refused(post: Post, matter: Conversation) -> None:
    assert post(f"/conversations/{matter.pk}/upload/").status_code == 422


def test_nothing_is_uploaded_to_a_matter_i_may_not_read(post: Post, secret: Conversation) -> None:
    file = SimpleUploadedFile("label.pdf", b"%PDF-1.4", "application/pdf")

    assert post(f"/conversations/{secret.pk}/upload/", file=file).status_code == 404


# ---------------------------------------------------------------- saved replies and people


def test_saved_replies_are_offered_with_their_names_filled_in(as_sam: Client, matter: Conversation) -> None:
    SavedReply.objects.create(name="Delivery time", shortcut="delivery", text="Hi {{customer.first_name}}!")
    SavedReply.objects.create(name="Refund", shortcut="refund", text="Sorry")

    html = as_sam.get(f"/conversations/{matter.pk}/saved-replies/?q=del", headers=HTMX).content.decode()

    assert 'data-text="Hi Ana!"' in html
    assert "Refund" not in html


def test_saved_replies_of_another_team_are_not_offered(as_sam: Client, matter: Conversation) -> None:
    SavedReply.objects.create(name="Theirs", shortcut="theirs", text="x", team=factories.team("Others"))

    html = as_sam.get(f"/conversations/{matter.pk}/saved-replies/", headers=HTMX).content.decode()

    assert "Theirs" not in html


def test_colleagues_are_offered_to_be_mentioned(as_sam: Client, kim: Agent, matter: Conversation) -> None:
    html = as_sam.get(f"/conversations/{matter.pk}/people/?q=ki", headers=HTMX).content.decode()

    assert 'data-text="@Kim Lee "' in html


def test_on_a_restricted_desk_only_its_members_are_offered(
    as_kim: Client, sam: Agent, secret: Conversation
) -> None:
    html = as_kim.get(f"/conversations/{secret.pk}/people/", headers=HTMX).content.decode()

    assert "Sam Reed" not in html


@pytest.mark.parametrize("what", ["saved-replies", "people"])
def test_suggestions_for_a_matter_i_may_not_read_are_not_found(
    as_sam: Client, secret: Conversation, what: str
) -> None:
    assert as_sam.get(f"/conversations/{secret.pk}/{what}/").status_code == 404
