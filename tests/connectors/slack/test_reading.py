"""Requests → values, beyond what the samples show: who is a colleague, odd shapes, and that nothing makes the parser fall."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectors import samples
from connectors.slack.connector import SlackConnector
from inbox.contract import (
    AgentActed,
    BadPayload,
    BadSignature,
    Delete,
    Edit,
    Ignored,
    InboundMessage,
    Request,
)
from tests.connectors import rehearsal
from tests.connectors.slack.conftest import AT, HOOK, Build, changed, events, posted

EVENT = {
    "type": "message",
    "user": "U0ANA",
    "user_team": "T0ACME",
    "text": "Hello",
    "channel": "C0ACME",
    "channel_type": "channel",
    "ts": "1772443800.000100",
}


def payload(**over: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "api_app_id": "A0INBOX",
        "team_id": "T0ACME",
        "authorizations": [{"team_id": "T0SHOP", "user_id": "U0BOT"}],
        "is_ext_shared_channel": True,
        "event": {**EVENT, **over},
    }


@pytest.fixture
def reader(build: Build) -> SlackConnector:
    return build()


def one(reader: SlackConnector, **over: Any) -> Any:
    [event] = events(reader, payload(**over))
    return event


# ---------------------------------------------------------------- signature


def test_what_slack_signed_within_five_minutes_is_let_in(reader: SlackConnector) -> None:
    request = posted(payload())
    for off in (timedelta(), timedelta(minutes=5), timedelta(minutes=-5)):
        late = Request(
            body=request.body, headers=request.headers, url=HOOK, received_at=request.received_at + off
        )
        reader.verify(late)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0=ä"},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "9" * 5000},
    ],
)
def test_a_broken_signature_is_refused_and_not_an_error(
    reader: SlackConnector, headers: dict[str, str]
) -> None:
    with pytest.raises(BadSignature):
        reader.verify(changed(posted(payload()), **headers))


def test_a_channel_that_only_listens_has_no_door(build: Build) -> None:
    with pytest.raises(BadSignature, match="Socket Mode only"):
        build(signing_secret="").verify(posted(payload()))


def test_the_challenge_is_given_back_and_only_to_slacks_own_question(reader: SlackConnector) -> None:
    asked = posted({"type": "url_verification", "challenge": "abc"})
    told = reader.answer(asked)
    quoted = reader.answer(posted(payload(text="url_verification")))

    assert told is not None
    assert told.body == b"abc"
    assert quoted is None
    assert reader.answer(Request(body=b"url_verification {", url=HOOK, received_at=AT)) is None


# ---------------------------------------------------------------- who


def test_a_colleague_in_a_shared_channel_is_our_side(reader: SlackConnector) -> None:
    message = one(reader, user="U0SAM", user_team="T0SHOP")

    assert (message.echo, message.author.value) == (True, "T0SHOP/U0SAM")
    assert message.to == (message.customer,)


def test_where_our_own_people_are_customers_they_are(build: Build) -> None:
    message = one(build(serve_colleagues=True), user="U0SAM", user_team="T0SHOP")

    assert not message.echo


def test_even_there_an_answer_under_a_notice_is_a_note(build: Build) -> None:
    note = one(
        build(serve_colleagues=True),
        user="U0SAM",
        user_team="T0SHOP",
        channel="C0TEAM",
        thread_ts="1772443700.000100",
        parent_user_id="U0BOT",
    )

    assert isinstance(note, AgentActed)


def test_the_workspace_of_the_settings_wins_over_what_the_envelope_says(build: Build) -> None:
    message = one(build(team_id="T0OTHER"), user="U0SAM", user_team="T0SHOP")

    assert not message.echo
    assert message.customer.value == "T0OTHER/C0ACME"


def test_our_own_app_is_known_by_its_id_and_by_its_user(reader: SlackConnector) -> None:
    by_app = one(reader, app_id="A0INBOX", bot_id="B0BOT", subtype="bot_message", user=None)
    by_user = one(reader, user="U0BOT")
    by_profile = one(reader, bot_id="B0BOT", bot_profile={"app_id": "A0INBOX"})

    assert {each.reason for each in (by_app, by_user, by_profile)} == {"Our own app posted it."}


def test_a_threads_messages_share_one_key_and_the_first_has_it_too(reader: SlackConnector) -> None:
    first = one(reader)
    answer = one(reader, ts="1772443900.000100", thread_ts=first.external_id.partition("/")[2])
    other = one(reader, ts="1772443901.000100")

    assert first.thread_key == answer.thread_key == first.external_id
    assert other.thread_key != first.thread_key


def test_what_slack_itself_writes_is_nobodys_message(build: Build) -> None:
    told = one(build(serve_colleagues=True), user="USLACKBOT", channel="D0SAM", channel_type="im")

    assert told.reason == "Slack itself wrote it."


def test_a_small_group_is_a_room_and_a_direct_message_is_not(reader: SlackConnector) -> None:
    group = one(reader, channel="G0TWO", channel_type="mpim")
    direct = one(reader, channel="D0ANA", channel_type="im")

    assert (group.group, group.customer.value) == (True, "T0SHOP/G0TWO")
    assert (direct.group, direct.customer, direct.thread_key) == (False, None, "")


# ---------------------------------------------------------------- odd shapes


@pytest.mark.parametrize(
    "over",
    [
        {"ts": "now"},
        {"ts": 7},
        {"ts": "99999999999999.1"},
        {"channel": ""},
        {"channel": 7},
        {"user": ""},
        {"user": {"id": "U0ANA"}},
        {"thread_ts": "x"},
    ],
)
def test_what_a_message_must_have_is_asked_for_in_one_sentence(
    reader: SlackConnector, over: dict[str, Any]
) -> None:
    with pytest.raises(BadPayload) as bad:
        one(reader, **over)

    assert bad.value.reason.endswith(".")


def test_an_edit_by_a_preview_changes_nothing_and_a_tombstone_deletes(reader: SlackConnector) -> None:
    inner = {**EVENT, "text": "Hello!"}
    changed_ = {"subtype": "message_changed", "ts": "1772443801.000100", "user": None}

    preview = one(reader, **changed_, message=inner)
    edit = one(reader, **changed_, message={**inner, "edited": {"ts": "1772443801.000000"}})
    tombstone = one(reader, **changed_, message={**inner, "subtype": "tombstone"})

    assert [type(each) for each in (preview, edit, tombstone)] == [Ignored, Edit, Delete]


def test_nul_and_half_characters_do_not_reach_the_database(reader: SlackConnector) -> None:
    message = one(reader, text="a\0b\ud800c")

    assert message.text == "ab?c"


def test_a_text_is_kept_as_it_was_written(reader: SlackConnector) -> None:
    message = one(reader, text="  one\n\n> two\n*three* _four_ `five`  ")

    assert message.text == "  one\n\n> two\n*three* _four_ `five`  "


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
JSON_SAMPLES = [
    each.data["inbound"]["request"]["json"]
    for each in samples.of("slack")
    if each.inbound and "json" in each.data["inbound"]["request"]
]
PRESSES = [
    json.loads(each.data["inbound"]["request"]["form"]["payload"])
    for each in samples.of("slack")
    if each.inbound and "form" in each.data["inbound"]["request"]
]


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_place_of_whatever_is_read_or_refused(
    reader: SlackConnector, data: st.DataObject
) -> None:
    """One value somewhere in a real request is replaced by another of any shape."""
    whole = json.loads(json.dumps(data.draw(st.sampled_from(JSON_SAMPLES + PRESSES))))
    place: Any = whole
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(SHAPES)
            break
        place = place[key]

    found, refused = rehearsal.parsed(reader, posted(whole))

    assert found or (refused and refused.reason)
    assert all(event.event_key for event in found)
    assert all(event.external_id for event in found if isinstance(event, InboundMessage))
