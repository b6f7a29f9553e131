"""The connector as the rest of the house sees it: who is let in, by LINE's own SDK; capabilities; what webhooks become."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator

from connectors.line import handles
from connectors.line.connector import HEADER, LineConnector
from connectors.line.handles import Handle
from connectors.line.settings import LineSettings
from inbox.contract import BadSignature, CardKind, ChannelInfo, Delete, Ignored, InboundEvent, InboundMessage
from tests.connectors import rehearsal
from tests.connectors.line.conftest import (
    ANA,
    BOT,
    GROUP,
    SECRET,
    TOKEN,
    Build,
    event,
    file,
    incoming,
    outgoing,
    post,
)

CONNECTOR = LineConnector(
    LineSettings(channel_secret=SECRET, access_token=TOKEN), ChannelInfo(id=1, public_id="c", name="Shop")
)


def read(*events: dict[str, Any]) -> list[InboundEvent]:
    return list(CONNECTOR.parse(post(incoming(*events))))


def said(**changes: Any) -> InboundMessage:
    [got] = read(event(**changes))
    assert isinstance(got, InboundMessage)
    return got


@pytest.mark.parametrize("text", ["Hello", "こんにちは 👋", ""])
def test_lines_own_sdk_and_we_agree_about_a_signature(text: str, build: Build) -> None:
    request = post(json.dumps({"text": text}, ensure_ascii=False).encode())

    build().verify(request)

    assert SignatureValidator(SECRET).validate(request.body.decode(), request.header(HEADER))
    other = post(request.body, signed_with="another")
    assert not SignatureValidator(SECRET).validate(other.body.decode(), other.header(HEADER))
    with pytest.raises(BadSignature):
        build().verify(other)


@pytest.mark.parametrize("sent", ["", "x", "é"])
def test_what_is_no_signature_is_refused(sent: str, build: Build) -> None:
    with pytest.raises(BadSignature):
        build().verify(dataclasses.replace(post(b"{}"), headers={HEADER.lower(): sent}))


def test_a_channel_without_a_secret_lets_nobody_in(build: Build) -> None:
    with pytest.raises(BadSignature):
        build(channel_secret="").verify(post(b"{}", signed_with=""))


def test_the_address_is_the_basic_id_as_soon_as_it_is_known(build: Build) -> None:
    assert build(basic_id="@northwool").address == "@northwool"
    assert build().address == "Shop on LINE"
    assert build().scope == f"{BOT}/"
    assert build(bot_id="").scope == ""


def test_a_message_goes_whole_in_one_call_or_not_at_all() -> None:
    refuse = LineConnector.capabilities.refuse

    assert refuse(outgoing(text="x" * 5000, files=(file("a.jpg", "image/jpeg"),) * 4)) == ""
    assert "at most 4 files" in refuse(outgoing(files=(file("a.jpg", "image/jpeg"),) * 5))
    assert "5001 characters" in refuse(outgoing(text="x" * 5001))
    assert "at most 13 buttons" in refuse(outgoing(choices=("x",) * 14))


def test_both_secrets_are_marked(build: Build) -> None:
    fields = dataclasses.fields(build().settings)

    assert [field.name for field in fields if field.metadata["secret"]] == ["channel_secret", "access_token"]
    assert all(field.metadata["label"] for field in fields)


# ---------------------------------------------------------------- reading


def test_the_tokens_of_a_message_are_kept_together() -> None:
    assert handles.read(said().reply_handle) == Handle(reply="r" * 32, message="11", quote="quote-11")


def test_a_quote_token_too_long_to_keep_leaves_the_reply_token() -> None:
    message = {"id": "11", "type": "text", "text": "Hello", "quoteToken": "q" * 600}

    assert handles.read(said(message=message).reply_handle) == Handle(reply="r" * 32)


def test_a_message_without_a_reply_token_has_no_handle() -> None:
    assert said(replyToken=None).reply_handle == ""


def test_a_group_is_the_customer_and_its_member_the_author() -> None:
    got = said(source={"type": "group", "groupId": GROUP, "userId": ANA})

    assert (got.group, got.thread_key) == (True, GROUP)
    assert got.customer is not None
    assert (got.customer.value, got.author.value) == (f"{BOT}/{GROUP}", f"{BOT}/{ANA}")


def test_texts_are_kept_as_they_were_written() -> None:
    assert said(message={"id": "1", "type": "text", "text": "  two\n\n <b> "}).text == "  two\n\n <b> "


def test_what_is_unsent_is_deleted_by_its_id() -> None:
    [got] = read(event(type="unsend", unsend={"messageId": "11"}))

    assert isinstance(got, Delete)
    assert got.external_id == "11"


def test_standby_is_somebody_elses() -> None:
    [got] = read(event(mode="standby"))

    assert isinstance(got, Ignored)


def test_content_of_a_new_kind_stands_in_the_thread() -> None:
    [card] = said(message={"id": "1", "type": "hologram"}).cards

    assert (card.kind, card.text) == (CardKind.UNSUPPORTED, "hologram")


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_an_id_that_is_no_number_gets_into_no_path(kind: str) -> None:
    events, refused = rehearsal.parsed(
        CONNECTOR, post(incoming(event(message={"id": "../../x", "type": kind, "fileName": "x"})))
    )

    assert events == []
    assert refused


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = ["text", "image", "video", "audio", "file", "location", "sticker", "new"]
INSIDE = [
    *("id", "text", "quotedMessageId", "quoteToken", "contentProvider", "imageSet", "fileName", "fileSize"),
    *("stickerId", "keywords", "title", "latitude", "type"),
]


@given(st.sampled_from(KINDS), st.sampled_from(INSIDE), Json)
def test_a_message_with_anything_wrong_is_read_or_refused(kind: str, name: str, value: Any) -> None:
    message = {
        "id": "1",
        "type": kind,
        "text": "x",
        "latitude": 1,
        "longitude": 2,
        "stickerId": "1",
        name: value,
    }

    events, refused = rehearsal.parsed(CONNECTOR, post(incoming(event(message=message))))

    assert events or refused


@given(st.sampled_from(sorted(event())), Json)
def test_an_event_with_anything_wrong_is_read_or_refused(name: str, value: Any) -> None:
    events, refused = rehearsal.parsed(CONNECTOR, post(incoming(event(**{name: value}))))

    assert events or refused


@given(st.sampled_from(["unsend", "postback", "follow", "leave", "messageEdited"]), Json)
def test_an_act_with_anything_wrong_is_read_or_refused(kind: str, value: Any) -> None:
    events, refused = rehearsal.parsed(
        CONNECTOR, post(incoming(event(type=kind, unsend=value, postback=value, source=value, message=value)))
    )

    assert events or refused
