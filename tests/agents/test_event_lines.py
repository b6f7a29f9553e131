"""Each kind of fact that is a line of the thread says what happened."""

import pytest
from django.utils.html import strip_tags

from agents.templatetags.events import LINES as WRITTEN
from agents.templatetags.events import event_icon, event_line
from inbox import timeline
from inbox.events import LINES, Kind
from inbox.models import Agent, Conversation
from tests import factories


def line(matter: Conversation, kind: Kind, **more: object) -> str:
    event = factories.event(matter, kind, **more)
    return strip_tags(str(event_line(timeline.events([event.pk])[0])))


def test_every_fact_of_the_thread_has_words_and_a_picture() -> None:
    assert set(WRITTEN) == LINES


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"to": "resolved", "by": "agent"}, "Sam Reed resolved it"),
        ({"to": "open", "by": "agent"}, "Sam Reed opened it again"),
        ({"to": "snoozed", "after": {"snoozed_until": None}}, "Sam Reed snoozed it until they write"),
        ({"to": "open", "by": "undo"}, "Sam Reed took that back"),
    ],
)
def test_what_an_agent_did_to_its_state(
    sam: Agent, matter: Conversation, data: dict[str, object], words: str
) -> None:
    assert line(matter, Kind.STATUS_CHANGED, actor=sam, data=data) == words


def test_what_happened_by_itself(matter: Conversation) -> None:
    assert line(matter, Kind.STATUS_CHANGED, data={"to": "open", "by": "clock"}) == "The snooze is over"
    assert (
        line(matter, Kind.STATUS_CHANGED, data={"to": "open", "by": "customer"}) == "Open again: they wrote"
    )
    failed = line(matter, Kind.STATUS_CHANGED, data={"to": "open", "by": "delivery"})
    assert failed == "Open again: an answer did not get through"
    assert line(matter, Kind.CONVERSATION_OPENED, data={"how": "new"}) == "New matter"


def test_who_was_given_it(sam: Agent, kim: Agent, matter: Conversation) -> None:
    nobody = {"assignee": None, "team": None}

    def given(assignee: Agent | None) -> str:
        after = {"assignee": assignee.pk if assignee else None, "team": None}
        before = nobody if assignee else {"assignee": sam.pk, "team": None}
        return line(matter, Kind.ASSIGNED, actor=sam, data={"before": before, "after": after})

    assert given(sam) == "Sam Reed took it"
    assert given(kim) == "Sam Reed gave it to Kim Lee"
    assert given(None) == "Sam Reed put it back, nobody has it now"


def test_to_which_team_it_went(sam: Agent, matter: Conversation) -> None:
    team = factories.team("Returns")
    data = {"before": {"assignee": None, "team": None}, "after": {"assignee": None, "team": team.pk}}

    assert line(matter, Kind.ASSIGNED, actor=sam, data=data) == "Sam Reed moved it to Returns"


def test_which_tags_changed(sam: Agent, matter: Conversation) -> None:
    on, off = factories.tag(matter, "refund"), factories.tag(matter, "old")

    data = {"added": [on.pk], "removed": [off.pk]}

    assert line(matter, Kind.TAGS_CHANGED, actor=sam, data=data) == "Sam Reed put on refund and took off old"


def test_a_name_cannot_bring_markup_into_a_line(matter: Conversation) -> None:
    mallory = factories.agent("<b onclick=x>Mal", email="mal@shop.example")
    event = factories.event(matter, Kind.MESSAGE_MOVED, actor=mallory)

    html = str(event_line(timeline.events([event.pk])[0]))

    assert "<b onclick" not in html


def test_what_is_gone_leaves_a_line_that_still_reads(sam: Agent, matter: Conversation) -> None:
    assert line(matter, Kind.IDENTITY_ADDED, data={"identity": 999}) == "An address was added"
    assert (
        line(matter, Kind.TAGS_CHANGED, actor=sam, data={"added": [999], "removed": []})
        == "Sam Reed took off "
    )


def test_a_state_has_its_own_picture(matter: Conversation) -> None:
    event = factories.event(matter, Kind.STATUS_CHANGED, data={"to": "snoozed"})

    assert event_icon(timeline.events([event.pk])[0]) == "alarm-clock"
