"""The lists agents work through: what stands in each and why, in which order, counted by the same rule, for one reader."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox import keyset, queues, registry
from inbox.contract import Capabilities, Connector
from inbox.models import Agent, Conversation, Customer, Desk, Mention
from inbox.why import Why
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db

COUNTED = ("mine", "unassigned", "mentions", "waiting", "all", "snoozed")
VIEWS = (*COUNTED, "quiet", "resolved")


def listed(reader: Agent, view: str, **more: object) -> list[Conversation]:
    """The conversations of the first page of a view."""
    return [row.conversation for row in queues.page(reader, view, **more).rows]


def only(reader: Agent, view: str) -> queues.Row:
    """The one row of a view."""
    (row,) = queues.page(reader, view).rows
    return row


# ---------------------------------------------------------------- which view


def test_each_view_shows_what_its_name_says(sam: Agent, kim: Agent, ana: Customer) -> None:
    returns = factories.team("Returns")
    mine = factories.conversation(ana, main=False, assignee=sam, waiting_since=at(0))
    nobodys = factories.conversation(ana, main=False, waiting_since=at(0))
    kims = factories.conversation(ana, main=False, assignee=kim, team=returns)
    snoozed = factories.conversation(ana, main=False, status="snoozed", assignee=sam)
    quiet = factories.conversation(ana, main=False, status="resolved", quiet=True)
    resolved = factories.conversation(ana, main=False, status="resolved", assignee=sam)

    assert listed(sam, "mine") == [mine]
    assert listed(sam, "unassigned") == [nobodys]
    assert listed(sam, f"team:{returns.pk}") == [kims]
    assert listed(sam, "all") == [kims, nobodys, mine]
    assert listed(sam, "waiting") == [kims]
    assert listed(sam, "snoozed") == [snoozed]
    assert listed(sam, "quiet") == [quiet]
    assert listed(sam, "resolved") == [resolved]


@pytest.mark.parametrize(
    "view", ["", "team:", "team:x", "team:99", "team:٣", "team:9999999999999999999999", "theirs", "all "]
)
def test_a_view_that_does_not_exist_is_an_error(sam: Agent, view: str) -> None:
    with pytest.raises(queues.UnknownView):
        queues.page(sam, view)


def test_the_team_of_a_desk_one_may_not_read_does_not_exist(sam: Agent, kim: Agent, hr: Desk) -> None:
    payroll = factories.team("Payroll", desk=hr)

    with pytest.raises(queues.UnknownView):
        queues.page(sam, f"team:{payroll.pk}")
    assert queues.page(kim, f"team:{payroll.pk}").rows == []


# ---------------------------------------------------------------- why


def test_somebody_waiting_in_a_live_channel_comes_before_other_reasons(
    sam: Agent, ana: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = type("Chat", (Connector,), {"kind": "chat", "capabilities": Capabilities(live=True)})
    monkeypatch.setitem(registry._connectors, "chat", live)
    soon = timezone.now() + timedelta(hours=1)
    factories.conversation(
        ana, last_channel=factories.channel("chat"), waiting_since=at(3), assignee=sam, promised_at=soon
    )

    assert only(sam, "mine").why == Why("chat_waiting", at=at(3))


def test_what_was_promised_for_today_comes_before_who_waits(sam: Agent, ana: Customer) -> None:
    soon = timezone.now() + timedelta(hours=1)
    factories.conversation(ana, promised_at=soon, waiting_since=at(0))

    assert only(sam, "all").why == Why("promised", at=soon)


def test_a_promise_for_next_week_is_no_reason_yet(sam: Agent, ana: Customer) -> None:
    factories.conversation(ana, promised_at=timezone.now() + timedelta(days=7), waiting_since=at(0))

    assert only(sam, "all").why == Why("waiting", at=at(0))


def test_a_note_that_names_me_is_the_reason_until_i_have_read_it(
    sam: Agent, kim: Agent, ana: Customer
) -> None:
    matter = factories.conversation(ana, waiting_since=at(0))
    noted = factories.note(matter, kim, "@Sam can you look?")
    Mention.objects.create(message=noted, agent=sam)

    assert only(sam, "mentions").why == Why("mentioned", agent_id=kim.pk)
    assert only(kim, "all").why == Why("waiting", at=at(0))
    assert (queues.counts(sam)["mentions"], queues.counts(kim)["mentions"]) == (1, 0)

    factories.read(sam, matter, noted)

    assert only(sam, "all").why == Why("waiting", at=at(0))
    assert listed(sam, "mentions") == []
    assert queues.counts(sam)["mentions"] == 0


def test_a_mention_on_a_desk_i_may_not_read_is_not_told(
    sam: Agent, kim: Agent, ana: Customer, hr: Desk
) -> None:
    secret = factories.conversation(ana, desk=hr)
    Mention.objects.create(message=factories.note(secret, kim), agent=sam)

    assert listed(sam, "mentions") == []
    assert queues.counts(sam)["mentions"] == 0


def test_the_other_reasons(sam: Agent, ana: Customer) -> None:
    factories.conversation(ana, main=False, assignee=sam)
    factories.conversation(ana, main=False)
    factories.conversation(ana, main=False, status="snoozed", snoozed_until=at(90))
    factories.conversation(ana, main=False, status="resolved", resolved_at=at(5))
    quiet = factories.conversation(ana, main=False, status="resolved", quiet=True)
    factories.message(quiet, nature="auto", occurred_at=at(1))
    factories.message(quiet, nature="bulk", occurred_at=at(2))

    assert only(sam, "mine").why == Why("assigned", agent_id=sam.pk)
    assert only(sam, "unassigned").why == Why("waiting_on_customer")
    assert only(sam, "snoozed").why == Why("snoozed", at=at(90))
    assert only(sam, "resolved").why == Why("resolved", at=at(5))
    assert only(sam, "quiet").why == Why("quiet", nature="bulk")


# ---------------------------------------------------------------- rows


def test_a_row_is_unread_until_its_last_inbound_is_read(sam: Agent, kim: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    message = factories.message(matter)
    matter.last_inbound_id = message.pk
    matter.save()

    assert only(sam, "all").unread
    factories.read(sam, matter, message)

    assert not only(sam, "all").unread
    assert only(kim, "all").unread


def test_what_is_resolved_is_not_unread(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana, status="resolved")
    matter.last_inbound_id = factories.message(matter).pk
    matter.save()

    assert not only(sam, "resolved").unread


def test_a_row_names_the_customers_other_open_matters(
    sam: Agent, kim: Agent, ana: Customer, hr: Desk
) -> None:
    refund = factories.conversation(ana, title="Refund", assignee=sam)
    parcel = factories.conversation(ana, title="Parcel", main=False)
    factories.conversation(ana, main=False, status="resolved")
    secret = factories.conversation(ana, desk=hr)
    factories.conversation(factories.customer("Bo"))

    assert only(sam, "mine").conversation == refund
    assert only(sam, "mine").siblings == [parcel]
    assert queues.row(kim, refund.pk).siblings == [secret, parcel]


def test_of_a_sender_with_very_many_open_matters_a_row_reads_and_says_only_that_there_are_many(
    sam: Agent, ana: Customer, hr: Desk
) -> None:
    matters = [factories.conversation(ana, main=False, last_activity=at(number)) for number in range(13)]
    for _number in range(3):
        factories.conversation(ana, desk=hr, main=False)
    oldest, newest = queues.row(sam, matters[0].pk), queues.row(sam, matters[-1].pk)
    assert (oldest.others, newest.others) == ("10+", "10+")
    assert list(newest.siblings) == matters[11:0:-1]

    Conversation.objects.filter(pk__in=[matter.pk for matter in matters[4:6]]).update(status="resolved")

    assert {row.others for row in queues.page(sam, "all").rows} == {"+10"}


def test_a_row_carries_its_tags_in_alphabetical_order(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana)
    factories.tag(matter, "vip")
    factories.tag(matter, "refund")

    assert [tag.name for tag in only(sam, "all").tags] == ["refund", "vip"]


def test_one_row_alone_is_the_row_of_the_list(sam: Agent, ana: Customer) -> None:
    matter = factories.conversation(ana, waiting_since=at(0))

    assert queues.row(sam, matter.pk) == only(sam, "all")
    assert queues.rows(sam, [matter.pk]) == [only(sam, "all")]


# ---------------------------------------------------------------- order and paging

MATTERS = st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 4)), max_size=14)
everything = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@everything
@given(matters=MATTERS, limit=st.integers(1, 6), order=st.sampled_from(["newest", "waiting"]))
def test_walking_through_the_pages_reads_every_row_once_and_in_order(
    sam: Agent, matters: list[tuple[int, int | None]], limit: int, order: queues.Order
) -> None:
    Conversation.objects.all().delete()
    ana = factories.customer()
    made = [
        factories.conversation(
            ana, main=False, last_activity=at(active), waiting_since=None if since is None else at(since)
        )
        for active, since in matters
    ]
    expected = sorted(made, key=lambda matter: (matter.last_activity, matter.pk), reverse=True)
    if order == "waiting":
        waiting = [matter for matter in expected if matter.waiting_since]
        waiting.sort(key=lambda matter: (matter.waiting_since, matter.pk))
        expected = waiting + [matter for matter in expected if not matter.waiting_since]

    read: list[Conversation] = []
    cursor = None
    while True:
        page = queues.page(sam, "all", after=cursor, limit=limit, order=order)
        read += [row.conversation for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert read == expected


def test_a_cursor_that_was_changed_or_is_of_another_order_is_a_clear_error(sam: Agent, ana: Customer) -> None:
    for _number in range(3):
        factories.conversation(ana, main=False)
    cursor = queues.page(sam, "all", limit=1).next_cursor
    assert cursor

    with pytest.raises(keyset.BadCursor):
        queues.page(sam, "all", after=cursor + "0")
    with pytest.raises(keyset.BadCursor):
        queues.page(sam, "all", after=cursor, order="waiting")


# ---------------------------------------------------------------- counts

STATES = st.sampled_from(["open", "open", "snoozed", "resolved"])


@everything
@given(
    st.lists(
        st.tuples(STATES, st.booleans(), st.sampled_from("skn"), st.booleans(), st.booleans()), max_size=12
    )
)
def test_counts_are_the_length_of_their_lists(
    sam: Agent, kim: Agent, hr: Desk, matters: list[tuple[str, bool, str, bool, bool]]
) -> None:
    Conversation.objects.all().delete()
    returns = factories.team(f"Returns {timezone.now()}")
    ana = factories.customer()
    for status, on_hr, whose, teamed, waiting in matters:
        factories.conversation(
            ana,
            main=False,
            status=status,
            desk=hr if on_hr else None,
            assignee={"s": sam, "k": kim, "n": None}[whose],
            team=returns if teamed and not on_hr else None,
            waiting_since=at(0) if waiting else None,
        )

    for reader in (sam, kim):
        counts = queues.counts(reader)
        for view in COUNTED:
            assert counts[view] == len(listed(reader, view)), view
        team = f"team:{returns.pk}"
        assert counts.get(team, 0) == len(listed(reader, team))


@everything
@given(STATES, st.booleans(), st.sampled_from("skn"), st.booleans())
def test_live_knows_which_view_a_conversation_stands_in(
    sam: Agent, kim: Agent, status: str, quiet: bool, whose: str, waiting: bool
) -> None:
    Conversation.objects.all().delete()
    matter = factories.conversation(
        factories.customer(),
        main=False,
        status="resolved" if quiet else status,
        quiet=quiet,
        assignee={"s": sam, "k": kim, "n": None}[whose],
        team=factories.team(f"Returns {timezone.now()}"),
        waiting_since=at(0) if waiting else None,
    )

    for view in (*VIEWS, f"team:{matter.team_id}"):
        if view != "mentions":
            assert queues.belongs(matter, view, sam) == (listed(sam, view) == [matter]), view


# ---------------------------------------------------------------- what is not theirs


def test_a_restricted_desk_leaves_no_trace_in_lists_and_counts(sam: Agent, ana: Customer, hr: Desk) -> None:
    matter = factories.conversation(ana, assignee=sam)
    before = {view: queues.page(sam, view) for view in VIEWS}, queues.counts(sam)
    secret = factories.conversation(ana, desk=hr, assignee=sam, waiting_since=at(0))
    factories.conversation(ana, desk=hr, main=False, status="snoozed")
    factories.conversation(ana, desk=hr, main=False, status="resolved", quiet=True)
    factories.conversation(factories.customer("Bo"), desk=hr, status="resolved")

    after = {view: queues.page(sam, view) for view in VIEWS}, queues.counts(sam)

    assert before == after
    assert queues.rows(sam, [matter.pk, secret.pk]) == [queues.row(sam, matter.pk)]
    with pytest.raises(Conversation.DoesNotExist):
        queues.row(sam, secret.pk)


# ---------------------------------------------------------------- cost


def test_a_longer_list_costs_no_more_queries(sam: Agent, kim: Agent) -> None:
    def fill(number: int) -> None:
        for _number in range(number):
            person = factories.customer()
            matter = factories.conversation(
                person, assignee=sam, team=factories.team(f"T{person.pk}"), last_channel=factories.channel()
            )
            factories.tag(matter, "refund")
            factories.conversation(person, main=False)
            Mention.objects.create(message=factories.note(matter, kim), agent=sam)

    def look() -> int:
        with CaptureQueriesContext(connection) as queries:
            for row in queues.page(sam, "all").rows:
                conversation = row.conversation
                seen = (list(row.tags), row.siblings, row.why, row.unread, row.customer.company)
                assert [*seen, conversation.assignee, conversation.team, conversation.last_channel]
        return len(queries)

    fill(1)
    few = look()
    fill(9)

    assert look() == few == 6


def test_counts_cost_two_queries(sam: Agent, ana: Customer) -> None:
    factories.conversation(ana)

    with CaptureQueriesContext(connection) as queries:
        queues.counts(sam)

    assert len(queries) == 2
