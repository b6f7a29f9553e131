"""Files in a bubble: pictures in a grid, films and sound to play, stickers without a ground; the rest to download."""

import re

import pytest
from django.http import FileResponse
from django.test import Client

from agents.live.render import html
from inbox import timeline
from inbox.models import Attachment, Channel, Conversation, Identity, Message
from tests import factories
from tests.agents.talk import attach, on


@pytest.fixture
def message(matter: Conversation, number: Channel, ana_phone: Identity) -> Message:
    return factories.message(matter, "", **on(number, ana_phone))


def bubble(message: Message) -> str:
    return html(timeline.messages([message.pk])[0])


@pytest.mark.parametrize(
    ("pictures", "places", "more"), [(1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0), (7, 4, 3)]
)
def test_pictures_are_one_grid_of_at_most_four_in_view(
    message: Message, pictures: int, places: int, more: int
) -> None:
    for number in range(pictures):
        attach(message, f"{number}.png", "image/png")

    shown = bubble(message)

    assert shown.count('class="album"') == 1
    assert f'data-count="{places}"' in shown
    assert len(re.findall(r'<img src="/files/[\w-]+/" alt="\d\.png" loading="lazy">', shown)) == pictures
    assert shown.count("is-beyond") == more
    assert (f">+{more}</button>" in shown) == bool(more)
    assert (f'aria-label="Show {more} more"' in shown) == bool(more)


def test_pictures_stand_in_the_albums_order(message: Message) -> None:
    for name, position in (("b.png", 2), ("a.png", 1)):
        Attachment.objects.filter(pk=attach(message, name, "image/png").pk).update(position=position)

    assert re.findall(r'alt="(\w)\.png"', bubble(message)) == ["a", "b"]


def test_a_film_waits_for_a_click(message: Message) -> None:
    film = attach(message, "film.mp4", "video/mp4")

    assert (
        f'<video controls preload="none" playsinline src="/files/{film.public_id}/" aria-label="film.mp4"></video>'
        in bubble(message)
    )


def test_a_voice_note_tells_how_long_it_is(message: Message) -> None:
    voice = attach(message, "voice.ogg", "audio/ogg")

    assert f'<audio controls preload="metadata" src="/files/{voice.public_id}/"' in bubble(message)


def test_a_sticker_stands_on_no_ground(message: Message) -> None:
    attach(message, "s.webp", "image/webp")

    shown = bubble(message)

    assert 'class="sticker"' in shown
    assert 'alt="Sticker"' in shown
    assert 'class="album"' not in shown


def test_a_webp_with_words_is_a_picture(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(text="My new shoes")
    attach(message, "s.webp", "image/webp")

    assert 'class="album"' in bubble(message)


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_what_has_not_come_has_a_place_and_no_address(message: Message, state: str) -> None:
    Attachment.objects.create(
        message=message, name="<b>.png", content_type="image/png", state=state, reason="Too <large>"
    )

    shown = bubble(message)

    assert "/files/" not in shown
    assert "&lt;b&gt;.png" in shown
    assert ("Being fetched" if state == "waiting" else "Too &lt;large&gt;") in shown


def test_a_hostile_name_stays_a_name(message: Message) -> None:
    for content_type in ("image/png", "video/mp4", "audio/ogg", "text/html"):
        attach(message, '"><script>alert(1)</script>', content_type)

    assert "<script" not in bubble(message)


# ---------------------------------------------------------------- playing from anywhere


def fetch(client: Client, file: Attachment, asked: str) -> tuple[FileResponse, bytes]:
    answer = client.get(f"/files/{file.public_id}/", headers={"Range": asked})
    return answer, b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("asked", "content", "span"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=2-999", b"23456789", "bytes 2-9/10"),
    ],
)
def test_a_player_gets_the_part_it_asks_for(
    as_sam: Client, message: Message, asked: str, content: bytes, span: str
) -> None:
    answer, got = fetch(as_sam, attach(message, "film.mp4", "video/mp4", b"0123456789"), asked)

    assert (answer.status_code, got, answer["Content-Range"]) == (206, content, span)
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=", "bytes=-5", "bytes=5-2", "bytes=10-", "bytes=0-1,4-5", "lines=0-3", "bytes=٣-", "x" * 999],
)
def test_any_other_wish_gets_the_whole(as_sam: Client, message: Message, asked: str) -> None:
    answer, got = fetch(as_sam, attach(message, "film.mp4", "video/mp4", b"0123456789"), asked)

    assert (answer.status_code, got) == (200, b"0123456789")
    assert answer["Content-Length"] == "10"


def test_a_part_of_what_i_may_not_read_does_not_exist(as_sam: Client, secret: Conversation) -> None:
    film = attach(secret.messages.get(), "film.mp4", "video/mp4")

    assert as_sam.get(f"/files/{film.public_id}/", headers={"Range": "bytes=0-1"}).status_code == 404
