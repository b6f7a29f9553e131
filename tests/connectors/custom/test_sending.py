"""What we post, to a receiver that keeps to our README: taken once, refused in words, never sent twice by itself."""

from __future__ import annotations

import pytest

from connectors.custom.connector import CustomConnector
from connectors.custom.standin import StandIn
from connectors.standin.wire import Trouble
from inbox.contract import (
    Accepted,
    ChannelBroken,
    File,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)
from tests.connectors.custom.conftest import Build, outgoing
from tests.standins.web import Web


def test_a_message_is_taken_and_named(other: StandIn, channel: CustomConnector) -> None:
    assert channel.send(outgoing()) == Accepted(external_id="theirs-1")
    assert other.taken["delivery-1"]["to"] == {"type": "user", "value": "42", "name": "Ana"}


def test_the_same_key_again_is_the_same_message(other: StandIn, channel: CustomConnector) -> None:
    other.troubles.append(Trouble(status=503, after=True))
    with pytest.raises(TemporaryFailure):
        channel.send(outgoing())

    assert channel.send(outgoing()).external_id == "theirs-1"
    assert list(other.taken) == ["delivery-1"]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(status=429, headers={"Retry-After": "5"}), TemporaryFailure),
        (Trouble(status=500), TemporaryFailure),
        (Trouble(status=400), PermanentFailure),
        (Trouble(status=404), ChannelBroken),
        (Trouble(cut=True), OutcomeUnknown),
        (Trouble(cut=True, after=True), OutcomeUnknown),
    ],
)
def test_each_trouble_is_asked_once_and_named(
    trouble: Trouble, error: type[Exception], other: StandIn, channel: CustomConnector
) -> None:
    other.troubles.append(trouble)

    with pytest.raises(error):
        channel.send(outgoing())

    assert len(other.asked) == 1


def test_their_limit_holds_the_whole_channel(other: StandIn, channel: CustomConnector) -> None:
    other.troubles.append(Trouble(status=429))

    with pytest.raises(TemporaryFailure) as busy:
        channel.send(outgoing())

    assert busy.value.whole_channel


def test_an_empty_message_is_refused_over_there_in_words(channel: CustomConnector) -> None:
    with pytest.raises(PermanentFailure, match="A text or a file is missing"):
        channel.send(outgoing(text=""))


def test_a_wrong_secret_stops_the_channel(other: StandIn, build: Build) -> None:
    with pytest.raises(ChannelBroken, match="refuses our signature"):
        build(secret="whsec_b3RoZXI=", send_url=f"{other.base}/messages").send(outgoing())


def test_a_message_over_a_megabyte_never_leaves(other: StandIn, channel: CustomConnector) -> None:
    files = tuple(File(name="a" * 200, url="https://a.example/" + "x" * 400_000, size=1) for _ in range(3))

    with pytest.raises(PermanentFailure, match="1 MB"):
        channel.send(outgoing(files=files))

    assert other.asked == []


def test_an_answer_that_never_ends_is_not_read_to_its_end(build: Build, settings: object) -> None:
    with Web.running() as web:
        settings.GUARDED_HTTP_ALLOW = [web.url("").removeprefix("http://")]  # type: ignore[attr-defined]
        web.otherwise = lambda _asked: (200, {}, b'{"external_id": "' + b"x" * 200_000 + b'"}')

        assert build(send_url=web.url("/")).send(outgoing()).external_id == "m1"


def test_an_inside_address_is_not_reached(build: Build) -> None:
    with pytest.raises(PermanentFailure, match="private network"):
        build(send_url="http://127.0.0.1:9/").send(outgoing())


def test_a_channel_that_only_receives_says_so(build: Build) -> None:
    with pytest.raises(PermanentFailure, match="only receives"):
        build().send(outgoing())
    assert build().check().ok


def test_the_check_posts_a_signed_ping(other: StandIn, channel: CustomConnector, build: Build) -> None:
    assert channel.check().ok
    assert other.asked[0].json == {"type": "ping"}
    assert not build(secret="another", send_url=channel.settings.send_url).check().ok
    assert not build(send_url="http://127.0.0.1:9/").check().ok
    weak = build(bearer_token="t", send_url=channel.settings.send_url).check()
    assert "unsigned requests are let in" in " ".join(weak.lines)


def test_an_attachment_is_fetched_without_any_login(channel: CustomConnector, settings: object) -> None:
    with Web.running() as web:
        settings.GUARDED_HTTP_ALLOW = [web.url("").removeprefix("http://")]  # type: ignore[attr-defined]
        web.answers["/a"] = (200, {"Content-Type": "text/plain"}, b"hello")

        got = channel.fetch(File(name="a.txt", url=web.url("/a")))

        assert (got.content, got.content_type) == (b"hello", "text/plain")
        assert not {"authorization", "webhook-signature"} & set(web.asked[0].headers)
