"""The document in a mail's frame."""

import pytest
from django.test import Client

from agents import mail_frame
from inbox.models import Attachment, Conversation
from tests import factories


@pytest.mark.parametrize(
    ("markup", "remote"),
    [
        ('<img src="https://x.example/a.gif">', True),
        ("<img alt='' src=http://x.example/a.gif>", True),
        ("<IMG SRC = 'HTTPS://x.example/a.gif'>", True),
        ('<img alt="a > b" data-remote-src="https://x.example/a.gif">', True),
        ('<img src="cid:logo">', False),
        ('<img src="data:image/png;base64,AA">', False),
        ("<p>https://x.example</p>", False),
        ("", False),
    ],
)
def test_it_knows_whether_a_mail_wants_pictures_from_elsewhere(markup: str, *, remote: bool) -> None:
    assert mail_frame.has_remote_images(markup) is remote


def test_pictures_that_wait_get_their_address_back_only_when_they_are_asked_for(
    as_sam: Client, matter: Conversation
) -> None:
    html = '<p title=" data-remote-src=x">a</p><img alt="<img > " data-remote-src="https://x.example/a.gif">'
    mail = factories.message(matter, "x", html=html)

    before = as_sam.get(f"/messages/{mail.pk}/html/")
    after = as_sam.get(f"/messages/{mail.pk}/html/?images=1")

    assert html in before.content.decode()
    assert "http:" not in before["Content-Security-Policy"]
    assert 'alt="<img > " src="https://x.example/a.gif">' in after.content.decode()
    assert '<p title=" data-remote-src=x">' in after.content.decode()
    assert "https: http:" in after["Content-Security-Policy"]


def test_a_picture_inside_the_mail_is_shown_from_our_own_storage(
    as_sam: Client, matter: Conversation
) -> None:
    mail = factories.message(matter, "x", html='<img src="cid:logo@x"><img src="cid:gone">')
    logo = Attachment.objects.create(
        message=mail, name="logo.png", content_type="image/png", content_id="<logo@x>"
    )

    html = as_sam.get(f"/messages/{mail.pk}/html/").content.decode()

    assert f'src="/files/{logo.public_id}/"' in html
    assert 'src=""' in html
    assert "cid:" not in html


def test_a_file_that_is_no_picture_is_never_shown_as_one(as_sam: Client, matter: Conversation) -> None:
    mail = factories.message(matter, "x", html='<img src="cid:page">')
    Attachment.objects.create(message=mail, name="page.svg", content_type="image/svg+xml", content_id="page")

    assert 'src=""' in as_sam.get(f"/messages/{mail.pk}/html/").content.decode()


@pytest.mark.parametrize(
    ("markup", "paper"),
    [("<p>Hi</p>", False), ('<td bgcolor="#fff">Hi</td>', True), ('<p style="color: red">Hi</p>', True)],
)
def test_a_mail_with_colours_of_its_own_is_shown_on_paper(
    as_sam: Client, matter: Conversation, markup: str, *, paper: bool
) -> None:
    mail = factories.message(matter, "x", html=markup)

    html = as_sam.get(f"/messages/{mail.pk}/html/").content.decode()

    assert ("<html data-paper" in html) is paper
