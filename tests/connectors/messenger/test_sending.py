"""What the page refuses, and what becomes of the message then. Each call and its answer word by word: the samples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.messenger.connector import MessengerConnector
from connectors.messenger.standin import PageStandIn
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
from tests.connectors.messenger.conftest import Build, outgoing

PICTURE = File(name="a.png", content_type="image/png", content=b"x", url="https://inbox.example/f/1")


def test_an_answer_arrives_once_with_the_pages_id(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    accepted = messenger.send(outgoing(ana))

    [sent] = facebook.sent
    assert (sent.mid, sent.to, sent.message["text"]) == (accepted.external_id, ana.id, "We have two left.")


def test_a_day_after_their_message_it_is_refused_and_the_window_closes(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    facebook.ahead = timedelta(hours=25)

    with pytest.raises(PermanentFailure) as refused:
        messenger.send(outgoing(ana))

    assert refused.value.window_closed
    assert facebook.sent == []


def test_a_person_may_answer_for_seven_days_marked_so(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    facebook.ahead = timedelta(days=6)

    messenger.send(outgoing(ana, late=True))

    assert [sent.late for sent in facebook.sent] == [True]


def test_after_seven_days_not_even_a_person_may(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    facebook.ahead = timedelta(days=8)

    with pytest.raises(PermanentFailure) as refused:
        messenger.send(outgoing(ana, late=True))

    assert refused.value.window_closed


def test_without_metas_review_a_late_answer_fails_and_the_channel_goes_on(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    facebook.ahead, facebook.human_agent = timedelta(days=2), False

    with pytest.raises(PermanentFailure, match="lacks a permission") as refused:
        messenger.send(outgoing(ana, late=True))

    assert not refused.value.window_closed


def test_whoever_came_by_an_advert_can_be_answered_for_seven_days(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    ana.by_advert, facebook.ahead = True, timedelta(days=6)

    messenger.send(outgoing(ana))

    assert len(facebook.sent) == 1


@pytest.mark.parametrize(
    ("to", "sentence"),
    [("999", "no such customer"), ("user/7", "only commented"), ("", "only commented")],
)
def test_who_is_not_there_cannot_be_written_to(
    messenger: MessengerConnector, facebook: PageStandIn, to: str, sentence: str
) -> None:
    with pytest.raises(PermanentFailure, match=sentence):
        messenger.send(outgoing(to))


def test_who_has_blocked_us_is_marked(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    ana.blocked = True

    with pytest.raises(PermanentFailure) as refused:
        messenger.send(outgoing(ana))

    assert refused.value.undeliverable


def test_text_files_and_choices_go_in_the_order_that_shows_the_choices(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    accepted = messenger.send(outgoing(ana, files=(PICTURE, PICTURE), choices=("Yes", "No")))

    kinds = [next(iter(sent.message)) for sent in facebook.sent]
    assert kinds == ["attachment", "attachment", "text"]
    assert [r["title"] for r in facebook.sent[-1].message["quick_replies"]] == ["Yes", "No"]
    assert [accepted.external_id, *accepted.also] == [sent.mid for sent in facebook.sent]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(429, b"{}", {"Retry-After": "30"}), TemporaryFailure),
        (Trouble(500, b'{"error": {"code": 2, "message": "x"}}'), TemporaryFailure),
        (Trouble(502, b"<html>"), OutcomeUnknown),
        (Trouble(cut=True), OutcomeUnknown),
        (Trouble(cut=True, after=True), OutcomeUnknown),
    ],
)
def test_when_meta_is_in_trouble_nothing_is_sent_twice(
    trouble: Trouble,
    error: type[ContractError],
    messenger: MessengerConnector,
    facebook: PageStandIn,
    ana: Person,
) -> None:
    asked = len(facebook.asked)
    facebook.troubles.append(trouble)

    with pytest.raises(error):
        messenger.send(outgoing(ana))

    assert len(facebook.asked) == asked + 1


@pytest.mark.parametrize("trouble", [Trouble(cut=True, after=True), Trouble(cut=True), Trouble(429, b"{}")])
def test_when_a_later_part_fails_the_first_is_not_sent_again_and_it_is_said(
    trouble: Trouble, messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    facebook.troubles.extend([Trouble(200, b'{"recipient_id": "1", "message_id": "m_first"}'), trouble])

    accepted = messenger.send(outgoing(ana, files=(PICTURE,)))

    assert accepted.external_id == "m_first"
    assert accepted.detail.startswith("Only 1 of 2 parts were sent.")


def test_a_token_that_ended_stops_the_channel(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    facebook.tokens[facebook.token].valid = False

    with pytest.raises(ChannelBroken, match="access token"):
        messenger.send(outgoing(ana))


@pytest.mark.parametrize("given", [{"access_token": "stolen"}, {"app_secret": "wrong"}])
def test_the_wrong_token_or_secret_sends_nothing(
    given: dict[str, str], build: Build, facebook: PageStandIn, ana: Person
) -> None:
    with pytest.raises(ContractError):
        build(**given).send(outgoing(ana))

    assert facebook.sent == []


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"message": {}},
        {"recipient": {"id": "1"}},
        {"message": {"text": "a" * 2001}},
        {"message": {"text": "a", "attachment": {"type": "image", "payload": {"url": "https://a.example"}}}},
        {"message": {"attachment": {"type": "zip", "payload": {"url": "https://a.example"}}}},
        {"message": {"attachment": {"type": "image", "payload": {"url": "file:///etc/passwd"}}}},
        {"message": {"text": "a", "quick_replies": [{"title": "x"}] * 14}},
        {"message": {"text": "a", "quick_replies": [{"title": "x" * 21}]}},
        {"message": {"text": "a"}, "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
        {"message": {"text": "a"}, "tag": "HUMAN_AGENT"},
        {"sender_action": "dance"},
        {"sender_action": "typing_on", "message": {"text": "a"}},
        {"sender_action": "react"},
    ],
)
def test_the_page_takes_nothing_that_meta_does_not_document(
    message: dict[str, Any], messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    to = {"recipient": {"id": ana.id}} if "recipient" not in message and message else {}

    with pytest.raises(PermanentFailure):
        messenger.graph.post(f"{facebook.edge}/messages", {**to, **message})

    assert (facebook.sent, facebook.acts) == ([], [])


def test_typing_seen_and_reactions_are_shown_to_them(
    messenger: MessengerConnector, facebook: PageStandIn, ana: Person
) -> None:
    to = outgoing(ana).to

    messenger.show_typing(to, active=True)
    messenger.show_typing(to, active=False)
    messenger.mark_read(to, "m_theirs")
    messenger.perform(Gesture(kind=GestureKind.REACT, to=to, external_id="m_theirs", emoji="👍"))
    messenger.perform(Gesture(kind=GestureKind.REACT, to=to, external_id="m_theirs"))

    assert [act for _who, act in facebook.acts] == [
        "typing_on",
        "typing_off",
        "mark_seen",
        "react",
        "unreact",
    ]


def test_a_message_cannot_be_changed_or_taken_back(messenger: MessengerConnector, ana: Person) -> None:
    for kind in (GestureKind.EDIT, GestureKind.DELETE):
        with pytest.raises(PermanentFailure, match="nothing else"):
            messenger.perform(Gesture(kind=kind, to=outgoing(ana).to, external_id="m_1", text="x"))


def test_a_name_is_asked_for_and_a_stranger_has_none(messenger: MessengerConnector, ana: Person) -> None:
    assert messenger.name_of(outgoing(ana).to) == "Ana Almeida"
    assert messenger.name_of(outgoing("999").to) == ""
    assert messenger.name_of(outgoing("user/7").to) == ""


def test_media_is_fetched_without_our_token(messenger: MessengerConnector, hook: Any, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = [hook.host]
    hook.answers["/v/a.png"] = (200, {"Content-Type": "text/html"}, b"\x89PNG\r\n\x1a\n" + b"0" * 20)

    got = messenger.fetch(File(name="a.png", url=hook.url("/v/a.png")))

    assert (got.content_type, got.size) == ("image/png", 28)
    assert all("authorization" not in asked.headers for asked in hook.asked)
