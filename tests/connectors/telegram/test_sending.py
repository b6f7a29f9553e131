"""Sending to a stand-in that refuses what Telegram refuses: what arrives, what each refusal means, and that nothing goes twice."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from connectors.standin.wire import Trouble
from connectors.telegram import sending
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.standin.bot import Bot
from connectors.telegram.standin.server import StandIn
from inbox.contract import (
    Accepted,
    Address,
    ChannelBroken,
    ContractError,
    File,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)
from tests.connectors.telegram.conftest import ANA, GROUP, ID, TOKEN, Build, file, outgoing

JPEG = "image/jpeg"


def arrived(telegram: StandIn) -> list[tuple[str, str]]:
    """As what each message came, and its text."""
    return [(each.kind, each.text or each.caption) for each in telegram.bot.messages]


def test_a_text_arrives(channel: TelegramConnector, telegram: StandIn) -> None:
    accepted = channel.send(outgoing())

    assert arrived(telegram) == [("text", "It is on its way.")]
    assert accepted == Accepted(external_id=f"{ANA}:1")


def test_line_ends_count_once_and_nul_does_not_leave(channel: TelegramConnector, telegram: StandIn) -> None:
    channel.send(outgoing(text="one\r\ntwo\0"))

    assert arrived(telegram) == [("text", "one\ntwo")]


def test_files_arrive_whole_and_under_their_names(channel: TelegramConnector, telegram: StandIn) -> None:
    content = bytes(range(256)) * 40 + b"\r\n--x--\r\n"

    channel.send(outgoing(files=(file("Größe „M“.pdf", "application/pdf", content),)))

    [message] = telegram.bot.messages
    assert message.files[0].content == content
    assert message.files[0].name == "Größe „M“.pdf"
    assert message.caption == "It is on its way."


def test_pictures_stand_together_and_other_files_follow(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    files = (
        file("a.jpg", JPEG),
        file("b.jpg", JPEG),
        file("c.gif", "image/gif"),
        file("d.pdf", "application/pdf"),
    )

    accepted = channel.send(outgoing(files=files))

    assert arrived(telegram) == [
        ("photo", "It is on its way."),
        ("photo", ""),
        ("animation", ""),
        ("document", ""),
    ]
    assert (accepted.external_id, accepted.also) == (f"{ANA}:1", (f"{ANA}:2", f"{ANA}:3", f"{ANA}:4"))


def test_a_large_picture_goes_as_a_document(channel: TelegramConnector, telegram: StandIn) -> None:
    channel.send(outgoing(files=(File(name="a.jpg", content_type=JPEG, content=b"x", size=10_000_001),)))

    assert arrived(telegram) == [("document", "It is on its way.")]


@pytest.mark.parametrize(("length", "kinds"), [(1024, ["document"]), (1025, ["text", "document"])])
def test_what_is_too_long_for_a_caption_goes_before(
    length: int, kinds: list[str], channel: TelegramConnector, telegram: StandIn
) -> None:
    accepted = channel.send(outgoing(text="x" * length, files=(file("a.pdf", "application/pdf"),)))

    assert [kind for kind, _text in arrived(telegram)] == kinds
    assert accepted.external_id == f"{ANA}:1"


def test_buttons_stand_under_the_text_which_comes_last(channel: TelegramConnector, telegram: StandIn) -> None:
    accepted = channel.send(outgoing(choices=("Yes", "No"), files=(file("a.jpg", JPEG), file("b.jpg", JPEG))))

    *_, last = telegram.bot.messages
    assert [kind for kind, _text in arrived(telegram)] == ["photo", "photo", "text"]
    assert [row[0]["text"] for row in last.fields["reply_markup"]["inline_keyboard"]] == ["Yes", "No"]
    assert accepted.external_id == f"{ANA}:3"


def test_two_long_labels_that_begin_alike_stay_two_buttons(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    channel.send(outgoing(choices=("ü" * 60 + "1", "ü" * 60 + "2")))

    [message] = telegram.bot.messages
    data = [row[0]["callback_data"] for row in message.fields["reply_markup"]["inline_keyboard"]]
    assert len(set(data)) == 2
    assert all(len(each.encode()) <= 64 for each in data)


def test_the_phone_number_is_asked_for_by_a_key(channel: TelegramConnector, telegram: StandIn) -> None:
    channel.send(outgoing(choices=("share my PHONE number", "No")))

    [message] = telegram.bot.messages
    assert message.fields["reply_markup"]["keyboard"] == [
        [{"text": "share my PHONE number", "request_contact": True}],
        [{"text": "No"}],
    ]


def test_a_group_is_not_asked_for_a_phone_number(channel: TelegramConnector, telegram: StandIn) -> None:
    to = Address(space="telegram", value=f"{ID}/{GROUP}")

    with pytest.raises(PermanentFailure, match="phone number can be requested in private chats only"):
        channel.send(outgoing(to=to, choices=("Share my phone number",)))


def test_an_answer_to_what_is_gone_goes_without_its_quote(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    channel.send(outgoing(in_reply_to=f"{ANA}:999"))

    assert arrived(telegram) == [("text", "It is on its way.")]


def test_a_group_that_moved_is_followed_once_and_told(channel: TelegramConnector, telegram: StandIn) -> None:
    telegram.bot.add_chat(-15, "Old", state=GROUP)

    accepted = channel.send(outgoing(thread_key="-15", to=Address(space="telegram", value=f"{ID}/-15")))

    assert accepted.known_as == Address(space="telegram", value=f"{ID}/{GROUP}")
    assert accepted.external_id == f"{GROUP}:1"
    assert len(telegram.bot.messages) == 1


@pytest.mark.parametrize(
    ("state", "words", "flags"),
    [
        ("blocked", "has blocked the bot", {"opted_out"}),
        ("kicked", "removed from the group", {"opted_out"}),
        ("deactivated", "no longer exists", {"undeliverable"}),
        ("not_started", "cannot write first", set()),
    ],
)
def test_what_a_refusal_means(
    state: str, words: str, flags: set[str], channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.bot.chats[ANA].state = state

    with pytest.raises(PermanentFailure, match=words) as caught:
        channel.send(outgoing())

    assert {
        name for name in ("opted_out", "undeliverable", "window_closed") if getattr(caught.value, name)
    } == flags


def test_an_unknown_chat_does_not_work(channel: TelegramConnector) -> None:
    with pytest.raises(PermanentFailure) as caught:
        channel.send(outgoing(to=Address(space="telegram", value=f"{ID}/5")))

    assert caught.value.undeliverable


@pytest.mark.parametrize("value", ["", "5", f"{ID}/", f"{ID}/x", "8/5", f"{ID}/1/2"])
def test_what_is_no_chat_of_this_bot_is_not_asked_for(
    value: str, channel: TelegramConnector, telegram: StandIn
) -> None:
    with pytest.raises(PermanentFailure):
        channel.send(outgoing(to=Address(space="telegram", value=value)))

    assert arrived(telegram) == []


def test_an_empty_file_is_refused_with_a_sentence(channel: TelegramConnector) -> None:
    with pytest.raises(PermanentFailure, match="A file is empty"):
        channel.send(outgoing(files=(file("a.pdf", "application/pdf", b""),)))


def test_another_token_breaks_the_channel(build: Build, telegram: StandIn) -> None:
    with pytest.raises(ChannelBroken, match="BotFather"):
        build(api_url=telegram.base, bot_token=f"{ID}:another").send(outgoing())


def test_a_picture_telegram_cannot_read_goes_as_a_document(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.bot.spoilt = {"b.jpg"}

    channel.send(outgoing(files=(file("a.jpg", JPEG), file("b.jpg", JPEG))))

    assert arrived(telegram) == [("document", "It is on its way."), ("document", "")]


# ---------------------------------------------------------------- troubles


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (
            Trouble(status=500, body=b'{"ok":false,"error_code":500,"description":"Internal Server Error"}'),
            TemporaryFailure,
        ),
        (Trouble(status=503, body=b"busy"), TemporaryFailure),
        (Trouble(status=502, body=b"<html>", after=True), OutcomeUnknown),
        (Trouble(status=504, body=b"", after=True), OutcomeUnknown),
        (Trouble(status=200, body=b"[]", after=True), OutcomeUnknown),
        (Trouble(cut=True, after=True), OutcomeUnknown),
        (Trouble(cut=True), OutcomeUnknown),
    ],
)
def test_only_what_surely_did_not_go_is_tried_again(
    trouble: Trouble, error: type[ContractError], channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.troubles.append(trouble)

    with pytest.raises(error):
        channel.send(outgoing())

    assert len(telegram.bot.messages) == int(trouble.after)


def slow(seconds: Any) -> Trouble:
    said = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": seconds},
    }
    return Trouble(status=429, body=json.dumps(said).encode())


@pytest.mark.parametrize(
    ("said", "wait"), [(35, timedelta(seconds=35)), (10**9, timedelta(days=1)), ("x", None), (-1, None)]
)
def test_telegram_says_how_long_to_wait(
    said: Any, wait: timedelta | None, channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.troubles.append(slow(said))

    with pytest.raises(TemporaryFailure) as caught:
        channel.send(outgoing())

    assert caught.value.retry_after == wait
    assert not caught.value.whole_channel


LONG = {"text": "x" * 1025, "files": (file("a.pdf", "application/pdf"),)}


def test_a_later_part_waits_when_telegram_asks_for_it(
    channel: TelegramConnector, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[timedelta] = []
    monkeypatch.setattr(sending, "pause", waited.append)
    original = telegram.answer

    def once_busy(asked: Any) -> Any:
        if asked.path.endswith("sendDocument") and not waited:
            telegram.troubles.append(slow(3))
            return telegram.respond(asked)
        return original(asked)

    monkeypatch.setattr(telegram, "answer", once_busy)
    accepted = channel.send(outgoing(**LONG))

    assert waited == [timedelta(seconds=3)]
    assert [kind for kind, _text in arrived(telegram)] == ["text", "document"]
    assert accepted.also == (f"{ANA}:2",)


@pytest.mark.parametrize("trouble", [slow(600), Trouble(status=500, body=b""), Trouble(cut=True)])
def test_a_part_that_fails_after_another_went_is_told_and_nothing_goes_twice(
    trouble: Trouble, channel: TelegramConnector, telegram: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = telegram.answer

    def text_then_trouble(asked: Any) -> Any:
        answer = original(asked)
        telegram.troubles.append(trouble)
        return answer

    monkeypatch.setattr(telegram, "answer", text_then_trouble)

    with pytest.raises(OutcomeUnknown, match=r"Only a part .* “a.pdf”"):
        channel.send(outgoing(**LONG))

    assert [kind for kind, _text in arrived(telegram)] == ["text"]


# ---------------------------------------------------------------- the token


def loud(caplog: pytest.LogCaptureFixture) -> None:
    """The libraries that log addresses log them, however the house is set up."""
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)


@pytest.mark.parametrize(
    "trouble", [None, Trouble(cut=True), Trouble(status=500, body=b""), Trouble(status=401, body=b"")]
)
def test_the_token_is_in_no_log_and_no_error(
    trouble: Trouble | None, channel: TelegramConnector, telegram: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    loud(caplog)
    if trouble:
        telegram.troubles.append(trouble)
    shown = ""
    try:
        channel.send(outgoing(files=(file("a.pdf", "application/pdf"),)))
    except ContractError as error:
        chain: BaseException | None = error
        while chain is not None:
            shown += f"{chain!r} {chain} {getattr(chain, '_request', '')!r}"
            chain = chain.__cause__ or chain.__context__

    assert telegram.asked[0].path.startswith(f"/bot{TOKEN}/")
    assert "sendDocument" in caplog.text or trouble
    assert TOKEN not in shown + caplog.text
    assert TOKEN.partition(":")[2] not in shown + caplog.text


def test_the_token_is_not_in_the_log_of_a_fetched_file(
    channel: TelegramConnector, telegram: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    from connectors.telegram.standin.records import Upload

    loud(caplog)
    telegram.bot.stored["file1"] = Upload("a.pdf", "application/pdf", b"%PDF-1.4\n")

    got = channel.fetch(File(name="a.pdf", content_type="application/pdf", url="file1"))

    assert (got.content, got.content_type) == (b"%PDF-1.4\n", "application/pdf")
    assert "getFile" in caplog.text
    assert TOKEN not in caplog.text


def test_the_stand_in_knows_only_its_own_bot() -> None:
    assert Bot(TOKEN).call("getMe", {}, {})["id"] == int(ID)
