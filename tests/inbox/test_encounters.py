"""Visits, calls, letters and faxes noted by hand: once, whole, in the right matter, and answerable on any channel."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from inbox import timeline
from inbox.actions import conversations, encounters, files, moving, places, reply, status
from inbox.actions.composing import Composition
from inbox.actions.encounters import FollowUp, NewPerson, Noted, Taken
from inbox.actions.errors import Gone, Refused
from inbox.contract import Address, File
from inbox.models import (
    Agent,
    Audit,
    Channel,
    Conversation,
    Customer,
    Delivery,
    Desk,
    Encounter,
    Event,
    Identity,
    Message,
    Place,
)
from inbox.queue_rows import is_unread
from tests import factories
from tests.inbox.arrivals import ANA, arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox")]

MAIL = Address(space="email", value="ana@x.example")
PHONE = Address(space="phone", value="+34611204489")


@pytest.fixture
def shop() -> Place:
    return factories.place("Old Town")


@pytest.fixture
def lena() -> Agent:
    """She works in the shop."""
    return factories.agent("Lena Frost", role="store")


@pytest.fixture
def site() -> Channel:
    return factories.channel("outbox", name="Site")


def note(agent: Agent, who: int | NewPerson, shop: Place | None, *, key: str = "key", **more: Any) -> Message:
    """A visit of theirs, dealt with, unless told otherwise."""
    rest = {name: more.pop(name) for name in ("follow_up", "desk", "conversation_id") if name in more}
    values = {"kind": "visit", "subject": "Exchange", "place": shop} | more
    return encounters.note_encounter(agent=agent, who=who, noted=Noted(**values), client_key=key, **rest)


def fresh(message: Message) -> Conversation:
    return Conversation.objects.get(messages=message.pk)


# ---------------------------------------------------------------- what is written


def test_a_visit_is_an_entry_of_the_thread_with_where_what_and_what_came_of_it(
    sam: Agent, ana: Customer, shop: Place
) -> None:
    message = note(sam, ana.pk, shop, text="Jumper too small", outcome="Changed for M", seconds=240)

    assert (message.direction, message.kind, message.subject, message.text) == (
        "inbound",
        "visit",
        "Exchange",
        "Jumper too small",
    )
    assert (message.author, message.customer, message.channel, message.identity) == (sam, ana, None, None)
    met = Encounter.objects.get(message=message)
    assert (met.place, met.outcome, met.seconds, met.outbound) == (shop, "Changed for M", 240, False)
    assert message.pk in [entry.message.pk for entry in timeline.messages([message.pk])]


def test_a_call_we_made_is_outbound(sam: Agent, ana: Customer) -> None:
    message = note(sam, ana.pk, None, kind="call", outbound=True, desk=factories.support())

    assert message.direction == "outbound"
    assert message.encounter.outbound
    assert not Delivery.objects.exists()
    assert Event.objects.filter(kind="message_sent", message=message, actor=sam).exists()


def test_the_same_form_twice_is_one_entry(sam: Agent, ana: Customer, shop: Place) -> None:
    first = note(sam, ana.pk, shop)
    second = note(sam, ana.pk, shop)

    assert first == second
    assert (Message.objects.count(), Encounter.objects.count(), Conversation.objects.count()) == (1, 1, 1)


def test_the_same_new_person_twice_is_one_person(sam: Agent, shop: Place) -> None:
    first = note(sam, NewPerson(name="Ben Okoye", addresses=(PHONE,)), shop)
    second = note(sam, NewPerson(name="Ben Okoye", addresses=(PHONE,)), shop)

    assert first == second
    assert Customer.objects.filter(name="Ben Okoye").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_one_moment_are_one_entry_and_one_person(sam: Agent, shop: Place) -> None:
    together = threading.Barrier(4)
    written: list[int] = []

    def tap() -> None:
        together.wait()
        try:
            written.append(note(sam, NewPerson(name="Ben Okoye"), shop).pk)
        finally:
            connections.close_all()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for each in taps:
        each.start()
    for each in taps:
        each.join()

    assert len(written) == 4
    assert len(set(written)) == 1
    assert (Message.objects.count(), Customer.objects.count(), Conversation.objects.count()) == (1, 1, 1)


def test_it_was_never_later_than_now(sam: Agent, ana: Customer, shop: Place) -> None:
    ahead = note(sam, ana.pk, shop, occurred_at=timezone.now() + timedelta(days=2))
    yesterday = timezone.now() - timedelta(days=1)
    before = note(sam, ana.pk, shop, key="other", kind="letter", occurred_at=yesterday)

    assert ahead.occurred_at <= timezone.now()
    assert before.occurred_at == yesterday
    assert before.received_at > yesterday


def test_a_photo_comes_with_it(sam: Agent, ana: Customer, shop: Place) -> None:
    photo = files.upload(agent=sam, file=File(name="seam.jpg", content_type="image/jpeg", content=b"seam"))

    message = note(sam, ana.pk, shop, subject="", files=[photo.public_id])

    assert [file.name for file in message.attachments.all()] == ["seam.jpg"]


def test_somebody_elses_upload_cannot_be_taken(sam: Agent, kim: Agent, ana: Customer, shop: Place) -> None:
    photo = files.upload(agent=kim, file=File(name="seam.jpg", content_type="image/jpeg", content=b"seam"))

    with pytest.raises(Refused):
        note(sam, ana.pk, shop, files=[photo.public_id])
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "text"},
        {"kind": ""},
        {"subject": "", "text": " "},
        {"seconds": 90_000},
        {"seconds": -1},
        {"place": None},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    sam: Agent, ana: Customer, shop: Place, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match=r"\.$"):
        note(sam, ana.pk, shop, **wrong)
    assert not Conversation.objects.exists()


def test_a_closed_place_takes_no_visits(sam: Agent, ana: Customer, shop: Place) -> None:
    places.save(actor=sam, place=shop, name=shop.name, desk=shop.desk, closed=True)

    with pytest.raises(Refused, match="closed"):
        note(sam, ana.pk, shop)


# ---------------------------------------------------------------- who


def test_a_new_person_has_the_addresses_they_gave_unproven(sam: Agent, shop: Place) -> None:
    message = note(sam, NewPerson(name=" Ben  Okoye ", addresses=(MAIL, PHONE, MAIL)), shop)

    assert message.customer.name == "Ben Okoye"
    known = message.customer.identities.order_by("space")
    assert [(each.space, each.value, each.verified) for each in known] == [
        ("email", "ana@x.example", False),
        ("phone", "+34611204489", False),
    ]


def test_an_address_of_somebody_else_is_never_given_to_a_new_person(
    sam: Agent, ana: Customer, shop: Place
) -> None:
    factories.identity(ana, PHONE.value, space="phone")

    with pytest.raises(Taken) as taken:
        note(sam, NewPerson(name="Ben", addresses=(MAIL, PHONE)), shop)

    assert taken.value.customer_id == ana.pk
    assert Customer.objects.count() == 1
    assert Identity.objects.count() == 1


def test_a_person_needs_a_name_or_an_address(sam: Agent, shop: Place) -> None:
    with pytest.raises(Refused):
        note(sam, NewPerson(name="  "), shop)


def test_a_visit_of_somebody_merged_meanwhile_is_the_survivors(
    sam: Agent, ana: Customer, shop: Place
) -> None:
    gone = factories.customer("Ana S.", merged_into=ana)

    assert note(sam, gone.pk, shop).customer == ana


def test_nobody_is_met_who_does_not_exist(sam: Agent, shop: Place) -> None:
    with pytest.raises(Gone):
        note(sam, 987_654, shop)


# ---------------------------------------------------------------- which matter


def test_it_joins_the_one_open_matter_of_the_places_desk(sam: Agent, site: Channel, shop: Place) -> None:
    asked = arrive(site, "Is it too small?")

    message = note(sam, asked.customer_id, shop)

    assert message.conversation_id == asked.conversation_id
    assert not message.guessed


def test_of_several_it_joins_the_last_active_and_says_that_it_was_a_guess(
    sam: Agent, site: Channel, shop: Place
) -> None:
    asked = arrive(site, "Is it too small?")
    other = moving.split(agent=sam, message_ids=[arrive(site, "And the invoice?").pk], title="Invoice")

    message = note(sam, asked.customer_id, shop)

    assert message.conversation_id == other.pk
    assert message.guessed


def test_with_none_open_it_opens_a_main_one_called_after_what_it_was_about(
    sam: Agent, ana: Customer, shop: Place
) -> None:
    conversation = note(sam, ana.pk, shop, done=False).conversation

    assert (conversation.main, conversation.desk, conversation.title, conversation.assignee) == (
        True,
        shop.desk,
        "Exchange",
        sam,
    )


def test_what_shop_staff_open_is_nobodys_since_they_could_not_read_it(
    lena: Agent, ana: Customer, shop: Place
) -> None:
    conversation = fresh(note(lena, ana.pk, shop, done=False))

    assert conversation.assignee is None
    assert not Conversation.objects.visible_to(lena).exists()


def test_matters_of_another_desk_are_left_alone(kim: Agent, hr: Desk, ana: Customer, shop: Place) -> None:
    secret = factories.conversation(ana, desk=hr)

    message = note(kim, ana.pk, shop)

    assert message.conversation_id != secret.pk
    assert message.conversation.desk == shop.desk


def test_from_a_matters_own_menu_it_goes_to_that_matter(sam: Agent, site: Channel, shop: Place) -> None:
    asked = arrive(site, "Is it too small?")
    moving.split(agent=sam, message_ids=[arrive(site, "And the invoice?").pk], title="Invoice")

    message = note(sam, asked.customer_id, shop, conversation_id=asked.conversation_id)

    assert message.conversation_id == asked.conversation_id


def test_a_matter_of_another_customer_is_refused(
    sam: Agent, ana: Customer, site: Channel, shop: Place
) -> None:
    with pytest.raises(Refused):
        note(sam, ana.pk, shop, conversation_id=arrive(site).conversation_id)


# ---------------------------------------------------------------- dealt with, or not


def test_what_is_dealt_with_is_resolved_starts_no_clock_and_is_unread_for_nobody(
    sam: Agent, kim: Agent, ana: Customer, shop: Place
) -> None:
    conversation = fresh(note(sam, ana.pk, shop))

    assert (conversation.status, conversation.waiting_since, conversation.last_inbound_id) == (
        "resolved",
        None,
        None,
    )
    assert timeline.first_unread(kim, ana) is None


def test_dealt_with_beside_an_open_question_leaves_the_question_open(
    sam: Agent, kim: Agent, site: Channel, shop: Place
) -> None:
    asked = arrive(site, "Is it too small?")

    conversation = fresh(note(sam, asked.customer_id, shop, text="Bought socks"))

    assert (conversation.status, conversation.waiting_since) == ("open", asked.received_at)
    assert conversation.last_inbound_id == asked.pk
    assert conversation.preview == "Bought socks"
    assert not is_unread(conversation, asked.pk)


def test_what_needs_a_follow_up_waits_and_is_unread_for_others_not_for_whoever_noted_it(
    sam: Agent, kim: Agent, ana: Customer, shop: Place
) -> None:
    message = note(sam, ana.pk, shop, done=False)

    conversation = fresh(message)
    assert (conversation.status, conversation.waiting_since) == ("open", message.received_at)
    assert timeline.first_unread(kim, ana) == message.pk
    assert timeline.first_unread(sam, ana) is None


def test_a_visit_that_needs_a_follow_up_wakes_what_was_snoozed(
    sam: Agent, site: Channel, shop: Place
) -> None:
    asked = arrive(site)
    status.snooze(agent=sam, conversation_ids=[asked.conversation_id], until=None)

    note(sam, asked.customer_id, shop)
    assert fresh(asked).status == "snoozed"
    note(sam, asked.customer_id, shop, key="other", done=False)
    assert fresh(asked).status == "open"


def test_our_call_answers_who_waited(sam: Agent, site: Channel) -> None:
    asked = arrive(site, "Please call me")

    note(sam, asked.customer_id, None, kind="call", outbound=True, conversation_id=asked.conversation_id)

    assert fresh(asked).waiting_since is None


def test_moving_what_was_dealt_with_starts_no_clock_either(sam: Agent, site: Channel, shop: Place) -> None:
    asked = arrive(site)
    visit = note(sam, asked.customer_id, shop)

    other = moving.split(agent=sam, message_ids=[visit.pk], title="Socks")

    other.refresh_from_db()
    assert (other.waiting_since, other.last_inbound_id) == (None, None)


# ---------------------------------------------------------------- the follow-up


def test_a_follow_up_leaves_on_another_channel_from_the_same_matter(
    lena: Agent, site: Channel, shop: Place
) -> None:
    ana = arrive(site, "Hello").customer
    identity = Identity.objects.get(value=ANA.value)
    later = FollowUp(channel=site, identity=identity, text="Your coat is here on Friday.")

    visit = note(lena, ana.pk, shop, follow_up=later)

    sent = Message.objects.get(direction="outbound")
    assert (sent.conversation_id, sent.text, sent.author) == (visit.conversation_id, later.text, lena)
    assert sent.delivery.identity == identity
    assert fresh(visit).assignee is None


def test_a_new_person_is_written_to_at_the_address_they_just_gave(
    lena: Agent, site: Channel, shop: Place
) -> None:
    given = Address(space="sandbox", value="ben-just-now")

    visit = note(
        lena,
        NewPerson(name="Ben", addresses=(given,)),
        shop,
        follow_up=FollowUp(channel=site, identity=None, text="We shall write."),
    )

    delivery = Delivery.objects.get()
    assert delivery.identity.value == "ben-just-now"
    assert fresh(visit).status == "resolved"


def test_a_follow_up_that_cannot_leave_leaves_nothing_behind(
    lena: Agent, ana: Customer, shop: Place, site: Channel
) -> None:
    gone = factories.identity(ana, "gone", space="sandbox", opted_out_at=timezone.now())

    with pytest.raises(Refused):
        note(lena, ana.pk, shop, follow_up=FollowUp(channel=site, identity=gone, text="Hello"))
    with pytest.raises(Refused):
        note(lena, NewPerson(name="Ben"), shop, follow_up=FollowUp(channel=site, identity=None, text="Hi"))

    assert not Message.objects.exists()
    assert not Conversation.objects.exists()
    assert not Customer.objects.filter(name="Ben").exists()


def test_a_letter_is_answered_on_any_of_their_channels(sam: Agent, site: Channel, shop: Place) -> None:
    ana = arrive(site, "Hello").customer
    letter = note(sam, ana.pk, None, kind="letter", desk=shop.desk, done=False)
    identity = Identity.objects.get(value=ANA.value)

    answer = reply.reply(
        agent=sam,
        conversation_id=letter.conversation_id,
        composition=Composition(
            channel=site, identity=identity, text="Thank you for it", in_reply_to=letter.pk
        ),
        client_key="answer",
    )

    assert answer.delivery.identity == identity
    assert fresh(letter).waiting_since is None


def test_who_noted_it_can_take_another_matters_assignment_no_longer(
    lena: Agent, sam: Agent, site: Channel, shop: Place
) -> None:
    asked = arrive(site)
    conversations.assign(agent=sam, conversation_ids=[asked.conversation_id], assignee=sam, team=None)

    note(lena, asked.customer_id, shop, done=False)

    assert fresh(asked).assignee == sam


# ---------------------------------------------------------------- places


def test_a_place_has_a_name_of_its_own(sam: Agent, shop: Place) -> None:
    with transaction.atomic(), pytest.raises(Refused):
        places.save(actor=sam, place=None, name=" Old  Town ", desk=shop.desk)
    with pytest.raises(Refused):
        places.save(actor=sam, place=None, name="  ", desk=shop.desk)

    renamed = places.save(actor=sam, place=shop, name="Harbour", desk=shop.desk)

    assert renamed.pk == shop.pk
    assert Audit.objects.filter(action="place saved", object_id=str(shop.pk)).exists()
