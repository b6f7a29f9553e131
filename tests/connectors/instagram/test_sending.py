"""What Instagram refuses, and what becomes of the message then. Each call and its answer word by word: the samples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.instagram.connector import TEXT_BYTES, InstagramConnector
from connectors.instagram.standin import AccountStandIn
from connectors.meta.sends import split
from connectors.meta.standin_inbox import Person
from connectors.standin.wire import Trouble
from inbox.contract import (
    ChannelBroken,
    ContractError,
    File,
    Gesture,
    GestureKind,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)
from tests.connectors.instagram.conftest import Build, outgoing

PICTURE = File(name="a.png", content_type="image/png", content=b"x", url="https://inbox.example/f/1")


def test_an_answer_arrives_once(instagram: InstagramConnector, meta: AccountStandIn, ana: Person) -> None:
    accepted = instagram.send(outgoing(ana))

    [sent] = meta.sent
    assert (sent.mid, sent.to, sent.message["text"]) == (accepted.external_id, ana.id, "Yes, in two sizes.")


def test_a_text_of_more_than_a_thousand_bytes_goes_in_parts(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    written = "жук " * 240

    accepted = instagram.send(outgoing(ana, text=written))

    parts = [sent.message["text"] for sent in meta.sent]
    assert len(parts) == 2
    assert " ".join(parts) == written.strip()
    assert [accepted.external_id, *accepted.also] == [sent.mid for sent in meta.sent]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=900))
def test_no_part_is_too_long_and_none_of_the_words_is_lost(written: str) -> None:
    parts = split(written, 100)

    assert all(0 < len(part.encode()) <= 100 for part in parts)
    assert "".join("".join(parts).split()) == "".join(written.split())


def test_a_text_within_the_limit_is_one_part() -> None:
    assert split("a" * TEXT_BYTES, TEXT_BYTES) == ["a" * TEXT_BYTES]
    assert split("a" * 5000, 0) == ["a" * 5000]


@pytest.mark.parametrize(("days", "late"), [(2, False), (8, True)])
def test_outside_the_window_it_is_refused_and_the_window_closes(
    days: int, late: bool, instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    meta.ahead = timedelta(days=days)

    with pytest.raises(PermanentFailure) as refused:
        instagram.send(outgoing(ana, late=late))

    assert refused.value.window_closed


def test_a_person_may_answer_for_seven_days_marked_so(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    meta.ahead = timedelta(days=6)

    instagram.send(outgoing(ana, late=True))

    assert [sent.late for sent in meta.sent] == [True]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(429, b"{}", {"Retry-After": "30"}), TemporaryFailure),
        (Trouble(500, b'{"error": {"code": 2, "message": "x"}}'), TemporaryFailure),
        (Trouble(504, b"<html>"), OutcomeUnknown),
        (Trouble(cut=True), OutcomeUnknown),
        (Trouble(cut=True, after=True), OutcomeUnknown),
    ],
)
def test_when_meta_is_in_trouble_nothing_is_sent_twice(
    trouble: Trouble,
    error: type[ContractError],
    instagram: InstagramConnector,
    meta: AccountStandIn,
    ana: Person,
) -> None:
    asked = len(meta.asked)
    meta.troubles.append(trouble)

    with pytest.raises(error):
        instagram.send(outgoing(ana))

    assert len(meta.asked) == asked + 1


@pytest.mark.parametrize("trouble", [Trouble(cut=True, after=True), Trouble(cut=True), Trouble(429, b"{}")])
def test_when_a_later_part_fails_the_first_is_not_sent_again_and_it_is_said(
    trouble: Trouble, instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    meta.troubles.extend([Trouble(200, b'{"recipient_id": "1", "message_id": "m_first"}'), trouble])

    accepted = instagram.send(outgoing(ana, files=(PICTURE,)))

    assert accepted.external_id == "m_first"
    assert accepted.detail.startswith("Only 1 of 2 parts were sent.")


def test_a_token_that_ended_stops_the_channel(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    meta.tokens[meta.token].valid = False

    with pytest.raises(ChannelBroken, match="access token"):
        instagram.send(outgoing(ana))


def test_the_wrong_token_sends_nothing(build: Build, meta: AccountStandIn, ana: Person) -> None:
    with pytest.raises(ChannelBroken):
        build(access_token="stolen").send(outgoing(ana))

    assert meta.sent == []


def test_our_secret_goes_to_nobody_who_does_not_ask_for_its_proof(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    instagram.send(outgoing(ana))

    assert "appsecret_proof" not in meta.asked[-1].target


@pytest.mark.parametrize(("emoji", "act"), [("❤️", "react"), ("❤", "react"), ("😍", "react"), ("", "unreact")])
def test_a_heart_is_put_on_a_message(
    emoji: str, act: str, instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    instagram.perform(
        Gesture(kind=GestureKind.REACT, to=outgoing(ana).to, external_id="m_theirs", emoji=emoji)
    )

    assert meta.acts == [(ana.id, act)]


def test_nothing_but_a_heart_goes(instagram: InstagramConnector, meta: AccountStandIn, ana: Person) -> None:
    with pytest.raises(PermanentFailure, match="heart"):
        instagram.perform(Gesture(kind=GestureKind.REACT, to=outgoing(ana).to, external_id="m_1", emoji="👍"))

    assert meta.acts == []


def test_typing_and_seen_are_shown_to_them(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    instagram.show_typing(outgoing(ana).to, active=True)
    instagram.mark_read(outgoing(ana).to, "m_theirs")

    assert [act for _who, act in meta.acts] == ["typing_on", "mark_seen"]


def test_a_name_is_told_once_they_have_written(
    instagram: InstagramConnector, meta: AccountStandIn, ana: Person
) -> None:
    silent = meta.meet("Bo")

    assert instagram.name_of(outgoing(ana).to) == "Ana"
    assert instagram.name_of(outgoing(silent).to) == ""


def test_media_is_fetched_without_our_token(instagram: InstagramConnector, hook: Any, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = [hook.host]
    hook.answers["/v/a"] = (200, {"Content-Type": "image/jpeg"}, b"\x89PNG\r\n\x1a\n" + b"0" * 20)

    got = instagram.fetch(File(name="image.jpg", url=hook.url("/v/a")))

    assert (got.content_type, got.size) == ("image/png", 28)
    assert all("authorization" not in asked.headers for asked in hook.asked)
