"""Files for providers: a signed link gives the bytes of what we sent, and of nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from inbox import signing
from inbox.actions import files
from inbox.contract import File
from inbox.models import Attachment, Message
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
pytestmark = pytest.mark.django_db


def attached(direction: str = "outbound", name: str = "label.png", kind: str = "image/png") -> Attachment:
    """A file of a message in this direction."""
    conversation = factories.conversation(factories.customer())
    message: Message = factories.message(conversation, direction=direction)
    files.attach(message.pk, [(File(name=name, content_type=kind, content=PNG), files.store(PNG))])
    return Attachment.objects.get(message=message)


def path_of(attachment: Attachment) -> str:
    return "/f/" + signing.make_file_link(attachment.public_id).rpartition("/f/")[2]


def test_a_provider_gets_the_file_with_its_type_and_a_short_name(client: Client) -> None:
    answer = client.get(path_of(attached(name="Étiquette d'envoi  no 10442.png")))

    assert answer.content == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(len(PNG))
    assert answer["Content-Disposition"] == 'inline; filename="tiquette-d-envoi.png"'


def test_a_provider_that_asks_first_gets_the_type_and_the_size(client: Client) -> None:
    answer = client.head(path_of(attached()))

    assert (answer.status_code, answer["Content-Type"], answer["Content-Length"]) == (
        200,
        "image/png",
        str(len(PNG)),
    )


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\r\nSet-Cookie: x", '"quoted"', "…", "\u202egpj.exe", "名前.png"]
)
def test_no_name_breaks_the_header(name: str, client: Client) -> None:
    answer = client.get(path_of(attached(name=name)))

    assert answer.status_code == 200
    assert answer["Content-Disposition"].isascii()
    assert "Set-Cookie" not in answer.headers


def test_opened_in_a_browser_it_runs_nothing(client: Client) -> None:
    answer = client.get(path_of(attached(name="x.html", kind="text/html")))

    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_link_ends_after_a_week(client: Client) -> None:
    path = path_of(attached())

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=5)):
        assert client.get(path).status_code == 404
    assert client.get(path).status_code == 200


def test_a_changed_link_is_none(client: Client) -> None:
    path = path_of(attached())

    for changed in (path[:-1], path + "x", "/f/" + attached().public_id, "/f/x", path.replace(":", "%00:")):
        assert client.get(changed).status_code == 404


@pytest.mark.parametrize("direction", ["inbound", "note"])
def test_what_we_did_not_send_has_no_link(direction: str, client: Client) -> None:
    assert client.get(path_of(attached(direction))).status_code == 404


def test_an_upload_that_belongs_to_no_message_has_no_link(client: Client) -> None:
    upload = files.upload(
        agent=factories.agent(), file=File(name="x.png", content_type="image/png", content=PNG)
    )

    assert client.get(path_of(upload)).status_code == 404


def test_a_file_the_storage_has_lost_is_404(client: Client) -> None:
    attachment = attached()
    assert attachment.blob is not None
    attachment.blob.file = "gone"
    attachment.blob.save()

    assert client.get(path_of(attachment)).status_code == 404


def test_nothing_is_taken_from_a_provider(client: Client) -> None:
    assert client.post(path_of(attached())).status_code == 405
