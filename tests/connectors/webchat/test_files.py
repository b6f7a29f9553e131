"""Files of visitors: what is taken, who may fetch it, and that nothing of it ever runs in our name."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone
from PIL import Image

from connectors.visitors import limits
from connectors.visitors.limits import Limit
from inbox import fetching
from inbox.models import Attachment, Message
from tests.connectors.webchat.conftest import SHOP, Browser
from tests.connectors.webchat.tokens import signed

pytestmark = pytest.mark.django_db(transaction=True)


def png(size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#7a8b5a").save(out, "PNG")
    return out.getvalue()


def upload(browser: Browser, name: str, content: bytes, content_type: str = "image/png") -> HttpResponse:
    return browser.client.post(
        f"{browser.base}/files",
        {"file": SimpleUploadedFile(name, content, content_type)},
        REMOTE_ADDR=browser.ip,
        headers={"Origin": SHOP, **browser.bearer},
    )


def sent(browser: Browser, name: str, content: bytes, client_id: str = "picture-0001") -> dict[str, object]:
    """Upload, send, have it fetched; the file as the browser is shown it afterwards."""
    reference = upload(browser, name, content).json()["ref"]
    browser.say("Look", client_id, files=[reference])
    for waiting in fetching.waiting():
        fetching.fetch(waiting)
    frame = browser.get("events").json()["frames"][0]
    shown: dict[str, object] = frame["items"][-1]["files"][0]
    return shown


def test_a_picture_goes_into_the_thread_and_comes_back(ana: Browser) -> None:
    ana.begin()
    picture = png()

    shown = sent(ana, "shrunk.png", picture)

    attachment = Attachment.objects.get(message=Message.objects.get())
    assert (attachment.name, attachment.content_type, attachment.size) == (
        "shrunk.png",
        "image/png",
        len(picture),
    )
    assert shown["image"] is True
    answer = ana.client.get(str(shown["url"]))
    assert b"".join(answer.streaming_content) == picture  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_that_is_no_picture_is_saved_and_never_shown(ana: Browser) -> None:
    ana.begin()

    shown = sent(ana, "order.pdf", b"%PDF-1.4 <script>alert(1)</script>")

    answer = ana.client.get(str(shown["url"]))
    answer.close()
    assert shown["image"] is False
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "content",
    [b"<html><script>alert(1)</script></html>", b"<svg onload=alert(1)>", b"MZ\x90\x00", b"#!/bin/sh"],
)
def test_something_that_calls_itself_a_picture_is_not_shown_as_one(ana: Browser, content: bytes) -> None:
    ana.begin()

    shown = sent(ana, "holiday.png", content)

    answer = ana.client.get(str(shown["url"]))
    answer.close()
    assert shown["image"] is False
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name",
    ["page.html", "page.svg", "run.exe", "x.pht", "x.php", "x.js", "x.xml", "x.shtml", "x.png.html", "noending", ".png.", "x.swf"],
)  # fmt: skip
def test_kinds_a_browser_would_run_are_not_taken(ana: Browser, name: str) -> None:
    ana.begin()

    assert upload(ana, name, b"<script>alert(1)</script>").status_code in (415, 400)
    assert not Attachment.objects.exists()


def test_a_name_is_only_a_name(ana: Browser) -> None:
    ana.begin()

    answer = upload(ana, "../../etc/\u202egnp.png", png()).json()

    assert answer["name"] == "gnp.png"


@pytest.mark.parametrize("size", [0, 10_000_001])
def test_an_empty_or_too_large_file_is_refused(ana: Browser, size: int) -> None:
    ana.begin()

    answer = upload(ana, "notes.txt", b"a" * size, "text/plain")

    assert (answer.status_code, answer.json()["error"]) in [(413, "size"), (400, "file")]


def test_a_visitor_has_a_quota(ana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPLOADED_BYTES", Limit("upload-bytes", 1000, 3600))
    ana.begin()

    codes = [upload(ana, "notes.txt", b"a" * 400, "text/plain").status_code for _ in range(3)]

    assert codes == [200, 200, 429]


def test_without_a_session_nothing_is_taken(ana: Browser) -> None:
    assert upload(ana, "notes.txt", b"Hello", "text/plain").status_code == 401


def test_a_file_of_another_session_cannot_be_sent(ana: Browser) -> None:
    stranger = Browser(ana.channel)
    ana.begin()
    stranger.begin()
    reference = upload(ana, "shrunk.png", png()).json()["ref"]

    answer = stranger.say("Mine now", files=[reference])

    assert answer[0]["reason"] == "files"


def test_a_link_works_for_its_session_alone_and_ends_with_it(ana: Browser) -> None:
    ana.begin()
    url = str(sent(ana, "shrunk.png", png())["url"])
    ana.client.get(url).close()

    ana.post("logout", {"token": ana.token})

    assert ana.client.get(url).status_code == 404


def test_a_link_ends_within_two_hours(ana: Browser) -> None:
    ana.begin()
    url = str(sent(ana, "shrunk.png", png())["url"])

    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)):
        assert ana.client.get(url).status_code == 404


def test_a_link_stays_the_same_for_a_while_so_that_pictures_do_not_flicker(ana: Browser) -> None:
    with time_machine.travel("2026-03-02T09:10:00Z", tick=False) as clock:
        ana.begin()
        first = sent(ana, "shrunk.png", png())["url"]
        clock.shift(timedelta(minutes=40))
        again = ana.get("events").json()["frames"][0]["items"][-1]["files"][0]["url"]

    assert first == again


def test_a_link_that_was_changed_is_nothing(ana: Browser) -> None:
    ana.begin()
    url = str(sent(ana, "shrunk.png", png())["url"])
    other = Attachment.objects.create(name="secret.pdf")

    for changed in (
        url[:-1],
        url + "x",
        url.replace("/webchat/", "/sandbox/"),
        url.rsplit("/", 1)[0] + "/" + other.public_id,
    ):
        assert ana.client.get(changed).status_code == 404


def test_a_user_sees_pictures_from_another_device(ana: Browser) -> None:
    ana.begin(jwt=signed("1001"))
    sent(ana, "shrunk.png", png())
    phone = Browser(ana.channel)
    phone.begin(jwt=signed("1001"))

    url = phone.get("events").json()["frames"][0]["items"][-1]["files"][0]["url"]

    answer = phone.client.get(url)
    assert answer.status_code == 200
    answer.close()
