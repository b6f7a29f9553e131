"""Sending to a stand-in that refuses what LINE refuses: reply token first, push with a retry key then, and nothing twice."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from connectors.line.connector import LineConnector
from connectors.line.standin.server import StandIn
from connectors.sniff import sniff
from connectors.standin.wire import Trouble
from inbox.contract import (
    Address,
    ChannelBroken,
    ContractError,
    File,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)
from tests.connectors.line.conftest import ANA, BOT, GROUP, HOOK, TOKEN, Build, file, outgoing

ALIVE = "a" * 32


def arrived(line: StandIn) -> list[tuple[bool, list[str]]]:
    """Of each call that was taken: whether it was free, and its texts."""
    return [
        (sent.free, [str(each.get("text", each["type"])) for each in sent.messages])
        for sent in line.account.sent
    ]


@pytest.fixture
def alive(line: StandIn) -> str:
    """A reply token of Ana's that works."""
    line.account.reply_tokens[ALIVE] = ANA
    return f"{ALIVE} 11 quote-11"


def test_an_answer_at_once_is_free(channel: LineConnector, line: StandIn, alive: str) -> None:
    accepted = channel.send(outgoing(reply_handle=alive))

    assert arrived(line) == [(True, ["It is on its way."])]
    assert accepted.external_id == line.account.sent[0].ids[0]
    assert accepted.detail == "free reply"
    assert line.account.used == 0


def test_a_token_that_has_ended_becomes_a_push(channel: LineConnector, line: StandIn) -> None:
    channel.send(outgoing(reply_handle=f"{ALIVE} 11 quote-11"))

    assert arrived(line) == [(False, ["It is on its way."])]
    assert [asked.path.rpartition("/")[2] for asked in line.asked] == ["reply", "push"]


def test_a_push_is_done_once_however_often_it_is_tried(channel: LineConnector, line: StandIn) -> None:
    first, second = (channel.send(outgoing()) for _ in range(2))

    assert first.external_id == second.external_id
    assert len(line.account.sent) == 1


def test_the_retry_key_is_a_uuid_of_this_message_on_this_channel(build: Build, line: StandIn) -> None:
    build(api_url=line.base).send(outgoing())
    build(api_url=line.base).send(outgoing(key="delivery-2"))
    build(api_url=line.base, hook_url=f"{HOOK}2").send(outgoing())

    keys = [asked.headers["x-line-retry-key"] for asked in line.asked]
    assert len(set(keys)) == 3
    assert [str(uuid.UUID(key)) for key in keys] == keys


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(cut=True, after=True),
        Trouble(cut=True),
        Trouble(status=500, body=b'{"message":"Internal server error"}', after=True),
        Trouble(status=502, body=b"<html>"),
        Trouble(status=200, body=b"<html>", after=True),
    ],
)
def test_a_push_with_an_unknown_end_is_tried_again_and_arrives_once(
    trouble: Trouble, channel: LineConnector, line: StandIn
) -> None:
    line.troubles.append(trouble)

    with pytest.raises(TemporaryFailure):
        channel.send(outgoing())
    channel.send(outgoing())

    assert len(line.account.sent) == 1


@pytest.mark.parametrize(
    "trouble", [Trouble(cut=True, after=True), Trouble(cut=True), Trouble(status=500, body=b"{}", after=True)]
)
def test_an_answer_with_an_unknown_end_is_told_and_not_pushed(
    trouble: Trouble, channel: LineConnector, line: StandIn, alive: str
) -> None:
    line.troubles.append(trouble)

    with pytest.raises(OutcomeUnknown):
        channel.send(outgoing(reply_handle=alive))

    assert len(line.asked) == 1
    assert len(line.account.sent) == int(trouble.after)


def test_a_rate_limit_holds_the_whole_channel(channel: LineConnector, line: StandIn) -> None:
    line.troubles.append(
        Trouble(status=429, body=b'{"message":"The API rate limit has been exceeded. Try again later."}')
    )

    with pytest.raises(TemporaryFailure) as caught:
        channel.send(outgoing())

    assert caught.value.whole_channel
    assert caught.value.retry_after


def test_when_the_months_messages_are_used_up_answers_at_once_still_go(
    channel: LineConnector, line: StandIn, alive: str
) -> None:
    line.account.used = 200

    with pytest.raises(PermanentFailure, match="used up") as caught:
        channel.send(outgoing())
    channel.send(outgoing(reply_handle=alive))

    assert caught.value.code == "quota"
    assert arrived(line) == [(True, ["It is on its way."])]


def test_who_blocked_the_account_has_opted_out(channel: LineConnector, line: StandIn) -> None:
    line.account.blocked.add(ANA)

    with pytest.raises(PermanentFailure, match="blocked the account") as caught:
        channel.send(outgoing())

    assert caught.value.opted_out


def test_a_customer_line_does_not_know_cannot_be_reached(channel: LineConnector) -> None:
    with pytest.raises(PermanentFailure) as caught:
        channel.send(outgoing(to=Address(space="line", value=f"{BOT}/U{'f' * 32}")))

    assert caught.value.undeliverable


@pytest.mark.parametrize("value", ["", ANA, f"U{'9' * 32}/{ANA}", f"{BOT}/x", f"{BOT}/../x"])
def test_what_is_no_address_of_this_account_is_not_asked_for(
    value: str, channel: LineConnector, line: StandIn
) -> None:
    with pytest.raises(PermanentFailure):
        channel.send(outgoing(to=Address(space="line", value=value)))

    assert line.asked == []


def test_a_revoked_token_breaks_the_channel(build: Build, line: StandIn) -> None:
    with pytest.raises(ChannelBroken, match="Issue a new one"):
        build(api_url=line.base, access_token="old").send(outgoing())


def test_files_go_as_addresses_and_buttons_under_the_last(channel: LineConnector, line: StandIn) -> None:
    files = (file("a.jpg", "image/jpeg"), file("b.mp4", "video/mp4"), file("c.pdf", "application/pdf"))

    accepted = channel.send(outgoing(files=files, choices=("Yes", "n" * 300)))

    text, picture, film, document = line.account.sent[0].messages
    assert picture["originalContentUrl"] == "https://inbox.example/f/a.jpg"
    assert film["previewImageUrl"] == "https://inbox.example/static/line/film.png"
    assert document["text"] == "c.pdf\nhttps://inbox.example/f/c.pdf"
    assert "quickReply" not in text
    assert [len(each["action"]["label"]) for each in document["quickReply"]["items"]] == [3, 20]
    assert len(accepted.also) == 3


def test_what_is_too_large_to_be_shown_goes_as_an_address(channel: LineConnector, line: StandIn) -> None:
    channel.send(outgoing(text="", files=(file("a.jpg", "image/jpeg", 10_000_001),)))

    assert line.account.sent[0].messages[0]["type"] == "text"


def test_lines_count_of_characters_is_told_in_its_words(channel: LineConnector) -> None:
    """An emoji counts twice there."""
    with pytest.raises(PermanentFailure, match="between 0 and 5000"):
        channel.send(outgoing(text="👋" * 2501))


@pytest.mark.parametrize(("quoted", "goes"), [("11", True), ("10", False), ("", False)])
def test_only_their_last_message_can_be_quoted(
    quoted: str, goes: bool, channel: LineConnector, line: StandIn, alive: str
) -> None:
    channel.send(outgoing(reply_handle=alive, in_reply_to=quoted))

    assert ("quoteToken" in line.account.sent[0].messages[0]) is goes


# ---------------------------------------------------------------- names, typing, files, check


def test_names_are_asked_for(channel: LineConnector, line: StandIn) -> None:
    assert channel.name_of(outgoing().to) == "Ana Sousa"
    assert channel.name_of(Address(space="line", value=f"{BOT}/{GROUP}")) == "Northwool wholesale"
    line.account.blocked.add(ANA)
    assert channel.name_of(outgoing().to) == ""


def test_typing_is_shown_to_a_person_and_its_end_needs_no_call(channel: LineConnector, line: StandIn) -> None:
    channel.show_typing(outgoing().to, active=True)
    channel.show_typing(outgoing().to, active=False)
    channel.show_typing(Address(space="line", value=f"{BOT}/{GROUP}"), active=True)

    assert line.account.loading == [ANA]


def test_a_file_is_fetched_as_soon_as_line_has_prepared_it(channel: LineConnector, line: StandIn) -> None:
    line.account.contents["12"] = None
    with pytest.raises(TemporaryFailure, match="still preparing"):
        channel.fetch(File(name="video.mp4", url="12"))

    line.account.contents["12"] = ("application/pdf", b"%PDF-1.4\n")
    assert channel.fetch(File(name="a.pdf", url="12")).content == b"%PDF-1.4\n"


def test_our_token_goes_nowhere_but_to_line(channel: LineConnector, line: StandIn) -> None:
    """A picture of somebody's web app is asked for like any address of a stranger's."""
    with pytest.raises(ContractError):
        channel.fetch(File(name="a.jpg", url=f"{line.base}/v2/bot/info"))

    assert [asked.bearer for asked in line.asked] == [""]


def test_a_private_address_of_a_web_app_is_not_asked(build: Build, settings: Any) -> None:
    settings.GUARDED_HTTP_ALLOW = []

    with pytest.raises(PermanentFailure, match="private network"):
        build().fetch(File(name="a.jpg", url="http://127.0.0.1:9/a.jpg"))


def test_a_check_learns_the_account_and_sets_the_address(build: Build, line: StandIn) -> None:
    line.account.endpoint = "https://old.example/line"

    health = build(api_url=line.base, bot_id="").check()

    assert health.ok
    assert health.renewed == {"basic_id": "@northwool", "bot_id": BOT}
    assert line.account.endpoint == HOOK
    assert any("https://old.example/line until now" in text for text in health.lines)


def test_a_check_says_what_has_to_be_switched_on(channel: LineConnector, line: StandIn) -> None:
    line.account.active = False

    health = channel.check()

    assert not health.ok
    assert any("Use webhook" in text for text in health.lines)


def test_a_check_with_a_revoked_token_breaks_the_channel(build: Build, line: StandIn) -> None:
    health = build(api_url=line.base, access_token="old").check()

    assert (health.ok, health.broken) == (False, True)


@pytest.mark.parametrize("trouble", [None, Trouble(cut=True), Trouble(status=401, body=b"{}")])
def test_the_token_is_in_no_log_and_no_error(
    trouble: Trouble | None, channel: LineConnector, line: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    if trouble:
        line.troubles.append(trouble)
    shown = ""
    try:
        channel.send(outgoing())
    except ContractError as error:
        shown = f"{error!r} {error.__cause__!r}"

    assert caplog.text
    assert TOKEN not in shown + caplog.text


def test_the_picture_that_stands_for_a_film_is_there_for_line_to_fetch() -> None:
    found = finders.find("line/film.png")

    assert found
    assert sniff(Path(str(found)).read_bytes()) == "image/png"
