"""Files: who gets them, and that none can do anything in our name. The stylesheet."""

import pytest
from asgiref.sync import async_to_sync
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client

from agents import exports, stylesheet
from agents.streaming import PIECE
from agents.views.files import served
from inbox.actions import files
from inbox.contract import File
from inbox.models import Agent, Attachment, Conversation


def attach(conversation: Conversation, name: str, content_type: str) -> Attachment:
    """A file of the conversation's last message."""
    made = files.upload(agent=None, file=File(name=name, content_type=content_type, content=b"bytes"))
    Attachment.objects.filter(pk=made.pk).update(message=conversation.messages.latest("pk"))
    return made


def fetch(client: Client, file: Attachment) -> tuple[FileResponse, bytes]:
    """The answer and its bytes; reading them to the end closes the file."""
    answer = client.get(f"/files/{file.public_id}/")
    content = b"".join(answer.streaming_content)
    return answer, content


@pytest.mark.parametrize("content_type", ["image/png", "image/jpeg", "audio/ogg", "video/mp4"])
def test_pictures_and_sound_open_in_the_page(as_sam: Client, matter: Conversation, content_type: str) -> None:
    file = attach(matter, "a.bin", content_type)

    answer, content = fetch(as_sam, file)

    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].startswith("inline")
    assert content == b"bytes"


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "application/pdf", "application/javascript", "image/png; x=1"],
)
def test_everything_else_is_downloaded(as_sam: Client, matter: Conversation, content_type: str) -> None:
    file = attach(matter, "page.html", content_type)

    answer, _content = fetch(as_sam, file)

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'


def test_no_file_may_do_anything_in_our_name(as_sam: Client, matter: Conversation) -> None:
    file = attach(matter, "a.png", "image/png")

    answer, _content = fetch(as_sam, file)

    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.filterwarnings("error")
def test_a_long_file_leaves_piece_by_piece(sam: Agent) -> None:
    long = File(name="film.mp4", content_type="video/mp4", content=bytes(range(256)) * 1024)
    made = files.upload(agent=sam, file=long)

    answer = served(made)
    pieces = async_to_sync(all_of)(answer)
    answer.close()

    assert [len(piece) for piece in pieces] == [PIECE] * 4
    assert b"".join(pieces) == long.content
    assert answer["Content-Length"] == str(len(long.content))


@pytest.mark.filterwarnings("error")
def test_many_short_rows_leave_together(db: None) -> None:
    rows = iter([["word"] * 10] * 3000)

    pieces = async_to_sync(all_of)(exports.answer(rows, "rows"))

    assert len(pieces) == 4
    assert b"".join(pieces).count(b"word") == 30_000


async def all_of(answer: HttpResponseBase) -> list[bytes]:
    """What an asynchronous server sends, in its pieces."""
    assert isinstance(answer, StreamingHttpResponse)
    return [piece async for piece in answer]


def test_a_file_of_a_message_i_may_not_read_does_not_exist(
    as_sam: Client, as_kim: Client, secret: Conversation
) -> None:
    file = attach(secret, "a.png", "image/png")

    assert as_sam.get(f"/files/{file.public_id}/").status_code == 404
    assert fetch(as_kim, file)[1] == b"bytes"


def test_an_upload_is_its_uploaders_alone(as_sam: Client, as_kim: Client, sam: Agent) -> None:
    file = files.upload(agent=sam, file=File(name="a.png", content_type="image/png", content=b"x"))

    assert fetch(as_sam, file)[1] == b"x"
    assert as_kim.get(f"/files/{file.public_id}/").status_code == 404


def test_a_file_that_has_not_been_fetched_is_not_there_yet(as_sam: Client, matter: Conversation) -> None:
    waiting = Attachment.objects.create(message=matter.messages.get(), name="a.png", state="waiting")

    assert as_sam.get(f"/files/{waiting.public_id}/").status_code == 404


def test_a_stranger_gets_no_file(client: Client, matter: Conversation) -> None:
    file = attach(matter, "a.png", "image/png")

    assert client.get(f"/files/{file.public_id}/").status_code == 302


def test_the_stylesheet_may_be_kept_for_ever_at_its_own_address(client: Client, db: None) -> None:
    answer = client.get(f"/style/{stylesheet.digest()}.css")

    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert "--accent:" in answer.content.decode()


def test_an_old_address_of_the_stylesheet_gives_the_present_one_unkept(client: Client, db: None) -> None:
    answer = client.get("/style/0000000000000000.css")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
