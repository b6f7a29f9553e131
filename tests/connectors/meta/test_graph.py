"""Requests to Graph against its stand-in on a real port: what becomes of them, and what is never said."""

import logging
from datetime import timedelta

import pytest
from pytest_django import Settings

from connectors.meta.graph import Graph, fetched, is_at
from connectors.standin.wire import Trouble
from inbox.contract import ChannelBroken, File, OutcomeUnknown, PermanentFailure, TemporaryFailure
from tests.connectors.meta.conftest import SECRET, TOKEN, Things

RATE = (
    b'{"error": {"message": "(#4) Application request limit reached", "type": "OAuthException", "code": 4}}'
)


def test_a_request_carries_the_token_and_the_apps_proof(graph: Graph, standin: Things) -> None:
    assert graph.get("7") == {"id": "7"}

    (asked,) = standin.asked
    assert asked.bearer == TOKEN
    assert asked.query == {"appsecret_proof": graph.proof()}


def test_a_wrong_app_secret_is_refused_by_graph(standin: Things) -> None:
    graph = Graph(base=standin.graph_url, token=TOKEN, app_secret="another")

    with pytest.raises(PermanentFailure) as failed:
        graph.get("7")

    assert "appsecret_proof" in failed.value.reason


def test_no_token_and_no_proof_stands_in_the_log(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    graph.as_app("12").get("debug_token", input_token=TOKEN)

    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text
    assert graph.proof() not in caplog.text
    assert TOKEN not in repr(graph)
    assert SECRET not in repr(graph)


def test_a_list_is_read_to_its_end(graph: Graph, standin: Things) -> None:
    assert [row["id"] for row in graph.pages("7/parts", limit="2")] == [0, 1, 2, 3, 4]
    assert len(standin.asked) == 3


def test_an_unknown_token_breaks_the_channel(standin: Things) -> None:
    graph = Graph(base=standin.graph_url, token="nobody's", app_secret=SECRET)

    with pytest.raises(ChannelBroken) as failed:
        graph.get("7")

    assert failed.value.code == "190"


def test_a_limit_of_the_app_holds_the_whole_channel_for_as_long_as_meta_says(
    graph: Graph, standin: Things
) -> None:
    usage = '{"1": [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 19}]}'
    standin.troubles.append(Trouble(400, RATE, {"X-Business-Use-Case-Usage": usage}))

    with pytest.raises(TemporaryFailure) as failed:
        graph.post("7", {})

    assert failed.value.whole_channel
    assert failed.value.retry_after == timedelta(minutes=19)
    assert standin.counted == 0


def test_a_channels_own_reading_of_a_code_goes_first(graph: Graph) -> None:
    with pytest.raises(PermanentFailure) as failed:
        graph.get("8")

    assert (failed.value.code, failed.value.reason) == ("100/33", "There is no such thing here.")


@pytest.mark.parametrize("ask", [Graph.post, Graph.delete])
def test_a_connection_cut_after_the_request_leaves_the_outcome_unknown(
    graph: Graph, standin: Things, ask: object
) -> None:
    standin.troubles.append(Trouble(cut=True, after=True))

    with pytest.raises(OutcomeUnknown):
        graph.post("7", {}) if ask is Graph.post else graph.delete("7")

    assert standin.counted == 1


def test_reading_that_was_cut_is_simply_tried_again(graph: Graph, standin: Things) -> None:
    standin.troubles += [Trouble(cut=True), Trouble(502, b"<html>"), Trouble(200, b"<html>")]

    for _ in range(3):
        with pytest.raises(TemporaryFailure):
            graph.get("7")


def test_an_upload_that_was_cut_is_made_again_since_nobody_has_seen_it(graph: Graph, standin: Things) -> None:
    standin.troubles.append(Trouble(cut=True, after=True))

    with pytest.raises(TemporaryFailure):
        graph.upload("7", {"type": "text/plain"}, File(name="a.txt", content=b"a"))


def test_an_answer_to_a_change_that_cannot_be_read_leaves_the_outcome_unknown(
    graph: Graph, standin: Things
) -> None:
    standin.troubles += [Trouble(200, b"<html>"), Trouble(200, b"[]")]

    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            graph.post("7", {})


def test_nobody_there_means_nothing_was_sent(settings: Settings) -> None:
    # given a Graph that ended
    with Things(app_id="12", app_secret=SECRET).running() as ended:
        settings.GUARDED_HTTP_ALLOW = ended.hosts

    with pytest.raises(TemporaryFailure) as failed:
        Graph(base=ended.graph_url, token=TOKEN, app_secret=SECRET).post("7", {})

    assert failed.value.code == "unreachable"


def test_our_token_goes_to_metas_hosts_only(graph: Graph) -> None:
    hosts = ("fbcdn.net", "lookaside.fbsbx.com")

    assert is_at("https://lookaside.fbsbx.com/whatsapp/1", hosts, graph.base)
    assert is_at("https://scontent.xx.fbcdn.net/v/1.jpg", hosts, graph.base)
    assert not is_at("https://fbcdn.net.evil.example/1.jpg", hosts, graph.base)
    assert not is_at("https://evilfbcdn.net/1.jpg", hosts, graph.base)
    assert not is_at("http://scontent.xx.fbcdn.net/1.jpg", hosts, graph.base)


def test_a_file_is_fetched_with_the_token_and_named_by_its_bytes(graph: Graph, standin: Things) -> None:
    file = File(name="picture", content_type="text/plain", url=f"{standin.base}/files/1")

    got = fetched(file, token=TOKEN, hosts=(), base=graph.base, max_bytes=1000)

    assert (got.content_type, got.size) == ("image/png", 28)


def test_a_file_elsewhere_is_not_fetched(graph: Graph) -> None:
    with pytest.raises(PermanentFailure):
        fetched(
            File(name="x", url="https://evil.example/1"), token=TOKEN, hosts=(), base=graph.base, max_bytes=9
        )
