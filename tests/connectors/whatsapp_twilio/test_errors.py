"""Every refusal has a sentence an agent can act on."""

import re

import pytest

from connectors.twilio.errors import Effect, meaning
from connectors.whatsapp_twilio.errors import MEANINGS


@pytest.mark.parametrize("code", MEANINGS)
def test_a_meaning_is_a_plain_sentence(code: int) -> None:
    reason = MEANINGS[code].reason

    assert reason.endswith(".")
    assert len(reason) <= 120
    assert not re.search(r"\b(parameter|request|API|HTTP|param|null|error|SMS to)\b", reason)


def test_what_breaks_the_channel_is_not_blamed_on_the_number() -> None:
    for found in MEANINGS.values():
        assert not (found.effect is not Effect.FINAL and (found.undeliverable or found.opted_out))


def test_only_a_closed_window_closes_the_window() -> None:
    assert [code for code, found in MEANINGS.items() if found.window_closed] == [63016]


def test_codes_are_read_as_numbers_or_text() -> None:
    assert meaning(MEANINGS, 63016) is meaning(MEANINGS, "63016") is MEANINGS[63016]
    assert meaning(MEANINGS, "²").reason
