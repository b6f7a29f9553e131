"""Graph's error documents → the contract's errors."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.meta.errors import COMMON, Meaning, document, later, refusal, wait
from inbox.contract import ChannelBroken, ContractError, OutcomeUnknown, PermanentFailure, TemporaryFailure


def refused(
    code: int, *, status: int = 400, own: dict[int | tuple[int, int], Meaning] | None = None, **more: object
) -> ContractError:
    text = json.dumps({"error": {"message": "Said by Meta", "type": "OAuthException", "code": code, **more}})
    return refusal(status, text, {}, own or {})


@pytest.mark.parametrize(
    ("subcode", "says"),
    [(460, "password"), (463, "expired"), (467, "revoked"), (458, "removed"), (999, "access token")],
)
def test_a_token_that_ended_says_why(subcode: int, says: str) -> None:
    error = refused(190, status=401, error_subcode=subcode)

    assert isinstance(error, ChannelBroken)
    assert says in error.reason


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613])
def test_limits_of_app_page_and_account_hold_the_whole_channel(code: int) -> None:
    error = refused(code)

    assert isinstance(error, TemporaryFailure)
    assert error.whole_channel


@pytest.mark.parametrize("code", [1, 2])
def test_metas_own_faults_are_tried_again(code: int) -> None:
    error = refused(code, status=500)

    assert isinstance(error, TemporaryFailure)
    assert not error.whole_channel


@pytest.mark.parametrize("code", [3, 10, 200, 230, 299, 0, 102, 368])
def test_a_permission_that_was_taken_breaks_the_channel(code: int) -> None:
    assert isinstance(refused(code), ChannelBroken)


def test_the_channels_own_table_wins_over_the_common_one() -> None:
    own = {(10, 2018278): Meaning(reason="The window is over.", window_closed=True), 190: later("Wait.")}

    closed, waits = refused(10, error_subcode=2018278, own=own), refused(190, error_subcode=463, own=own)

    assert isinstance(closed, PermanentFailure)
    assert closed.window_closed
    assert isinstance(waits, ChannelBroken) or waits.reason == "Wait."


def test_what_meta_calls_passing_is_tried_again() -> None:
    assert isinstance(refused(987654, is_transient=True), TemporaryFailure)


def test_a_code_nobody_knows_is_told_in_metas_own_words() -> None:
    plain = refused(987654)
    detailed = refused(987654, error_data={"details": "The colour is too long."})
    silent = refused(987654, message="")

    assert plain.reason == "Meta refused it: Said by Meta"
    assert detailed.reason == "Meta refused it: The colour is too long."
    assert silent.reason == "Meta refused it (error 987654)."
    assert all(isinstance(each, PermanentFailure) for each in (plain, detailed, silent))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, TemporaryFailure), (503, TemporaryFailure), (502, OutcomeUnknown), (504, OutcomeUnknown), (500, OutcomeUnknown),
     (401, ChannelBroken), (404, PermanentFailure)],
)  # fmt: skip
def test_an_answer_without_graphs_document_is_judged_by_its_status(
    status: int, kind: type[ContractError]
) -> None:
    assert isinstance(refusal(status, "<html>", {}, {}), kind)


def test_every_sentence_ends_as_one() -> None:
    assert all(means.reason.endswith(".") and means.reason[0].isupper() for means in COMMON.values())


def test_retry_after_is_read_before_the_usage_header() -> None:
    usage = json.dumps(
        {"1": [{"estimated_time_to_regain_access": 5}, {"estimated_time_to_regain_access": 7}]}
    )

    assert wait({"retry-after": "30", "x-business-use-case-usage": usage}) == timedelta(seconds=30)
    assert wait({"x-business-use-case-usage": usage}) == timedelta(minutes=7)
    assert wait({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}) is None
    assert wait({}) is None


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["error", "code", "message", "error_data", "details", "error_subcode"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(value=odd, status=st.integers(400, 599), header=st.text(st.characters(max_codepoint=255), max_size=20))
def test_any_document_becomes_an_error_with_a_reason(value: object, status: int, header: str) -> None:
    error = refusal(
        status, json.dumps(value), {"x-business-use-case-usage": header, "retry-after": header}, {}
    )

    assert error.reason
    document(json.dumps(value))
