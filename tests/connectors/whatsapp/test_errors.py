"""Every code has one plain sentence that says what to do."""

import pytest

from connectors.whatsapp.errors import FILE_MEANINGS, MEANINGS, meaning

# All that docs whatsapp/support/error-codes lists for messages, accounts and templates.
DOCUMENTED = {
    80007, 130429, 130472, 130497, 131000, 131005, 131008, 131009, 131016, 131021, 131026, 131030, 131031, 131037, 131042,
    131045, 131047, 131048, 131049, 131050, 131051, 131052, 131053, 131056, 131057, 131062, 131063, 131064, 132000, 132001,
    132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069, 133004, 133005, 133006, 133010, 133016, 135000, 137000,
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(DOCUMENTED))
def test_a_documented_code_has_a_sentence_of_ours(code: int) -> None:
    means = meaning({"code": code, "title": "As Meta says it"})

    assert "As Meta says it" not in means.reason
    assert means.reason.endswith(".")


def test_no_sentence_names_a_code_and_each_ends() -> None:
    assert all(each.reason.endswith(".") for each in [*MEANINGS.values(), *FILE_MEANINGS.values()])
    assert not any(str(key) in each.reason for key, each in MEANINGS.items())


def test_only_the_window_closes_the_window() -> None:
    assert [key for key, each in MEANINGS.items() if each.window_closed] == [131047]


@pytest.mark.parametrize("odd", [None, {}, {"code": "x"}, [], 7])
def test_a_failure_without_a_reason_says_so(odd: object) -> None:
    assert "gave no reason" in meaning(odd).reason
