"""Socket Mode through Slack's own SDK, with a stand-in that speaks WebSocket: stored first, acknowledged then, nothing lost."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.slack.connector import SlackConnector
from connectors.slack.standin.server import StandIn
from connectors.standin.wire import Trouble
from inbox.contract import ChannelBroken, InboundMessage, Polled, TemporaryFailure
from tests.connectors.slack.conftest import APP_TOKEN, Build

# Long enough for any machine; what is waited for ends it at once.
PATIENCE = 30.0
WAIT = timedelta(seconds=PATIENCE)


@pytest.fixture
def listener(standin: StandIn, build: Build) -> Iterator[SlackConnector]:
    """A connector that listens, as the poller keeps it."""
    connector = build(api_url=standin.base, app_token=APP_TOKEN, signing_secret="")
    assert list(connector.poll({})) == []
    assert standin.socket.connected_within(PATIENCE)
    yield connector
    connector.close()


def take(connector: SlackConnector, number: int) -> list[Polled]:
    """Poll and wait until so many have come, as the poller does."""
    found: list[Polled] = []
    while len(found) < number and connector.wait(WAIT):
        found.extend(connector.poll({}))
    return found


def texts(connector: SlackConnector, found: list[Polled]) -> list[str]:
    events = [event for polled in found for event in connector.parse(polled.request)]
    return [event.text for event in events if isinstance(event, InboundMessage)]


def test_only_with_an_app_level_token_is_there_anything_to_poll(build: Build) -> None:
    assert build(app_token=APP_TOKEN).polling
    assert not build().polling


def test_what_people_write_comes_in_order_on_the_connection_we_opened(
    listener: SlackConnector, standin: StandIn
) -> None:
    for number in range(20):
        standin.events.say("U0ANA", "C0ACME", f"message {number}")

    found = take(listener, 20)

    assert texts(listener, found) == [f"message {number}" for number in range(20)]
    assert standin.socket.acknowledged_within(PATIENCE, 20)
    assert standin.socket.waiting == {}


def test_the_key_is_the_events_own_as_at_our_hook(listener: SlackConnector, standin: StandIn) -> None:
    standin.events.say("U0ANA", "C0ACME", "hello")

    [polled] = take(listener, 1)

    assert polled.key == json.loads(polled.request.body)["event_id"]
    assert [event.event_key for event in listener.parse(polled.request)] == [polled.key]


def test_an_envelope_is_acknowledged_only_after_it_was_stored(
    listener: SlackConnector, standin: StandIn
) -> None:
    """The generator goes on after the caller has stored what it gave."""
    standin.events.say("U0ANA", "C0ACME", "hello")
    assert listener.wait(WAIT)

    polling = iter(listener.poll({}))
    next(polling)
    before = list(standin.socket.acknowledged)
    assert next(polling, None) is None

    assert before == []
    assert standin.socket.acknowledged_within(PATIENCE, 1)


def test_what_could_not_be_stored_comes_again(
    listener: SlackConnector, standin: StandIn, build: Build
) -> None:
    """The database was away, or the process died: nobody acknowledged."""
    standin.events.say("U0ANA", "C0ACME", "hello")
    assert listener.wait(WAIT)
    polling = iter(listener.poll({}))
    first = next(polling)
    listener.close()

    again = build(api_url=standin.base, app_token=APP_TOKEN)
    [second] = take(again, 1)
    again.close()

    assert second.key == first.key


def test_pressed_buttons_and_forms_come_the_same_way(listener: SlackConnector, standin: StandIn) -> None:
    message = {"ts": "1772443800.000100"}
    button = {"action_id": "act:assign", "value": "conversation-1", "text": {"text": "Take it"}}

    standin.events.press("U0SAM", "C0TEAM", message, button)

    [polled] = take(listener, 1)
    [acted] = listener.parse(polled.request)
    assert acted.event_key == polled.key


def test_when_slack_renews_the_connection_nothing_is_lost(listener: SlackConnector, standin: StandIn) -> None:
    """It warns first, and ends the connection every few hours."""
    standin.events.say("U0ANA", "C0ACME", "one")
    standin.socket.hang_up(warning=True)
    first = take(listener, 1)
    assert list(listener.poll({})) == []
    standin.events.say("U0ANA", "C0ACME", "two")
    second = take(listener, 1)

    assert texts(listener, first + second) == ["one", "two"]


def test_a_connection_that_breaks_is_opened_again_by_the_next_look(
    listener: SlackConnector, standin: StandIn
) -> None:
    standin.socket.hang_up()
    assert listener.wait(WAIT)
    standin.events.say("U0ANA", "C0ACME", "while nobody listened")

    assert texts(listener, take(listener, 1)) == ["while nobody listened"]


def test_a_refused_app_token_stops_the_channel(standin: StandIn, build: Build) -> None:
    with pytest.raises(ChannelBroken):
        list(build(api_url=standin.base, app_token="xapp-other").poll({}))


def test_slack_being_away_is_told_to_the_poller(standin: StandIn, build: Build) -> None:
    standin.troubles.append(Trouble(503, b""))

    with pytest.raises(TemporaryFailure):
        list(build(api_url=standin.base, app_token=APP_TOKEN).poll({}))


def test_a_connection_that_does_not_open_is_told_to_the_poller(standin: StandIn, build: Build) -> None:
    answer = {"ok": True, "url": "ws://127.0.0.1:9/nobody"}
    standin.troubles.append(Trouble(200, json.dumps(answer).encode()))

    with pytest.raises(TemporaryFailure, match="cannot be opened"):
        list(build(api_url=standin.base, app_token=APP_TOKEN).poll({}))


@pytest.mark.parametrize(
    "url",
    ["ws://10.0.0.1/x", "ws://127.0.0.1.evil.example/", "wss://wss-primary.slack.com/", "http://127.0.0.1/"],
)
def test_we_connect_nowhere_else(standin: StandIn, build: Build, url: str) -> None:
    """The SDK's connection does not pass our guard: its address is checked first."""
    standin.troubles.append(Trouble(200, json.dumps({"ok": True, "url": url}).encode()))

    with pytest.raises(Exception, match="not its own"):
        list(build(api_url=standin.base, app_token=APP_TOKEN).poll({}))


def test_what_customers_write_is_never_in_the_log(
    listener: SlackConnector, standin: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    standin.events.say("U0ANA", "C0ACME", "a-very-private-word")

    assert texts(listener, take(listener, 1)) == ["a-very-private-word"]
    assert "a-very-private-word" not in caplog.text
    assert APP_TOKEN not in caplog.text


def test_closing_ends_waiting_at_once(listener: SlackConnector) -> None:
    listener.close()

    assert listener.wait(WAIT)


def test_noise_on_the_connection_is_passed_over(listener: SlackConnector, standin: StandIn) -> None:
    [line] = standin.socket.lines
    odd: list[Any] = ["no json", "[]", '{"type": "events_api"}', '{"type": "hello"}']
    for each in odd:
        line.send(each)
    line.send(json.dumps({"type": "events_api", "envelope_id": "e-odd", "payload": "text"}))
    standin.events.say("U0ANA", "C0ACME", "hello")

    assert texts(listener, take(listener, 1)) == ["hello"]
    assert standin.socket.acknowledged_within(PATIENCE, 2)
