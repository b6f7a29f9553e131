"""What an agent does to a message that is there, files that customers sent, typing, and Check connection."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.standin.wire import Trouble
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.standin.records import Upload
from connectors.telegram.standin.server import StandIn
from inbox.contract import Address, File, GestureKind, PermanentFailure, TemporaryFailure
from tests.connectors.telegram.conftest import ANA, HOOK, ID, TOKEN, Build, file, gesture, outgoing


def test_a_text_is_edited_and_the_same_edit_twice_is_one(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    sent = channel.send(outgoing()).external_id

    for _ in range(2):
        channel.perform(gesture(GestureKind.EDIT, sent, text="On Friday."))

    assert telegram.bot.messages[0].text == "On Friday."


def test_the_text_of_a_picture_is_edited_as_its_caption(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    sent = channel.send(outgoing(files=(file("a.jpg", "image/jpeg"),))).external_id

    for _ in range(2):
        channel.perform(gesture(GestureKind.EDIT, sent, text="This one"))

    assert telegram.bot.messages[0].caption == "This one"


def test_a_customers_message_is_not_ours_to_edit(channel: TelegramConnector, telegram: StandIn) -> None:
    theirs = telegram.bot.add(ANA, ours=False, text="Hello")

    with pytest.raises(PermanentFailure, match="can no longer be edited"):
        channel.perform(gesture(GestureKind.EDIT, f"{ANA}:{theirs.id}", text="x"))


def test_a_message_of_several_parts_is_taken_back_whole_and_twice_is_once(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    sent = channel.send(outgoing(files=(file("a.jpg", "image/jpeg"), file("b.jpg", "image/jpeg"))))

    for _ in range(2):
        channel.perform(gesture(GestureKind.DELETE, sent.external_id, also=sent.also))

    assert [each for each in telegram.bot.messages if each.chat == ANA] == []


def test_after_two_days_a_message_stays(channel: TelegramConnector, telegram: StandIn) -> None:
    sent = channel.send(outgoing()).external_id
    telegram.bot.messages[0].at -= timedelta(hours=49)

    with pytest.raises(PermanentFailure, match="48 hours"):
        channel.perform(gesture(GestureKind.DELETE, sent))

    assert channel.capabilities.own_delete_window == timedelta(hours=48)


@pytest.mark.parametrize("emoji", ["👍", "❤", "❤️", "🤷\u200d♀️", "✍️", "☃️", "🕊️"])
def test_a_reaction_is_put_on_and_taken_away(
    emoji: str, channel: TelegramConnector, telegram: StandIn
) -> None:
    theirs = telegram.bot.add(ANA, ours=False, text="Hello")

    channel.perform(gesture(GestureKind.REACT, f"{ANA}:{theirs.id}", emoji=emoji))
    assert theirs.reaction.strip("\ufe0f") == emoji.strip("\ufe0f")

    channel.perform(gesture(GestureKind.REACT, f"{ANA}:{theirs.id}", emoji=""))
    assert theirs.reaction == ""


def test_an_emoji_that_telegram_does_not_have_is_refused_with_a_sentence(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    theirs = telegram.bot.add(ANA, ours=False, text="Hello")

    with pytest.raises(PermanentFailure, match="Choose another"):
        channel.perform(gesture(GestureKind.REACT, f"{ANA}:{theirs.id}", emoji="🧶"))


def test_nothing_can_be_hidden(channel: TelegramConnector) -> None:
    with pytest.raises(PermanentFailure):
        channel.perform(gesture(GestureKind.HIDE, f"{ANA}:1"))


def test_typing_is_shown_and_its_end_needs_no_call(channel: TelegramConnector, telegram: StandIn) -> None:
    to = Address(space="telegram", value=f"{ID}/{ANA}")

    channel.show_typing(to, active=True)
    channel.show_typing(to, active=False)

    assert [asked.json["action"] for asked in telegram.asked] == ["typing"]


# ---------------------------------------------------------------- files


def test_a_file_is_what_its_bytes_are(channel: TelegramConnector, telegram: StandIn) -> None:
    telegram.bot.stored["f"] = Upload("a.pdf", "application/pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    got = channel.fetch(File(name="a.pdf", content_type="application/pdf", url="f"))

    assert got.content_type == "image/png"


def test_a_file_over_twenty_megabytes_cannot_be_had(channel: TelegramConnector, telegram: StandIn) -> None:
    telegram.bot.stored["f"] = Upload("a.bin", "x/y", b"x" * 20_000_001)

    with pytest.raises(PermanentFailure, match="20 MB"):
        channel.fetch(File(name="a.bin", url="f"))


def test_an_unknown_file_is_refused(channel: TelegramConnector) -> None:
    with pytest.raises(PermanentFailure):
        channel.fetch(File(name="a", url="nothing"))


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(cut=True),
        Trouble(status=500, body=b""),
        Trouble(status=502, body=b""),
        Trouble(status=401, body=b""),
    ],
)
def test_a_file_is_asked_for_again_whatever_went_wrong(
    trouble: Trouble, channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.bot.stored["f"] = Upload("a.bin", "x/y", b"x")
    telegram.troubles.append(trouble)

    with pytest.raises(TemporaryFailure):
        channel.fetch(File(name="a.bin", url="f"))


# ---------------------------------------------------------------- Check connection


def test_a_check_sets_the_webhook_with_its_secret_and_learns_the_bots_name(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    health = channel.check()

    assert health.ok
    assert health.renewed == {"username": "northwool_bot"}
    assert telegram.bot.webhook["url"] == HOOK
    assert telegram.bot.webhook["secret_token"] == channel.settings.hook_secret
    assert "message_reaction" in telegram.bot.webhook["allowed_updates"]
    assert TOKEN not in "".join(health.lines)


def test_a_webhook_that_leads_elsewhere_is_taken_over_and_said(
    channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.bot.webhook = {"url": "https://old.example/bot"}

    lines = channel.check().lines

    assert any("https://old.example/bot until now" in line for line in lines)


def test_our_own_failure_to_take_updates_is_shown(channel: TelegramConnector, telegram: StandIn) -> None:
    telegram.bot.webhook = {"url": HOOK}
    telegram.bot.info = {
        "pending_update_count": 4,
        "last_error_message": "Wrong response from the webhook: 403 Forbidden",
    }

    health = channel.check()

    assert not health.ok
    assert any("403 Forbidden" in line for line in health.lines)


def test_an_address_without_https_cannot_be_reached_by_telegram(build: Build, telegram: StandIn) -> None:
    health = build(hook_url="http://inbox.example/hooks/c", api_url=telegram.base).check()

    assert not health.ok
    assert "An HTTPS URL must be provided" in health.lines[0]


def test_a_revoked_token_breaks_the_channel(build: Build, telegram: StandIn) -> None:
    health = build(api_url=telegram.base, bot_token=f"{ID}:another").check()

    assert (health.ok, health.broken) == (False, True)
    assert "BotFather" in health.lines[0]


def test_what_is_no_token_is_not_tried(build: Build, telegram: StandIn) -> None:
    health = build(api_url=telegram.base, bot_token="northwool").check()

    assert health.broken
    assert telegram.asked == []


@pytest.mark.parametrize("body", [b'{"ok": true, "result": []}', b"<html>"])
def test_what_answers_but_is_no_telegram_is_said(
    body: bytes, channel: TelegramConnector, telegram: StandIn
) -> None:
    telegram.troubles.append(Trouble(status=200, body=body))

    assert not channel.check().ok
