"""X through a stand-in that checks our OAuth signature: messages, pictures, public answers, refusals, and the check of our secret."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import samples
from connectors.standin.wire import Trouble
from connectors.x_dm import demo, provider, reading, signature
from connectors.x_dm.connector import XConnector
from connectors.x_dm.settings import XSettings
from connectors.x_dm.standin import PICTURE, StandIn, running
from inbox.contract import (
    Address,
    BadPayload,
    BadSignature,
    ChannelBroken,
    ChannelInfo,
    File,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    Request,
    TemporaryFailure,
)

ANA, HOOK = "3001969357", "https://inbox.example/hooks/c0ffee"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PNG = File(name="moss.png", content_type="image/png", content=PICTURE, size=len(PICTURE))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "sender_id", "message_create", "target"]), inner)
    ),
    max_leaves=8,
)
KINDS = ["direct_message_events", "direct_message_mark_read_events", "tweet_create_events", "users"]


def connector(**given: Any) -> XConnector:
    values = {**provider.SETTINGS, "api_url": "", **given}
    return XConnector(XSettings(**values), ChannelInfo(id=1, public_id="c0ffee", name="X"))


@pytest.fixture
def theirs(settings: Any) -> Iterator[StandIn]:
    with running(connector().settings) as standin:
        settings.GUARDED_HTTP_ALLOW = standin.hosts
        yield standin


@pytest.fixture
def channel(theirs: StandIn) -> XConnector:
    return connector(api_url=theirs.base)


def outgoing(**changes: Any) -> OutboundMessage:
    to = Address(space="x", value=f"{provider.SETTINGS['user_id']}/{ANA}")
    return dataclasses.replace(
        OutboundMessage(key="d-1", public_id="m1", to=to, text="It is on its way."), **changes
    )


def asking(query: str, secret: str = provider.SETTINGS["consumer_secret"]) -> Request:
    headers = {signature.HEADER: signature.digest(secret, query.encode())}
    return Request(body=b"", method="GET", url=f"{HOOK}?{query}", headers=headers, received_at=AT)


def test_a_message_leaves_with_a_signature_that_x_accepts(theirs: StandIn, channel: XConnector) -> None:
    accepted = channel.send(outgoing())

    assert theirs.sent == [(ANA, {"text": "It is on its way."})]
    assert accepted.external_id == "1900000000000000001"


def test_pictures_are_given_to_x_first_and_go_one_a_message(theirs: StandIn, channel: XConnector) -> None:
    accepted = channel.send(outgoing(files=(PNG, PNG)))

    assert [body.get("text") for _, body in theirs.sent] == ["It is on its way.", None]
    assert len(theirs.media) == 2
    assert len(accepted.also) == 1


def test_an_answer_to_a_mention_is_a_public_reply(theirs: StandIn, channel: XConnector) -> None:
    accepted = channel.send(outgoing(public=True, thread_key="post:7"))

    assert theirs.posts == [{"text": "It is on its way.", "reply": {"in_reply_to_tweet_id": "7"}}]
    assert accepted.external_id.startswith("post:")
    assert theirs.sent == []
    with pytest.raises(PermanentFailure, match="not known"):
        channel.send(outgoing(public=True))
    with pytest.raises(PermanentFailure, match="280"):
        channel.send(outgoing(public=True, thread_key="post:7", files=(PNG,)))


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(status=429, headers={"x-rate-limit-reset": "1"}), TemporaryFailure),
        (Trouble(status=429, headers={"x-rate-limit-reset": "soon"}), TemporaryFailure),
        (Trouble(status=503), TemporaryFailure),
        (Trouble(status=502), OutcomeUnknown),
        (Trouble(cut=True), OutcomeUnknown),
        (Trouble(cut=True, after=True), OutcomeUnknown),
        (Trouble(status=402), ChannelBroken),
        (Trouble(status=404), PermanentFailure),
        (Trouble(status=201, body=b"[]"), OutcomeUnknown),
    ],
)
def test_each_trouble_is_asked_once_and_named(
    trouble: Trouble, error: type[Exception], theirs: StandIn, channel: XConnector
) -> None:
    theirs.troubles.append(trouble)

    with pytest.raises(error):
        channel.send(outgoing())

    assert len(theirs.asked) == 1


def test_a_second_picture_that_fails_never_sends_the_first_again(
    theirs: StandIn, channel: XConnector
) -> None:
    created = Trouble(status=201, body=b'{"data": {"dm_event_id": "1", "id": "9"}}')
    theirs.troubles.extend([created, created, Trouble(cut=True)])

    accepted = channel.send(outgoing(files=(PNG, PNG)))

    assert (accepted.external_id, len(theirs.asked)) == ("1", 3)
    assert accepted.detail.startswith("Only 1 of its 2 parts went. ")


def test_a_picture_whose_outcome_is_unknown_has_reached_nobody(theirs: StandIn, channel: XConnector) -> None:
    theirs.troubles.append(Trouble(cut=True, after=True))

    with pytest.raises(PermanentFailure, match="the picture"):
        channel.send(outgoing(files=(PNG,)))


def test_somebody_who_takes_none_is_named(theirs: StandIn, channel: XConnector) -> None:
    theirs.closed.add(ANA)

    with pytest.raises(PermanentFailure, match="takes no direct messages"):
        channel.send(outgoing())


def test_wrong_keys_stop_the_channel(theirs: StandIn) -> None:
    wrong = connector(api_url=theirs.base, access_token_secret="another")

    with pytest.raises(ChannelBroken):
        wrong.send(outgoing())
    assert not wrong.check().ok


@pytest.mark.parametrize("to", [f"1/{ANA}", "4337869213/../../users", "4337869213/"])
def test_only_a_person_of_this_account_is_written_to(to: str, theirs: StandIn, channel: XConnector) -> None:
    with pytest.raises(PermanentFailure, match="another account"):
        channel.send(outgoing(to=Address(space="x", value=to)))
    assert theirs.asked == []


def test_the_check_tells_whose_keys_these_are(theirs: StandIn, channel: XConnector) -> None:
    assert channel.check().lines == ("The keys are those of @shop.",)
    assert not connector(api_url=theirs.base, user_id="1").check().ok


def test_a_private_picture_is_fetched_with_our_signature_and_others_not_at_all(
    theirs: StandIn, channel: XConnector
) -> None:
    got = channel.fetch(File(name="a.jpg", url=f"{theirs.base}/1.1/ton/data/dm/1/1/a.jpg"))

    assert (got.content, got.content_type) == (PICTURE, "image/png")
    for elsewhere in ("https://evil.example/a.jpg", "https://nottwitter.com/a", "http://ton.twitter.com/a"):
        with pytest.raises(PermanentFailure, match="not at X"):
            connector().fetch(File(name="a.jpg", url=elsewhere))


# ---------------------------------------------------------------- X's check


def test_x_sees_that_we_hold_the_secret() -> None:
    request = asking("crc_token=FvXz-1&nonce=n")
    channel = connector()

    channel.verify(request)
    answer = channel.answer(request)

    assert answer is not None
    wanted = signature.digest(provider.SETTINGS["consumer_secret"], b"FvXz-1")
    assert json.loads(answer.body) == {"response_token": wanted}


@pytest.mark.parametrize("query", ["", "nonce=1", 'crc_token={"for_user_id":"1"}', "crc_token=" + "a" * 300])
def test_a_check_that_could_become_a_forged_event_is_refused_even_if_signed(query: str) -> None:
    with pytest.raises(BadSignature):
        connector().verify(asking(query))


def test_a_check_that_nobody_signed_is_refused() -> None:
    with pytest.raises(BadSignature):
        connector().verify(asking("crc_token=abc", secret="another"))


def test_a_message_gets_no_answer_beyond_200() -> None:
    assert connector().answer(Request(body=b"{}", received_at=AT)) is None


# ---------------------------------------------------------------- reading


@given(st.dictionaries(st.sampled_from(KINDS), JSON | st.lists(JSON, max_size=3)))
def test_any_activity_becomes_events_or_is_refused(data: dict[str, Any]) -> None:
    request = Request(body=json.dumps(data).encode(), received_at=AT)
    try:
        events = reading.events(request, user_id="1", mentions=True)
    except BadPayload:
        return
    assert all(event.event_key for event in events)


def test_several_events_in_one_request_are_all_read() -> None:
    def of(name: str) -> list[Any]:
        sample = samples.find("x_dm", name).inbound
        assert sample is not None
        listed: list[Any] = sample["request"]["json"]["direct_message_events"]
        return listed

    body = {"for_user_id": "4337869213", "direct_message_events": of("text") + of("ours")}
    request = Request(body=json.dumps(body).encode(), received_at=AT)

    assert len(list(connector().parse(request))) == 2


def test_every_demo_has_keys_of_its_own() -> None:
    assert demo.settings()["consumer_secret"] != demo.settings()["consumer_secret"]
    with demo.stand_in([connector()]) as lines:
        assert lines == []
