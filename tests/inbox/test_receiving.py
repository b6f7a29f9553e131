"""Receiving is idempotent, ordered and race-proof: proof 3 of the issue, with real PostgreSQL and real threads."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from inbox.actions import transition
from inbox.actions.receive import Inbound, OutcomeState, receive
from inbox.contract import Delete, DeliveryUpdate, Edit, File, InboundEvent, Reaction, Status
from inbox.models import Attachment, Blob, Channel, Conversation, Customer, Delivery, Event, Message
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive, inbound, said, take

NOW = timezone.now() - timedelta(hours=1)


@pytest.fixture
def site(db: None) -> Channel:
    return factories.channel("sandbox", name="Site")


@pytest.fixture
def committed_site(transactional_db: None) -> Channel:
    """For tests with several connections: what is written is seen by all."""
    return factories.channel("sandbox", name="Site")


def in_threads(work: list[list[Inbound]], workers: int = 8) -> list[object]:
    """Receive each list in a thread of its own; deadlocks are tried again as the drain does."""

    def one(items: list[Inbound]) -> object:
        try:
            for _attempt in range(5):
                try:
                    return receive(items)
                except Exception as error:
                    if "deadlock" not in str(error):
                        raise
            raise AssertionError("five deadlocks in a row")
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, work))


def test_a_hundred_first_messages_at_once_make_one_customer_and_one_conversation(
    committed_site: Channel,
) -> None:
    work = [[inbound(committed_site, said(f"message {n}"))] for n in range(100)]

    in_threads(work, workers=16)

    assert Message.objects.count() == 100
    assert Conversation.objects.count() == 1
    assert Customer.objects.count() == 1
    close_old_connections()


def test_each_event_five_times_eight_at_once_shuffled_is_stored_once_in_order(
    committed_site: Channel,
) -> None:
    people = [ANA, BEN]
    messages = [
        said(f"{n}", by=people[n % 2], external_id=f"m{n}", occurred_at=NOW + timedelta(seconds=n))
        for n in range(40)
    ]
    work = [[inbound(committed_site, message)] for message in messages * 5]
    random.Random(7).shuffle(work)

    in_threads(work)

    assert Message.objects.count() == 40
    assert Conversation.objects.count() == 2
    for customer in Customer.objects.all():
        texts = [int(m.text) for m in customer.messages.order_by("occurred_at", "sequence", "id")]
        assert texts == sorted(texts)
        assert len(texts) == 20


def test_batches_that_overlap_never_store_a_message_twice(committed_site: Channel) -> None:
    messages = [said(f"{n}", external_id=f"m{n}", by=random.Random(n).choice([ANA, BEN])) for n in range(60)]
    batches = [
        [inbound(committed_site, message) for message in messages[start : start + 20]]
        for start in range(0, 60, 5)
    ]

    in_threads(batches)

    assert Message.objects.count() == 60
    assert Customer.objects.count() == 2


def test_event_ids_of_one_customer_rise_in_the_order_they_were_committed(committed_site: Channel) -> None:
    in_threads([[inbound(committed_site, said(f"{n}"))] for n in range(40)])

    ids = list(Event.objects.order_by("at", "id").values_list("id", flat=True))
    assert len(ids) == 41
    assert Event.objects.filter(kind="conversation_opened").count() == 1


def test_the_same_message_twice_is_known(site: Channel) -> None:
    message = said("Hello")

    first, second = take(site, message)[0], take(site, message)[0]

    assert (first.state, second.state) == (OutcomeState.STORED, OutcomeState.KNOWN)
    assert first.message_id == second.message_id


def test_the_same_message_twice_in_one_list_is_stored_once(site: Channel) -> None:
    message = said("Hello")

    outcomes = take(site, message, message)

    assert {outcome.message_id for outcome in outcomes} == {Message.objects.get().pk}


def test_an_empty_list_does_nothing(site: Channel) -> None:
    assert receive([]) == []


def test_text_that_postgresql_refuses_is_stored_without_the_offending_parts(site: Channel) -> None:
    message = arrive(site, "a\x00b\ud800c", subject="s\x00")

    assert message.text == "ab?c"
    assert message.subject == "s"


def test_files_are_kept_once_however_often_they_come(site: Channel) -> None:
    file = File(name="../../etc/pass\u202ewd.png", content_type="image/png", content=b"\x89PNG")

    arrive(site, files=(file,))
    arrive(site, files=(file, File(name="x", url="https://media.example/1", size=3)))

    assert Blob.objects.count() == 1
    names = set(Attachment.objects.filter(state="ready").values_list("name", flat=True))
    assert names == {"passwd.png"}
    waiting = Attachment.objects.get(state="waiting")
    assert (waiting.source, waiting.size) == ("https://media.example/1", 3)


def test_receiving_one_message_takes_a_bounded_number_of_queries(
    site: Channel, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(18):
        arrive_one(site, "first of a stranger")
    with django_assert_max_num_queries(15):
        arrive_one(site, "second")


def test_fifty_messages_of_fifty_strangers_take_no_more_queries_than_conversations_need(
    site: Channel, django_assert_max_num_queries
) -> None:
    messages = [said(f"{n}", by=type(ANA)(space="sandbox", value=f"p{n}", name=f"P {n}")) for n in range(50)]

    with django_assert_max_num_queries(18 + 50):
        take(site, *messages)

    assert Conversation.objects.count() == 50


def arrive_one(site: Channel, text: str) -> None:
    take(site, said(text))


def sent(site: Channel) -> Delivery:
    first = arrive(site)
    sam = factories.agent()
    message = factories.reply(
        first.conversation, sam, channel=site, identity=first.identity, status="sent", external_id="out-1"
    )
    return message.delivery


@pytest.mark.parametrize("seed", range(12))
def test_statuses_in_any_order_and_number_end_where_they_should(site: Channel, seed: int) -> None:
    delivery = sent(site)
    news: list[InboundEvent] = [
        DeliveryUpdate(event_key=f"k{status}", external_id="out-1", status=status)
        for status in (Status.QUEUED, Status.SENT, Status.DELIVERED, Status.READ)
    ] * 3
    random.Random(seed).shuffle(news)
    seen = []

    for event in news:
        take(site, event)
        delivery.refresh_from_db()
        seen.append(delivery.status)

    ladder = ["sent", "delivered", "read"]
    assert [ladder.index(status) for status in seen] == sorted(ladder.index(status) for status in seen)
    assert seen[-1] == "read"


def test_a_status_that_overtakes_its_message_waits(site: Channel) -> None:
    news = DeliveryUpdate(event_key="k", external_id="not-here-yet", status=Status.DELIVERED)

    assert take(site, news)[0].state == OutcomeState.WAITING


def test_a_delivered_message_never_becomes_failed_but_a_sent_one_may_bounce(site: Channel) -> None:
    delivery = sent(site)
    take(
        site, DeliveryUpdate(event_key="b", external_id="out-1", status=Status.FAILED, reason="No such user")
    )
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reason) == ("failed", "No such user")

    take(site, DeliveryUpdate(event_key="d", external_id="out-1", status=Status.DELIVERED))
    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_every_transition_is_one_of_the_table() -> None:
    assert set(transition.NEXT) == {str(status) for status in Status}
    assert not any(Status(status) in following for status, following in transition.NEXT.items())


def test_an_edit_changes_the_text_and_an_older_one_does_not(site: Channel) -> None:
    message = arrive(site, "Helo", external_id="m1")
    take(site, Edit(event_key="e2", external_id="m1", text="Hello!", occurred_at=NOW + timedelta(seconds=9)))
    take(site, Edit(event_key="e1", external_id="m1", text="Hello", occurred_at=NOW))

    message.refresh_from_db()
    assert message.text == "Hello!"
    assert Conversation.objects.get().preview == "Hello!"


def test_a_deletion_leaves_a_tombstone_and_no_content(site: Channel) -> None:
    file = File(name="secret.txt", content=b"secret")
    message = arrive(site, "secret", external_id="m1", files=(file,), full_text="secret", raw=b"secret")

    take(site, Delete(event_key="d", external_id="m1"))

    message.refresh_from_db()
    assert (message.text, message.deleted_at is None) == ("", False)
    assert not message.attachments.exists()
    assert Conversation.objects.get().preview == ""
    assert take(site, Edit(event_key="e", external_id="m1", text="back"))[0].state == OutcomeState.APPLIED
    message.refresh_from_db()
    assert message.text == ""


def test_a_reaction_is_one_per_person_and_can_be_taken_back(site: Channel) -> None:
    message = arrive(site, external_id="m1")
    for emoji in ("👍", "🎉"):
        take(site, Reaction(event_key=emoji, external_id="m1", author=ANA, emoji=emoji))
    assert [reaction.emoji for reaction in message.reactions.all()] == ["🎉"]

    take(site, Reaction(event_key="gone", external_id="m1", author=ANA, emoji=""))
    assert not message.reactions.exclude(emoji="").exists()
