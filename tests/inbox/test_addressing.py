"""What our side answered in public, in the provider's own app, stands in the thread it answers, however it comes."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.actions.receive import Inbound, OutcomeState, receive
from inbox.contract import Address, InboundMessage
from inbox.models import Channel, Message
from inbox.models.messages import Direction
from tests import factories

NOW = timezone.now() - timedelta(hours=1)
BO = Address(space="sandbox", value="bo", name="Bo")
CY = Address(space="sandbox", value="cy", name="Cy")
US = Address(space="sandbox", value="us")


@pytest.fixture
def wall(db: None) -> Channel:
    return factories.channel("sandbox", name="Wall")


def said(channel: Channel, name: str, author: Address, *, answers: str = "", after: int = 0) -> Inbound:
    """A comment, or (by US) our answer to one: the provider does not say to whom."""
    message = InboundMessage(
        event_key=name,
        external_id=name,
        author=author,
        text=name,
        occurred_at=NOW + timedelta(seconds=after),
        thread_key="c1",
        in_reply_to=answers,
        public=True,
        echo=author == US,
    )
    return Inbound(channel=channel, event=message, received_at=NOW + timedelta(minutes=1))


def thread_of(name: str) -> tuple[int, str]:
    message = Message.objects.select_related("conversation").get(external_id=name)
    return message.conversation_id, message.direction


def test_our_answer_stands_in_the_thread_of_the_comment(wall: Channel) -> None:
    receive([said(wall, "c1", BO)])

    receive([said(wall, "ours", US, answers="c1", after=1)])

    assert thread_of("ours") == (thread_of("c1")[0], Direction.OUTBOUND)


def test_it_does_so_when_both_come_at_once_in_any_order(wall: Channel) -> None:
    both = [said(wall, "c1", BO), said(wall, "ours", US, answers="c1", after=1)]

    outcomes = receive(both[::-1])

    assert {each.state for each in outcomes} == {OutcomeState.STORED}
    assert thread_of("ours")[0] == thread_of("c1")[0]


def test_it_waits_for_the_comment(wall: Channel) -> None:
    ours = said(wall, "ours", US, answers="c1", after=1)

    [early] = receive([ours])
    receive([said(wall, "c1", BO)])
    [late] = receive([ours])

    assert (early.state, late.state) == (OutcomeState.WAITING, OutcomeState.STORED)
    assert thread_of("ours")[0] == thread_of("c1")[0]


@pytest.mark.parametrize("together", [True, False])
def test_what_answers_our_own_comment_goes_to_who_wrote_last_there(wall: Channel, together: bool) -> None:
    comments = [said(wall, "c2", BO, answers="c1"), said(wall, "c3", CY, answers="c1", after=1)]
    ours = said(wall, "ours", US, answers="c1", after=2)

    for batch in [[*comments, ours]] if together else [[each] for each in [*comments, ours]]:
        receive(batch)

    assert thread_of("ours")[0] == thread_of("c3")[0]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_every_order_gives_the_same_thread(wall: Channel, order: tuple[int, ...]) -> None:
    all_said = [
        said(wall, "c1", BO),
        said(wall, "ours", US, answers="c1", after=1),
        said(wall, "c2", BO, answers="c1", after=2),
    ]
    waiting = [all_said[place] for place in order]

    while waiting:
        first, *waiting = waiting
        if receive([first])[0].state is OutcomeState.WAITING:
            waiting.append(first)

    assert Message.objects.values("conversation").distinct().count() == 1
