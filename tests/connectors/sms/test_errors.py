"""Every refusal Twilio knows has a sentence an agent can act on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.discovery import HERE
from connectors.sms.errors import MEANINGS, meaning
from connectors.twilio.errors import UNKNOWN, Effect
from connectors.twilio.standin.records import WORDS


@pytest.mark.parametrize("code", MEANINGS)
def test_a_meaning_is_a_plain_sentence(code: int) -> None:
    reason = MEANINGS[code].reason

    assert reason.endswith(".")
    assert len(reason) <= 120
    assert not re.search(r"\b(parameter|request|API|HTTP|param|null|error)\b", reason)


# What the stand-in raises for a text; other channels by Twilio have refusals of their own.
RAISED = "".join(
    file.read_text() for room in ("twilio", "sms") for file in (HERE / room / "standin").glob("[!r]*.py")
)


@pytest.mark.parametrize("code", [code for code in WORDS if str(code) in RAISED])
def test_whatever_the_stand_in_refuses_has_a_meaning(code: int) -> None:
    assert code in MEANINGS


def test_what_breaks_the_channel_is_not_blamed_on_the_number() -> None:
    for found in MEANINGS.values():
        assert not (found.effect is not Effect.FINAL and (found.undeliverable or found.opted_out))


def test_codes_are_read_as_numbers_or_text() -> None:
    assert meaning(21610) is meaning("21610") is MEANINGS[21610]
    assert meaning("") is meaning(None) is meaning("0") is UNKNOWN


@given(st.text(), st.text())
def test_any_code_has_some_meaning(code: str, said: str) -> None:
    assert meaning(code, said=said).reason
