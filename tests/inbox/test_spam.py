"""Spam that got through, and people one does not want to hear of: put away, blocked, and taken back."""

from __future__ import annotations

import pytest

from inbox import queues
from inbox.actions import customers, spam, status, undo
from inbox.actions.errors import Refused
from inbox.contract import Address, Nature
from inbox.events import Kind
from inbox.models import Agent, Channel, Conversation, Customer, Desk, Event, Message
from tests import factories
from tests.inbox.arrivals import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox")]


@pytest.fixture
def site() -> Channel:
    return factories.channel("outbox")


def shape(conversation_id: int) -> dict[str, object]:
    """All of a matter that spam and its undo touch."""
    matter = Conversation.objects.get(pk=conversation_id)
    names = ("quiet", "main", "status", "waiting_since", "preview", "merged_into_id", "last_inbound_id")
    own = Message.objects.filter(conversation=matter).order_by("pk")
    return {name: getattr(matter, name) for name in names} | {"said": list(own.values_list("text", "nature"))}


def report(agent: Agent, *messages: Message, block: bool = False) -> int:
    ids = [message.conversation_id for message in messages]
    return spam.report(agent=agent, conversation_ids=ids, block=block, batch="b")


def test_a_matter_reported_lies_in_quiet_and_waits_for_nobody(site: Channel, sam: Agent) -> None:
    first = arrive(site, "Buy now")
    arrive(site, "Really, now")

    assert report(sam, first) == 1

    now = shape(first.conversation_id)
    assert (now["quiet"], now["status"], now["main"], now["waiting_since"]) == (True, "resolved", False, None)
    assert now["said"] == [("Buy now", "spam"), ("Really, now", "spam")]
    assert Event.objects.get(kind=Kind.SPAM_REPORTED).actor == sam
    assert queues.counts(sam)["all"] == 0


def test_one_undo_makes_it_as_it_was(site: Channel, sam: Agent) -> None:
    first = arrive(site, "Hello?")
    factories.note(first.conversation, sam)
    before = shape(first.conversation_id)
    report(sam, first, block=True)
    assert Customer.objects.get(pk=first.customer_id).blocked

    touched = undo.last(agent=sam)

    assert first.conversation_id in touched
    assert shape(first.conversation_id) == before
    assert not Customer.objects.get(pk=first.customer_id).blocked
    with pytest.raises(Refused, match="nothing to undo"):
        undo.last(agent=sam)


@pytest.mark.parametrize("then", ["open", "resolved", "snoozed"])
def test_beside_a_quiet_matter_it_joins_that_and_comes_out_of_it_again(
    site: Channel, sam: Agent, then: str
) -> None:
    quiet = arrive(site, "I am away", nature=Nature.AUTO)
    first = arrive(site, "Hello?")
    if then == "resolved":
        status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    if then == "snoozed":
        status.snooze(agent=sam, conversation_ids=[first.conversation_id], until=None)
    before = (shape(quiet.conversation_id), shape(first.conversation_id))

    report(sam, first)

    assert shape(quiet.conversation_id)["said"] == [("I am away", "auto"), ("Hello?", "spam")]
    assert shape(first.conversation_id)["merged_into_id"] == quiet.conversation_id
    undo.last(agent=sam)
    assert (shape(quiet.conversation_id), shape(first.conversation_id)) == before


def test_what_lies_in_quiet_can_be_called_spam_too_once(site: Channel, sam: Agent) -> None:
    news = arrive(site, "Our news", nature=Nature.BULK)

    assert report(sam, news) == 1
    assert report(sam, news) == 0

    undo.last(agent=sam)
    assert shape(news.conversation_id)["said"] == [("Our news", "bulk")]
    assert shape(news.conversation_id)["quiet"]


def test_several_at_once_are_taken_back_at_once(site: Channel, sam: Agent) -> None:
    one = arrive(site, "One")
    two = arrive(factories.channel("livelike"), "Two", by=Address(space="visitor", value="v2"))
    before = [shape(each.conversation_id) for each in (one, two)]

    assert report(sam, one, two, block=True) == 2
    undo.last(agent=sam)

    assert [shape(each.conversation_id) for each in (one, two)] == before
    assert not Customer.objects.filter(blocked=True).exists()


def test_what_they_write_next_opens_a_matter_unless_they_are_blocked(site: Channel, sam: Agent) -> None:
    first = arrive(site, "Buy now")
    report(sam, first)

    again = arrive(site, "It was a mistake, sorry")
    assert (again.conversation.quiet, again.nature) == (False, "person")

    report(sam, again, block=True)
    third = arrive(site, "Buy!")
    assert (third.conversation.quiet, third.nature) == (True, "spam")


def test_what_was_promoted_since_is_not_undone(site: Channel, sam: Agent, kim: Agent) -> None:
    first = arrive(site, "Hello?")
    report(sam, first)
    status.promote(agent=kim, conversation_id=first.conversation_id)

    with pytest.raises(Refused, match="changed it since"):
        undo.last(agent=sam)

    assert shape(first.conversation_id)["status"] == "open"


# ---------------------------------------------------------------- marks of a customer


@pytest.mark.parametrize("mark", ["vip", "blocked"])
def test_a_mark_is_a_line_and_can_be_undone(sam: Agent, ana: Customer, mark: str) -> None:
    customers.edit(agent=sam, customer_id=ana.pk, **{mark: True})

    event = Event.objects.get(kind=Kind.CUSTOMER_MARKED)
    assert (event.actor, event.data) == (sam, {"mark": mark, "after": True})
    undo.last(agent=sam)
    ana.refresh_from_db()
    assert not getattr(ana, mark)
    with pytest.raises(Refused, match="nothing to undo"):
        undo.last(agent=sam)


def test_a_mark_that_is_there_already_says_nothing(sam: Agent, ana: Customer) -> None:
    customers.edit(agent=sam, customer_id=ana.pk, vip=False, name="Ana")

    assert not Event.objects.filter(kind=Kind.CUSTOMER_MARKED).exists()


def test_a_mark_somebody_has_changed_since_is_not_undone(sam: Agent, kim: Agent, ana: Customer) -> None:
    customers.edit(agent=sam, customer_id=ana.pk, vip=True)
    customers.edit(agent=kim, customer_id=ana.pk, vip=False)

    with pytest.raises(Refused, match="changed it since"):
        undo.last(agent=sam)


def test_a_mark_of_somebody_one_may_not_see_any_more_is_not_undone(
    sam: Agent, ana: Customer, hr: Desk
) -> None:
    customers.edit(agent=sam, customer_id=ana.pk, vip=True)
    factories.conversation(ana, desk=hr)

    with pytest.raises(Refused, match="nothing to undo"):
        undo.last(agent=sam)
