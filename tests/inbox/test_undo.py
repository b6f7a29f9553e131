"""Undo takes back the last thing an agent did, whatever it was, unless somebody has changed it since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from inbox.actions import conversations, moving, status, undo
from inbox.actions.errors import Refused
from inbox.contract import Nature
from inbox.models import Agent, Channel, Conversation, Desk, Event, Message
from tests import factories
from tests.inbox.arrivals import BEN, arrive

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Channel:
    return factories.channel("sandbox", name="Site")


def picture(conversation_id: int) -> dict[str, Any]:
    """Everything undo must restore."""
    row = Conversation.objects.filter(pk=conversation_id).values(
        "status",
        "main",
        "assignee",
        "team",
        "priority",
        "snoozed_until",
        "resolved_at",
        "waiting_since",
        "quiet",
    )[0]
    tags = sorted(Conversation.objects.get(pk=conversation_id).tags.values_list("name", flat=True))
    messages = sorted(Message.objects.filter(conversation=conversation_id).values_list("pk", flat=True))
    return {**row, "tags": tags, "messages": messages}


Do = Callable[[Agent, Message], object]


def tomorrow() -> Any:
    return timezone.now() + timedelta(days=1)


MOVES: dict[str, Do] = {
    "resolve": lambda sam, m: status.resolve(agent=sam, conversation_ids=[m.conversation_id]),
    "snooze": lambda sam, m: status.snooze(agent=sam, conversation_ids=[m.conversation_id], until=tomorrow()),
    "assign": lambda sam, m: conversations.assign(
        agent=sam, conversation_ids=[m.conversation_id], assignee=sam, team=factories.team("T")
    ),
    "tag": lambda sam, m: conversations.tag(
        agent=sam, conversation_ids=[m.conversation_id], add=[conversations.tag_named("late")]
    ),
    "prioritise": lambda sam, m: conversations.prioritise(
        agent=sam, conversation_ids=[m.conversation_id], priority=4
    ),
    "split": lambda sam, m: moving.split(agent=sam, message_ids=[m.pk]),
}


@pytest.mark.parametrize("name", MOVES)
def test_the_last_move_is_taken_back(site: Channel, sam: Agent, name: str) -> None:
    arrive(site, "First")
    message = arrive(site, "Second")
    before = picture(message.conversation_id)
    MOVES[name](sam, message)
    assert picture(message.conversation_id) != before

    undo.last(agent=sam)

    assert picture(message.conversation_id) == before


def test_reopening_is_taken_back_with_the_time_it_was_resolved(site: Channel, sam: Agent) -> None:
    message = arrive(site)
    status.resolve(agent=sam, conversation_ids=[message.conversation_id])
    before = picture(message.conversation_id)
    status.reopen(agent=sam, conversation_ids=[message.conversation_id])

    undo.last(agent=sam)

    assert picture(message.conversation_id) == before


def test_a_move_between_matters_and_a_promotion_are_taken_back(site: Channel, sam: Agent) -> None:
    first, second, third = arrive(site, "a"), arrive(site, "b"), arrive(site, "c")
    beside = moving.split(agent=sam, message_ids=[third.pk])
    moving.move(agent=sam, message_id=second.pk, conversation_id=beside.pk)
    undo.last(agent=sam)
    assert picture(first.conversation_id)["messages"] == [first.pk, second.pk]

    quiet = arrive(site, "News", nature=Nature.BULK)
    status.promote(agent=sam, conversation_id=quiet.conversation_id)
    undo.last(agent=sam)
    assert picture(quiet.conversation_id)["quiet"]


def test_what_was_done_in_bulk_is_taken_back_as_a_whole(site: Channel, sam: Agent) -> None:
    ids = [arrive(site).conversation_id, arrive(site, by=BEN).conversation_id]
    status.resolve(agent=sam, conversation_ids=ids, batch="b1")

    assert sorted(undo.last(agent=sam)) == sorted(ids)

    assert set(Conversation.objects.values_list("status", flat=True)) == {"open"}


def test_undo_goes_back_step_by_step_and_is_not_itself_undone(site: Channel, sam: Agent) -> None:
    message = arrive(site)
    start = picture(message.conversation_id)
    MOVES["prioritise"](sam, message)
    MOVES["tag"](sam, message)
    MOVES["resolve"](sam, message)

    for _step in range(3):
        undo.last(agent=sam)

    assert picture(message.conversation_id) == start
    with pytest.raises(Refused, match="nothing to undo"):
        undo.last(agent=sam)


def test_what_a_colleague_has_changed_since_is_not_taken_back(site: Channel, sam: Agent, kim: Agent) -> None:
    message = arrive(site)
    MOVES["assign"](sam, message)
    conversations.assign(agent=kim, conversation_ids=[message.conversation_id], assignee=kim, team=None)

    with pytest.raises(Refused, match="changed it since"):
        undo.last(agent=sam)

    assert Conversation.objects.get().assignee == kim


def test_nobody_undoes_what_somebody_else_did(site: Channel, sam: Agent, kim: Agent) -> None:
    MOVES["resolve"](sam, arrive(site))

    with pytest.raises(Refused, match="nothing to undo"):
        undo.last(agent=kim)


@pytest.mark.parametrize("name", sorted(MOVES))
def test_who_has_lost_the_desk_changes_nothing_there_any_more(site: Channel, sam: Agent, name: str) -> None:
    """Nor does a refusal tell them what the desk is called: there is nothing to undo, or only what is elsewhere."""
    message = arrive(site)
    MOVES[name](sam, message)
    Desk.objects.filter(pk=site.desk_id).update(restricted=True)
    before = picture(message.conversation_id)

    with pytest.raises(Refused, match="nothing to undo"):
        undo.last(agent=sam)

    assert picture(message.conversation_id) == before


def test_after_an_hour_it_is_too_late(site: Channel, sam: Agent) -> None:
    MOVES["resolve"](sam, arrive(site))

    with (
        time_machine.travel(timezone.now() + timedelta(hours=2)),
        pytest.raises(Refused, match="nothing to undo"),
    ):
        undo.last(agent=sam)


def test_taking_back_a_resolution_beside_a_new_main_matter_stands_beside_it(
    site: Channel, sam: Agent
) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    second = arrive(site, "New")

    undo.last(agent=sam)

    assert not Conversation.objects.get(pk=first.conversation_id).main
    assert Conversation.objects.get(pk=second.conversation_id).main


def test_every_undo_leaves_its_own_fact(site: Channel, sam: Agent) -> None:
    MOVES["resolve"](sam, arrive(site))
    undo.last(agent=sam)

    done, undone = Event.objects.filter(kind="status_changed").order_by("id")
    assert done.undone
    assert undone.data["undoes"] == done.pk
