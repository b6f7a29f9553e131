"""One message: its HTML in a frame where nothing runs, the whole original, and moving it to another matter."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.models import Channel, Conversation, Customer, Identity, Message, Original
from tests import factories
from tests.agents.conftest import HTMX

Post = Callable[..., HttpResponse]


@pytest.fixture
def mail(matter: Conversation, mailbox: Channel, ana_mail: Identity) -> Message:
    """A mail of Ana's with HTML, a remote picture and a quoted history."""
    made = factories.message(
        matter,
        "New words",
        html='<p>New words <img src="https://tracker.example/p.gif"></p>',
        channel=mailbox,
        identity=ana_mail,
        subject="Again",
    )
    Original.objects.create(
        message=made, text="New words\n> Old words", html="<p>New words</p><blockquote>Old words</blockquote>"
    )
    return made


def test_the_frame_allows_nothing_but_looking(as_sam: Client, mail: Message) -> None:
    answer = as_sam.get(f"/messages/{mail.pk}/html/")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy.replace("allow-scripts", "script")
    assert "img-src 'self' data:;" in policy
    assert "sandbox allow-same-origin allow-popups" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_pictures_from_elsewhere_come_only_when_asked_for(as_sam: Client, mail: Message) -> None:
    closed = as_sam.get(f"/messages/{mail.pk}/html/")
    opened = as_sam.get(f"/messages/{mail.pk}/html/?images=1")

    assert "https:" not in closed["Content-Security-Policy"]
    assert "img-src 'self' data: https: http:" in opened["Content-Security-Policy"]


def test_the_quoted_history_comes_when_asked_for(as_sam: Client, mail: Message) -> None:
    assert "Old words" not in as_sam.get(f"/messages/{mail.pk}/html/").content.decode()
    assert "Old words" in as_sam.get(f"/messages/{mail.pk}/html/?whole=1").content.decode()


def test_the_original_is_a_fragment_or_a_page(as_sam: Client, mail: Message) -> None:
    fragment = as_sam.get(f"/messages/{mail.pk}/original/", headers=HTMX).content.decode()
    page = as_sam.get(f"/messages/{mail.pk}/original/").content.decode()

    assert f'src="/messages/{mail.pk}/html/?whole=1"' in fragment
    assert "<html" not in fragment
    assert "<html" in page


def test_a_message_without_a_longer_version_has_none(as_sam: Client, matter: Conversation) -> None:
    assert as_sam.get(f"/messages/{matter.messages.get().pk}/original/").status_code == 404


@pytest.mark.parametrize("what", ["html", "original", "menu"])
def test_nothing_of_a_message_i_may_not_read_exists(as_sam: Client, secret: Conversation, what: str) -> None:
    assert as_sam.get(f"/messages/{secret.messages.get().pk}/{what}/").status_code == 404


def test_its_menu_offers_the_other_matters_of_the_customer(
    as_sam: Client, ana: Customer, matter: Conversation, secret: Conversation
) -> None:
    factories.conversation(ana, main=False, title="Refund shipping")

    html = as_sam.get(f"/messages/{matter.messages.get().pk}/menu/", headers=HTMX).content.decode()

    assert "Refund shipping" in html
    assert "Dismissal" not in html


def test_a_message_moves_to_another_matter(
    post: Post, ana: Customer, matter: Conversation, mail: Message
) -> None:
    refund = factories.conversation(ana, main=False, title="Refund shipping")

    answer = post(f"/messages/{mail.pk}/menu/", to=refund.pk)

    mail.refresh_from_db()
    assert mail.conversation == refund
    assert f'hx-get="/conversations/{refund.pk}/"' in answer.content.decode()


def test_a_message_begins_a_matter_of_its_own(post: Post, matter: Conversation, mail: Message) -> None:
    post(f"/messages/{mail.pk}/menu/", to="new", title="The second thing")

    mail.refresh_from_db()
    assert mail.conversation != matter
    assert (mail.conversation.title, mail.conversation.main) == ("The second thing", False)


def test_undo_brings_it_back(post: Post, matter: Conversation, mail: Message) -> None:
    post(f"/messages/{mail.pk}/menu/", to="new")

    post("/undo/")

    mail.refresh_from_db()
    assert mail.conversation == matter


@pytest.mark.parametrize("to", ["", "x", "999999"])
def test_a_message_moves_nowhere_else(post: Post, matter: Conversation, mail: Message, to: str) -> None:
    answer = post(f"/messages/{mail.pk}/menu/", to=to)

    assert answer.status_code == 422
    assert "Choose another matter" in unquote(answer["X-Reason"])


def test_a_message_does_not_move_to_a_matter_i_may_not_read(
    post: Post, matter: Conversation, mail: Message, secret: Conversation
) -> None:
    assert post(f"/messages/{mail.pk}/menu/", to=secret.pk).status_code == 422
