"""The thread as one reader sees it: complete, in order, in pages both ways, and without a trace of what is not theirs."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from inbox import keyset, timeline
from inbox.events import LINES, Kind
from inbox.models import Agent, Arrival, Attachment, Conversation, Customer, Desk, Message, Original, Reaction
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db

Thread = tuple[list[tuple[int, int]], list[int], list[int], list[int]]
MINUTES = st.integers(0, 5)  # few, so that many things happen at the same instant


def ids(page: timeline.TimelinePage) -> list[tuple[str, int]]:
    """What is on a page, as (kind, id)."""
    return [(entry.entry_kind, entry.position[-1]) for entry in page.entries]


# ---------------------------------------------------------------- order


def test_messages_stand_in_the_order_in_which_they_were_said(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    late = factories.message(matter, "second", occurred_at=at(5))
    early = factories.message(matter, "first, arrived late", occurred_at=at(1), received_at=at(9))

    page = timeline.page(sam, ana)

    assert [entry.message for entry in page.entries] == [early, late]
    assert (page.older, page.newer) == (None, None)


def test_messages_of_one_instant_keep_the_providers_sequence(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    third = factories.message(matter, occurred_at=at(1), sequence=3)
    second = factories.message(matter, occurred_at=at(1), sequence=2)

    page = timeline.page(sam, ana)

    assert [entry.message for entry in page.entries] == [second, third]


def test_facts_stand_between_the_messages(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    factories.message(matter, "hello", occurred_at=at(1))
    assigned = factories.event(matter, Kind.ASSIGNED, at=at(2), data={"assignee": sam.pk})
    factories.message(matter, "anybody?", occurred_at=at(3))

    page = timeline.page(sam, ana)

    assert [entry.entry_kind for entry in page.entries] == ["message", "event", "message"]
    fact = page.entries[1]
    assert isinstance(fact, timeline.EventEntry)
    assert fact.event == assigned
    assert fact.names.agents[sam.pk].name == "Sam Reed"


def test_ticks_and_other_noise_are_no_lines(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    for kind in Kind:
        factories.event(matter, kind)

    page = timeline.page(sam, ana)

    assert {entry.event.kind for entry in page.entries} == LINES
    assert Kind.DELIVERY_CHANGED not in LINES


def test_a_past_episode_begins_with_a_boundary(sam: Agent, ana: Customer) -> None:
    past = factories.conversation(ana, opened_at=at(0), status="resolved", resolved_at=at(5))
    factories.message(past, occurred_at=at(0))
    present = factories.conversation(ana, opened_at=at(10))
    factories.message(present, occurred_at=at(10))

    page = timeline.page(sam, ana)

    assert [(entry.entry_kind, entry.conversation) for entry in page.entries] == [
        ("boundary", past),
        ("message", past),
        ("message", present),
    ]


# ---------------------------------------------------------------- paging


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    """(minute, sequence) of messages, minutes of facts, at which past episodes began, and of touchpoints."""
    written = draw(st.lists(st.tuples(MINUTES, st.integers(0, 2)), max_size=14))
    facts, episodes = draw(st.lists(MINUTES, max_size=8)), draw(st.lists(MINUTES, max_size=4))
    return written, facts, episodes, draw(st.lists(MINUTES, max_size=8))


def fill(ana: Customer, thread: Thread) -> list[tuple[str, int]]:
    """Write the thread down; give the order it must be read in, reckoned without the database."""
    written, facts, episodes, elsewhere = thread
    matter = factories.conversation(ana, opened_at=at(0))
    expected: list[tuple[object, tuple[str, int]]] = []
    for minute, sequence in written:
        made = factories.message(matter, occurred_at=at(minute), sequence=sequence)
        expected.append(((minute, 1, sequence, made.pk), ("message", made.pk)))
    for minute in facts:
        fact = factories.event(matter, at=at(minute))
        expected.append(((minute, 3, 0, fact.pk), ("event", fact.pk)))
    for minute in elsewhere:
        done = factories.touchpoint(ana, occurred_at=at(minute))
        expected.append(((minute, 2, 0, done.pk), ("touchpoint", done.pk)))
    for minute in episodes:
        past = factories.conversation(ana, opened_at=at(minute), status="resolved", main=False)
        expected.append(((minute, 0, 0, past.pk), ("boundary", past.pk)))
    return [entry for _position, entry in sorted(expected)]


def walk(
    read: Callable[[str | None], timeline.TimelinePage],
    onwards: Callable[[timeline.TimelinePage], str | None],
) -> list[list[tuple[str, int]]]:
    """All pages in one direction."""
    pages = []
    cursor: str | None = None
    while True:
        page = read(cursor)
        pages.append(ids(page))
        cursor = onwards(page)
        if cursor is None:
            return pages


everything = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@everything
@given(thread=threads(), limit=st.integers(1, 7))
def test_walking_back_in_pages_reads_the_whole_thread_once(sam: Agent, thread: Thread, limit: int) -> None:
    ana = factories.customer()
    expected = fill(ana, thread)

    pages = walk(lambda cursor: timeline.page(sam, ana, before=cursor, limit=limit), lambda page: page.older)

    assert [entry for page in reversed(pages) for entry in page] == expected


@everything
@given(thread=threads(), limit=st.integers(1, 7), place=st.integers(0, 20))
def test_from_any_message_both_directions_together_read_the_whole_thread_once(
    sam: Agent, thread: Thread, limit: int, place: int
) -> None:
    ana = factories.customer()
    expected = fill(ana, thread)
    messages = [pk for kind, pk in expected if kind == "message"]
    if not messages:
        return
    around = messages[place % len(messages)]

    page = timeline.page(sam, ana, around=around, limit=limit)
    older = page.older and walk(
        lambda cursor: timeline.page(sam, ana, before=cursor or page.older, limit=limit),
        lambda page: page.older,
    )
    newer = page.newer and walk(
        lambda cursor: timeline.page(sam, ana, after=cursor or page.newer, limit=limit),
        lambda page: page.newer,
    )

    assert ("message", around) in ids(page)
    before = [entry for part in reversed(older or []) for entry in part]
    after = [entry for part in newer or [] for entry in part]
    assert before + ids(page) + after == expected


def test_a_page_may_begin_at_a_moment(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    written = [factories.message(matter, occurred_at=at(minute)) for minute in range(10)]

    page = timeline.page(sam, ana, around=at(5), limit=4)

    assert [entry.message for entry in page.entries] == written[3:7]
    assert page.older
    assert page.newer


def test_a_message_that_arrives_late_is_not_read_twice_nor_does_it_hide_another(
    sam: Agent, ana: Customer
) -> None:
    matter = factories.conversation(ana)
    written = [factories.message(matter, occurred_at=at(minute)) for minute in range(6)]
    first = timeline.page(sam, ana, limit=3)
    factories.message(matter, "late", occurred_at=at(4.5))

    second = timeline.page(sam, ana, before=first.older, limit=3)

    assert [entry.message for entry in second.entries] == written[:3]


def test_a_changed_cursor_is_a_clear_error(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    for minute in range(3):
        factories.message(matter, occurred_at=at(minute))
    cursor = timeline.page(sam, ana, limit=1).older
    assert cursor

    with pytest.raises(keyset.BadCursor, match="Open the list again"):
        timeline.page(sam, ana, before=cursor.replace(".", "1", 1), limit=1)


# ---------------------------------------------------------------- filters


def test_a_thread_may_be_narrowed_to_a_channel_a_matter_or_a_kind(sam: Agent, ana: Customer) -> None:
    channel = factories.channel()
    matter, other = factories.conversation(ana), factories.conversation(ana, main=False)
    texted = factories.message(matter, channel=channel, occurred_at=at(1))
    noted = factories.note(matter, sam, occurred_at=at(2))
    elsewhere = factories.message(other, occurred_at=at(3), kind="call")
    factories.event(matter, at=at(4))
    factories.touchpoint(ana, occurred_at=at(5))

    def messages(**narrowed: object) -> list[Message]:
        return [
            entry.message
            for entry in timeline.page(sam, ana, **narrowed).entries
            if entry.entry_kind == "message"
        ]

    assert messages(channel=channel.pk) == [texted]
    assert messages(conversation=matter.pk) == [texted, noted]
    assert messages(kinds=["note"]) == [noted]
    assert messages(kinds=["call"]) == [elsewhere]
    assert messages(kinds=["message"]) == [texted, elsewhere]
    assert [entry.entry_kind for entry in timeline.page(sam, ana, kinds=["event"]).entries] == ["event"]
    elsewhere = timeline.page(sam, ana, kinds=["touchpoint"])
    assert [entry.entry_kind for entry in elsewhere.entries] == ["touchpoint"]
    assert "touchpoint" not in {
        entry.entry_kind for entry in timeline.page(sam, ana, conversation=matter.pk).entries
    }


# ---------------------------------------------------------------- what they did elsewhere


def test_what_they_did_elsewhere_stands_in_the_thread_at_its_time(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    factories.message(matter, occurred_at=at(3))
    ordered = factories.touchpoint(ana, kind="order", occurred_at=at(2))
    factories.message(matter, occurred_at=at(1))

    page = timeline.page(sam, ana)

    assert [entry.entry_kind for entry in page.entries] == ["message", "touchpoint", "message"]
    entry = page.entries[1]
    assert isinstance(entry, timeline.TouchpointEntry)
    assert (entry.touchpoint, entry.conversation) == (ordered, None)


def test_of_one_instant_what_they_did_comes_after_what_they_said_and_before_facts(
    sam: Agent, ana: Customer
) -> None:
    matter = factories.conversation(ana, opened_at=at(1))
    factories.event(matter, at=at(1))
    factories.touchpoint(ana, occurred_at=at(1))
    factories.message(matter, occurred_at=at(1))

    page = timeline.page(sam, ana)

    assert [entry.entry_kind for entry in page.entries] == ["message", "touchpoint", "event"]


def test_what_another_customer_did_is_not_in_the_thread(sam: Agent, ana: Customer) -> None:
    factories.touchpoint(factories.customer("Ben"))

    assert timeline.page(sam, ana).entries == []


# ---------------------------------------------------------------- what is not theirs


def test_a_restricted_desk_leaves_no_trace(sam: Agent, kim: Agent, ana: Customer, hr: Desk) -> None:
    matter = factories.conversation(ana)
    factories.message(matter, "my parcel", occurred_at=at(1))
    without = timeline.page(sam, ana, limit=1)
    complaint = factories.conversation(ana, desk=hr, opened_at=at(0))
    factories.message(complaint, "my boss", occurred_at=at(0))
    factories.message(complaint, "my boss again", occurred_at=at(2))
    factories.event(complaint, at=at(3))
    factories.conversation(ana, desk=hr, status="resolved", main=False, opened_at=at(0))

    page = timeline.page(sam, ana, limit=1)

    assert ids(page) == ids(without)
    assert (page.older, page.newer) == (None, None)
    assert (
        timeline.first_unread(sam, ana) == page.entries[0].message.pk
        or timeline.first_unread(sam, ana) is None
    )
    assert len(timeline.page(kim, ana).entries) == 5


def test_an_address_used_only_towards_a_restricted_desk_is_not_told(
    sam: Agent, kim: Agent, ana: Customer, hr: Desk
) -> None:
    private, known = factories.identity(ana), factories.identity(ana)
    secret = factories.conversation(ana, desk=hr)
    factories.message(secret, identity=private, occurred_at=at(0))
    for identity in (private, known):
        factories.event(secret, Kind.IDENTITY_ADDED, desk_id=None, data={"identity": identity.pk}, at=at(1))

    def told(reader: Agent) -> list[int]:
        return [entry.event.data["identity"] for entry in timeline.page(reader, ana, kinds=["event"]).entries]

    assert told(sam) == [known.pk]
    assert told(kim) == [private.pk, known.pk]


def test_a_hidden_address_hides_nothing_else(sam: Agent, ana: Customer, hr: Desk) -> None:
    """Facts that name no address at all stay in the thread of somebody who has one."""
    private, known = factories.identity(ana), factories.identity(ana)
    factories.message(factories.conversation(ana, desk=hr), identity=private, occurred_at=at(0))
    matter = factories.conversation(ana)
    told = [
        factories.event(matter, Kind.ASSIGNED, data={"before": {}, "after": {}}, at=at(1)),
        factories.event(matter, Kind.STATUS_CHANGED, at=at(2)),
        factories.event(matter, Kind.IDENTITY_ADDED, desk_id=None, data={"identity": known.pk}, at=at(3)),
    ]
    factories.event(matter, Kind.IDENTITY_ADDED, desk_id=None, data={"identity": private.pk}, at=at(5))

    page = timeline.page(sam, ana, kinds=["event"])

    assert [entry.event for entry in page.entries] == told


def test_the_position_of_the_log_is_that_of_what_one_may_read(
    sam: Agent, kim: Agent, ana: Customer, hr: Desk
) -> None:
    assert timeline.position(sam, ana) == 0
    told = factories.event(factories.conversation(ana))
    secret = factories.event(factories.conversation(ana, desk=hr))

    assert timeline.position(sam, ana) == told.pk
    assert timeline.position(kim, ana) == secret.pk


def test_a_message_of_another_desk_is_no_place_to_jump_to(sam: Agent, ana: Customer, hr: Desk) -> None:
    secret = factories.message(factories.conversation(ana, desk=hr))

    with pytest.raises(Message.DoesNotExist):
        timeline.page(sam, ana, around=secret.pk)


def test_a_message_of_another_customer_is_no_place_to_jump_to(sam: Agent, ana: Customer) -> None:
    other = factories.message(factories.conversation(factories.customer("Bo")))

    with pytest.raises(Message.DoesNotExist):
        timeline.page(sam, ana, around=other.pk)


def test_an_agent_who_has_left_sees_nothing(sam: Agent, ana: Customer) -> None:
    factories.message(factories.conversation(ana))
    sam.is_active = False

    assert timeline.page(sam, ana).entries == []


# ---------------------------------------------------------------- unread


def seen(conversation: Conversation, message: Message) -> None:
    """What receiving a message notes on its conversation."""
    conversation.last_inbound_id = message.pk
    conversation.save()


def test_the_first_unread_is_the_first_after_what_i_saw(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    read, new, newer = (factories.message(matter, occurred_at=at(minute)) for minute in (1, 2, 3))
    seen(matter, newer)
    factories.read(sam, matter, read)

    assert timeline.first_unread(sam, ana) == new.pk


def test_who_never_looked_starts_at_the_first_message(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    first, last = (factories.message(matter, occurred_at=at(minute)) for minute in (1, 2))
    seen(matter, last)

    assert timeline.first_unread(sam, ana) == first.pk


def test_nothing_is_unread_once_all_is_seen_or_resolved(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    last = factories.message(matter, occurred_at=at(1))
    seen(matter, last)
    factories.read(sam, matter, last)
    past = factories.conversation(ana, status="resolved", main=False)
    seen(past, factories.message(past, occurred_at=at(0)))

    assert timeline.first_unread(sam, ana) is None


def test_automatic_mail_and_imported_history_are_never_unread(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    factories.message(matter, occurred_at=at(1), nature="auto")
    factories.message(matter, occurred_at=at(2), historical=True)
    person = factories.message(matter, occurred_at=at(3))
    seen(matter, person)

    assert timeline.first_unread(sam, ana) == person.pk


def test_unread_on_a_restricted_desk_is_not_told(sam: Agent, ana: Customer, hr: Desk) -> None:
    secret = factories.conversation(ana, desk=hr)
    seen(secret, factories.message(secret))

    assert timeline.first_unread(sam, ana) is None


# ---------------------------------------------------------------- cost


def everything_on(matter: Conversation, sam: Agent, minute: int) -> None:
    """A message with all that can hang on one, an answer, and facts with names in them."""
    channel = factories.channel(desk=matter.desk)
    identity = factories.identity(matter.customer)
    mail = factories.message(matter, occurred_at=at(minute), channel=channel, identity=identity)
    Original.objects.create(message=mail, text="the whole mail")
    Attachment.objects.create(message=mail, name="picture.png")
    Reaction.objects.create(message=mail, agent=sam, emoji="👍")
    Arrival.objects.create(message=mail, channel=channel, external_id=f"again-{mail.pk}")
    factories.reply(matter, sam, occurred_at=at(minute), channel=channel, identity=identity)
    team = factories.team(f"Team {minute}")
    factories.event(
        matter, Kind.ASSIGNED, actor=sam, data={"assignee": sam.pk, "team": team.pk}, at=at(minute)
    )
    factories.touchpoint(matter.customer, occurred_at=at(minute))


def look_at(page: timeline.TimelinePage) -> list[object]:
    """Touch everything a fragment shows."""
    touched: list[object] = []
    for entry in page.entries:
        if isinstance(entry, timeline.MessageEntry):
            message = entry.message
            touched += [person.identity.value for person in message.participants.all()]
            touched += [file.name for file in message.attachments.all()]
            touched += [arrival.channel.name for arrival in message.arrivals.all()]
            touched += [(mark.agent, mark.identity) for mark in message.reactions.all()]
            touched += [message.channel, message.identity, message.author, message.conversation]
            touched += [message.customer, message.has_quotes, getattr(message, "delivery", None)]
        elif isinstance(entry, timeline.EventEntry):
            touched += [entry.event.actor, entry.event.conversation, entry.names.teams]
    return touched


def test_a_longer_page_costs_no_more_queries(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    everything_on(matter, sam, 0)
    with CaptureQueriesContext(connection) as few:
        look_at(timeline.page(sam, ana))
    for minute in range(1, 12):
        everything_on(matter, sam, minute)

    with CaptureQueriesContext(connection) as many:
        look_at(timeline.page(sam, ana))

    assert len(many) == len(few) == 12


def test_a_page_around_a_message_costs_a_bounded_number_of_queries(
    sam: Agent, ana: Customer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    matter = factories.conversation(ana)
    for minute in range(6):
        everything_on(matter, sam, minute)
    middle = ana.messages.order_by("occurred_at")[5].pk

    with django_assert_max_num_queries(19):
        look_at(timeline.page(sam, ana, around=middle, limit=6))


def test_live_reads_single_entries_as_the_page_would(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    everything_on(matter, sam, 1)
    past = factories.conversation(ana, status="resolved", main=False, opened_at=at(0))
    page = timeline.page(sam, ana)
    written = [entry for entry in page.entries if entry.entry_kind == "message"]
    facts = [entry for entry in page.entries if entry.entry_kind == "event"]

    assert timeline.messages([entry.message.pk for entry in written]) == written
    assert [entry.order for entry in timeline.events([entry.event.pk for entry in facts])] == [
        entry.order for entry in facts
    ]
    done = [entry for entry in page.entries if entry.entry_kind == "touchpoint"]
    assert timeline.touchpoints([entry.touchpoint.pk for entry in done]) == done != []
    assert timeline.boundaries([past.pk, matter.pk]) == [timeline.BoundaryEntry(past)]
