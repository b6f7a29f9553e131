"""Settings as words: each kind of field takes what a person types and says what it wants instead."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.settings_text import BadValue, fields_of, missing, typed, values_of
from inbox.contract import setting


@dataclass(frozen=True, kw_only=True)
class Odd:
    """One of each."""

    port: int = setting("Port", kind="number", default=993)
    append: bool = setting("Append", kind="boolean", default=True)
    aliases: tuple[str, ...] = setting("Aliases", kind="lines", default=())
    security: str = setting(
        "Security", kind="choice", default="tls", choices=(("tls", "TLS"), ("none", "None"))
    )
    note: str = setting("Note", kind="multiline", default="")


FIELDS: dict[str, Any] = Odd.__dataclass_fields__


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", "1993", 1993),
        ("append", "yes", True),
        ("append", "OFF", False),
        ("aliases", "a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ("aliases", "a@x.example\n\nb@x.example\n", ["a@x.example", "b@x.example"]),
        ("aliases", "", []),
        ("security", "none", "none"),
        ("note", "two\nlines = kept", "two\nlines = kept"),
    ],
)
def test_a_word_becomes_what_the_field_holds(name: str, text: str, value: object) -> None:
    assert typed(FIELDS[name], text) == value


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("port", "imap", "“port” is a whole number."),
        ("append", "maybe", "“append” is yes or no."),
        ("security", "ssl", "“security” is one of: tls, none."),
        ("note", "@/nowhere", "“note”: /nowhere cannot be read (No such file or directory)."),
    ],
)
def test_a_word_that_does_not_fit_is_said_with_what_would(name: str, text: str, told: str) -> None:
    with pytest.raises(BadValue) as failed:
        typed(FIELDS[name], text)

    assert str(failed.value) == told


def test_a_file_gives_its_content_without_the_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("-----BEGIN-----\nabc\n")

    assert typed(FIELDS["note"], f"@{tmp_path / 'key'}") == "-----BEGIN-----\nabc"


def test_what_a_kind_needs_is_what_has_no_default() -> None:
    assert list(fields_of("sandbox")) == ["secret", "send_url"]
    assert missing("sandbox", values_of("sandbox", {"send_url": "https://x.example"})) == ["secret"]
