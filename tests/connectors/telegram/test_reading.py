"""What updates become, beyond the samples: proofs of a phone, links, service messages, and whatever else may come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram import content, people, reading
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.settings import TelegramSettings
from inbox.contract import Address, BadPayload, CardKind, ChannelInfo, Ignored, InboundMessage, Nature
from tests.connectors import rehearsal
from tests.connectors.telegram.conftest import ANA, ID, TOKEN, Build, incoming, post

CONNECTOR = TelegramConnector(
    TelegramSettings(bot_token=TOKEN), ChannelInfo(id=1, public_id="c", name="Shop")
)


def said(**fields: Any) -> InboundMessage:
    [event] = reading.events(incoming(**fields), ID)
    assert isinstance(event, InboundMessage)
    return event


def test_a_shared_number_proves_the_phone_only_of_its_sender() -> None:
    own = {"phone_number": "447700900123", "first_name": "Ana", "user_id": ANA}

    assert said(contact=own).proofs == (Address(space="phone", value="+447700900123"),)
    assert said(contact=own | {"user_id": ANA + 1}).proofs == ()
    assert said(contact={"phone_number": "447700900123", "first_name": "Ana"}).proofs == ()
    assert said(contact=own, forward_origin={"type": "hidden_user", "sender_user_name": "Bob"}).proofs == ()
    assert said(contact=own | {"phone_number": "12"}).proofs == ()
    assert all(card.kind is CardKind.CONTACT for card in said(contact=own | {"user_id": 1}).cards)


def test_somebody_without_an_id_cannot_share_a_number_as_their_own() -> None:
    update = incoming(contact={"phone_number": "+447700900123", "first_name": "Ana", "user_id": None})
    update["message"]["from"] |= {"id": 0}

    [event] = reading.events(update, ID)

    assert isinstance(event, InboundMessage)
    assert event.proofs == ()


def test_texts_are_kept_as_they_were_written() -> None:
    text = "  two\n\nlines *not bold* <b>  "

    assert said(text=text).text == text


@given(st.text(max_size=30), st.integers(-5, 80), st.integers(-5, 80))
def test_a_link_behind_words_never_loses_a_word(text: str, offset: int, length: int) -> None:
    entity = {"type": "text_link", "offset": offset, "length": length, "url": "https://x.example/"}

    written = content.with_links(text, [entity])

    assert written.replace(" (https://x.example/)", "", 1).replace("\ufffd", "") in text or len(
        written
    ) >= len(text)
    assert "https://x.example/" in written


@pytest.mark.parametrize("text", ["/start", "/start abc", "/start@northwool_bot"])
def test_pressing_start_is_kept_quietly(text: str) -> None:
    assert said(text=text).nature is Nature.AUTO


@pytest.mark.parametrize("text", ["/help", "/started", "start", "Please /start"])
def test_other_words_are_a_persons(text: str) -> None:
    assert said(text=text).nature is Nature.PERSON


@pytest.mark.parametrize(
    "field",
    [
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "pinned_message",
        "forum_topic_created",
        "video_chat_ended",
    ],
)
def test_what_is_about_the_chat_is_no_message(field: str) -> None:
    [event] = reading.events(incoming(**{field: {"x": 1}}), ID)

    assert isinstance(event, Ignored)
    assert field in event.reason


@pytest.mark.parametrize("field", ["gift", "checklist", "invoice", "giveaway", "something_new"])
def test_what_cannot_be_shown_stands_in_the_thread_by_its_name(field: str) -> None:
    [card] = said(**{field: {"x": 1}}).cards

    assert card.kind is CardKind.UNSUPPORTED
    assert card.text in field.replace("_", " ")


def test_an_album_in_two_chats_is_two_albums() -> None:
    one, other = incoming(text="x", media_group_id="9"), incoming(text="x", media_group_id="9")
    other["message"]["chat"] |= {"id": ANA + 1}

    albums = [
        event.album
        for update in (one, other)
        for event in reading.events(update, ID)
        if isinstance(event, InboundMessage)
    ]

    assert len(set(albums)) == 2


def test_message_ids_are_counted_per_chat() -> None:
    assert people.message_of(people.external_id(-1001, 7)) == (-1001, 7)
    assert people.message_of("button/1") is None
    assert people.message_of("") is None
    assert people.message_of("1:" + "9" * 5000) is None


@pytest.mark.parametrize("key", ["", "x", "1/x", "/7", "9" * 5000])
def test_what_is_no_thread_is_none(key: str) -> None:
    assert people.place_of(key) is None


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(
    {*content.MEDIA, *content.UNSUPPORTED, "text", "caption", "entities", "photo", "sticker", "venue"}
)
MORE = [
    "location",
    "contact",
    "poll",
    "story",
    "dice",
    "game",
    "web_app_data",
    "forward_origin",
    "reply_to_message",
]
LAST = [
    "via_bot",
    "sender_chat",
    "from",
    "chat",
    "date",
    "message_id",
    "migrate_to_chat_id",
    "media_group_id",
]


@given(st.sampled_from([*FIELDS, *MORE, *LAST]), Json)
def test_a_message_with_any_field_wrong_is_read_or_refused(field: str, value: Any) -> None:
    for kind in ("message", "edited_message"):
        events, refused = rehearsal.parsed(
            CONNECTOR, post({"update_id": 5, kind: incoming(**{"text": "x", field: value})["message"]})
        )
        assert events or refused


@given(st.sampled_from(reading.WANTED), Json)
def test_any_update_is_read_or_refused(kind: str, value: Any) -> None:
    events, refused = rehearsal.parsed(CONNECTOR, post({"update_id": 5, kind: value}))

    assert events or refused


@given(st.sampled_from(["id", "from", "message", "data"]), Json)
def test_a_button_with_anything_wrong_is_read_or_refused(field: str, value: Any) -> None:
    query = {
        "id": "1",
        "from": {"id": ANA},
        "message": {"message_id": 1, "chat": {"id": ANA, "type": "private"}},
        "data": "0:x",
    }

    events, refused = rehearsal.parsed(
        CONNECTOR, post({"update_id": 5, "callback_query": query | {field: value}})
    )

    assert events or refused


def test_a_number_too_long_to_be_an_id_is_refused(build: Build) -> None:
    with pytest.raises(BadPayload):
        list(build().parse(post(b'{"update_id": ' + b"9" * 5000 + b', "message": {}}')))
