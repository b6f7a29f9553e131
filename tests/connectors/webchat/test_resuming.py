"""Coming back: a reload, a cut line, a long absence. Nothing is missed and nothing has to be asked twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.visitors import cursors, feed
from inbox.models import Message
from tests import factories
from tests.connectors.webchat.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def news(ana: Browser, since: str = "") -> dict[str, object]:
    frame: dict[str, object] = ana.get("events", since=since).json()["frames"][0]
    return frame


def texts(frame: dict[str, object]) -> list[str]:
    return [item["text"] for item in frame["items"]]  # type: ignore[attr-defined]


def test_since_gives_only_what_is_new(ana: Browser) -> None:
    ana.begin()
    ana.say("One", "message-0001")
    since = str(news(ana)["since"])
    ana.say("Two", "message-0002")

    frame = news(ana, since)

    assert texts(frame) == ["Two"]
    assert texts(news(ana, str(frame["since"]))) == []


def test_a_cursor_we_did_not_make_gives_everything_anew(ana: Browser) -> None:
    ana.begin()
    ana.say("One", "message-0001")

    for cursor in ("1", "0", "-1", "null", cursors.seal(1)[:-2] + "xx", "a" * 500):
        frame = news(ana, cursor)
        assert frame["reset"] is True
        assert texts(frame) == ["One"]


def test_a_cursor_tells_nothing_of_how_many_events_there_are() -> None:
    assert "123456" not in cursors.seal(123456)
    assert cursors.seal(7) != cursors.seal(7)
    assert cursors.unseal(cursors.seal(123456)) == 123456


def test_somebody_who_was_away_for_long_gets_the_newest_page(
    ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_CHANGES", 3)
    ana.begin()
    ana.say("Zero", "message-0000")
    since = str(news(ana)["since"])
    for number in range(6):
        ana.say(f"Later {number}", f"message-1{number:03}")

    frame = news(ana, since)

    assert frame["reset"] is True
    assert texts(frame)[-1] == "Later 5"
    assert len(texts(frame)) == 7


def test_earlier_messages_come_page_by_page_without_gap_or_repeat(
    ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 4)
    ana.begin()
    for number in range(11):
        ana.say(f"No {number}", f"message-{number:04}")
    frame = news(ana)
    seen = texts(frame)
    items, more = frame["items"], frame["more"]

    while more:
        page = ana.get("history", before=items[0]["id"]).json()  # type: ignore[index]
        items, more = page["items"], page["more"]
        seen = [item["text"] for item in items] + seen

    assert seen == [f"No {number}" for number in range(11)]


def test_history_before_a_message_of_somebody_else_is_empty(ana: Browser) -> None:
    stranger = Browser(ana.channel)
    ana.begin()
    stranger.begin()
    ana.say("One", "message-0001")
    ana.say("Two", "message-0002")
    newest = Message.objects.latest("pk")

    assert stranger.get("history", before=newest.public_id).json() == {"items": [], "more": False}
    assert len(ana.get("history", before=newest.public_id).json()["items"]) == 1


def test_a_merge_of_the_customer_while_they_chat_opens_no_hole(ana: Browser) -> None:
    from inbox.actions import absorb

    ana.begin()
    ana.say("One", "message-0001")
    since = str(news(ana)["since"])
    other = factories.customer("Ana Silva, by mail")
    factories.conversation(other)
    absorb.into(keep_id=other.pk, gone_id=Message.objects.get().customer_id)
    ana.say("Two", "message-0002")

    assert texts(news(ana, since))[-1:] == ["Two"]
    assert Message.objects.latest("pk").customer == other


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["visitor", "agent", "look", "cut"]), min_size=1, max_size=14))
def test_whatever_the_order_of_words_and_cuts_the_browser_ends_with_the_whole_thread(
    ana: Browser, steps: list[str]
) -> None:
    mine = Browser(ana.channel)
    mine.begin()
    known: dict[str, str] = {}
    since = ""
    for number, step in enumerate([*steps, "look"]):
        if step == "visitor":
            mine.say(f"{step} {number}", f"message-{number:04}")
        elif step == "agent":
            _answer(mine, f"{step} {number}")
        elif step == "cut":
            known, since = ({}, "") if number % 2 else (known, since)
        else:
            frame = news(mine, since)
            since = str(frame["since"])
            known |= {item["id"]: item["text"] for item in frame["items"]}  # type: ignore[attr-defined]

    assert sorted(known.values()) == sorted(mine.sees())


def _answer(ana: Browser, text: str) -> None:
    newest = Message.objects.filter(channel=ana.channel, direction="inbound").order_by("-pk").first()
    if newest is None or not ana.sees():
        return
    agent = factories.Agent.objects.first() or factories.agent()
    said = factories.reply(newest.conversation, agent, text, channel=ana.channel, identity=newest.identity)
    factories.event(newest.conversation, factories.Kind.DELIVERY_CHANGED, message=said)
