"""What helps while one writes: drafts, files, saved replies, colleagues to mention."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from inbox.models import Agent, Attachment, Channel, Conversation, Draft, Identity, SavedReply
from tests import factories
from tests.agents.conftest import HTMX
from tests.agents.test_composer import reply, sent

Post = Callable[..., HttpResponse]

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
