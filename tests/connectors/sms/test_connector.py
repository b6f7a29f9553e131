"""The connector as the rest of the house sees it: address, capabilities, answers, references."""

from __future__ import annotations

import dataclasses

import pytest

from connectors.sms.connector import SmsConnector
from inbox.contract import File
from tests.connectors.sms.conftest import Build, incoming, outgoing, post


def test_the_address_is_the_number_as_people_write_it(build: Build) -> None:
    assert build(number="+442079460000").address == "+44 20 7946 0000"
    assert build(number="020 7946 0000").address == "+44 20 7946 0000"
    assert build(number="62966").address == "62966"


def test_a_pool_is_known_by_its_channels_name(build: Build) -> None:
    assert build(messaging_service_sid="MG1").address == "Shop by SMS"


def test_the_answer_is_an_empty_document_that_is_not_given_for_what_was_not_stored(build: Build) -> None:
    answer = build().answer(post(incoming()))

    assert answer is not None
    assert (answer.status, answer.content_type) == (200, "text/xml")
    assert answer.body == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert not answer.even_unstored


@pytest.mark.parametrize(
    ("files", "refused"),
    [
        ([("image/jpeg", 4_000_000)], ""),
        ([("video/mp4", 1), ("audio/mpeg", 1), ("application/pdf", 1), ("text/vcard", 1)], ""),
        ([("image/jpeg", 5_000_001)], "larger than 5 MB"),
        ([("image/jpeg", 3_000_000)] * 2, "larger than 5 MB together"),
        ([("image/jpeg", 1)] * 11, "at most 10 files"),
        ([("application/zip", 1)], "of a type this channel does not carry"),
        ([("text/html", 1)], "of a type this channel does not carry"),
    ],
)
def test_only_files_phones_take_are_offered(files: list[tuple[str, int]], refused: str) -> None:
    listed = tuple(File(name="f", content_type=kind, size=size) for kind, size in files)

    assert refused in SmsConnector.capabilities.refuse(outgoing(files=listed))
    assert bool(refused) == bool(SmsConnector.capabilities.refuse(outgoing(files=listed)))


def test_sixteen_hundred_characters_go_and_no_more() -> None:
    assert SmsConnector.capabilities.refuse(outgoing(text="x" * 1600)) == ""
    assert "1601 characters" in SmsConnector.capabilities.refuse(outgoing(text="x" * 1601))
    assert SmsConnector.capabilities.segments == "gsm7"


def test_every_setting_has_a_label_and_secrets_are_marked(build: Build) -> None:
    fields = {field.name: field for field in dataclasses.fields(build().settings)}

    assert all(field.metadata["label"] for field in fields.values())
    assert {name for name, field in fields.items() if field.metadata["secret"]} == {
        "auth_token",
        "other_secret",
        "api_key_secret",
    }
