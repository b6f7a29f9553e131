"""The connector as the rest of the house sees it: who is let in, what is answered, capabilities, secrets."""

from __future__ import annotations

import dataclasses
import json

import pytest

from connectors.telegram.connector import HEADER, TelegramConnector
from inbox.contract import BadSignature, File
from tests.connectors.telegram.conftest import HOOK, TOKEN, Build, incoming, outgoing, post


def test_the_address_is_the_bots_name_as_soon_as_it_is_known(build: Build) -> None:
    assert build(username="northwool_bot").address == "@northwool_bot"
    assert build().address == "Shop on Telegram"


def test_people_are_known_to_one_bot_only(build: Build) -> None:
    assert build().scope == "7000000001/"
    assert build(bot_token="nothing").scope == ""


def test_the_secret_of_the_webhook_follows_from_the_token_and_does_not_show_it(build: Build) -> None:
    secret = build().settings.hook_secret

    assert secret != build(bot_token=f"{TOKEN}x").settings.hook_secret
    assert TOKEN.partition(":")[2] not in secret
    assert TOKEN not in repr(build().settings)
    # Telegram takes 1 to 256 of A-Z a-z 0-9 _ - (Bot API, setWebhook).
    assert 1 <= len(secret) <= 256
    assert secret.isalnum()


@pytest.mark.parametrize("sent", ["", "wrong", "é", "\0"])
def test_another_secret_is_refused(sent: str, build: Build) -> None:
    request = dataclasses.replace(post(incoming(text="x")), headers={HEADER.lower(): sent})

    with pytest.raises(BadSignature, match="Check connection"):
        build().verify(request)


def test_a_channel_without_a_token_lets_nobody_in(build: Build) -> None:
    """Its secret would be one that everybody can work out."""
    for sent in ("", post(incoming(text="x"), token="").header(HEADER)):
        request = dataclasses.replace(post(incoming(text="x")), headers={HEADER.lower(): sent})
        with pytest.raises(BadSignature):
            build(bot_token="").verify(request)


def test_the_token_is_in_no_address_of_ours(build: Build) -> None:
    assert TOKEN not in HOOK
    assert TOKEN not in repr(build().channel)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"callback_query",
        b'{"callback_query": []}',
        b'{"callback_query": {}}',
        b"[" * 100_000 + b"callback_query",
    ],
)
def test_only_a_pressed_button_is_answered(body: bytes, build: Build) -> None:
    assert build().answer(post(body)) is None


def test_a_pressed_button_is_acknowledged_at_once(build: Build) -> None:
    answer = build().answer(post({"update_id": 1, "callback_query": {"id": "77"}}))

    assert answer is not None
    assert json.loads(answer.body) == {"method": "answerCallbackQuery", "callback_query_id": "77"}
    assert answer.content_type == "application/json"
    assert not answer.even_unstored


@pytest.mark.parametrize(
    ("files", "refused"),
    [
        ([("application/x-anything", 50_000_000)], ""),
        ([("video/mp4", 50_000_001)], "larger than 50 MB"),
        ([("image/jpeg", 1)] * 11, "at most 10 files"),
    ],
)
def test_files_go_up_to_fifty_megabytes(files: list[tuple[str, int]], refused: str) -> None:
    listed = tuple(File(name="f", content_type=kind, size=size) for kind, size in files)

    assert bool(refused) == bool(TelegramConnector.capabilities.refuse(outgoing(files=listed)))
    assert refused in TelegramConnector.capabilities.refuse(outgoing(files=listed))


def test_only_the_token_is_secret_and_every_setting_has_a_label(build: Build) -> None:
    fields = {field.name: field for field in dataclasses.fields(build().settings)}

    assert all(field.metadata["label"] for field in fields.values())
    assert [name for name, field in fields.items() if field.metadata["secret"]] == ["bot_token"]
