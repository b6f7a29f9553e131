"""Which conversation does an inbound join? The table of docs/architecture.md, one test a row."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from inbox.actions import conversations, moving, reply, status, undo
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import Address, Nature, Proof
from inbox.models import Agent, Channel, Conversation, Customer, Message
from inbox.signing import make_reply_token
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive, said, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Channel:
    return factories.channel("sandbox", name="Site")


def answer(message: Message, sam: Agent, text: str = "On it", **more: object) -> Message:
    assert message.channel is not None
    assert message.identity is not None
    composition = Composition(channel=message.channel, identity=message.identity, text=text)
    key = f"key-{text}-{message.pk}"
    return reply.reply(
        agent=sam, conversation_id=message.conversation_id, composition=composition, client_key=key, **more
    )


def matter_of(message: Message) -> Conversation:
    """The conversation the message is in now."""
    return Conversation.objects.get(messages=message.pk)


def test_a_first_message_opens_a_new_main_conversation(site: Channel) -> None:
    message = arrive(site, "Where is my parcel?")

    conversation = matter_of(message)
    assert (conversation.main, conversation.status, conversation.preview) == (
        True,
        "open",
        "Where is my parcel?",
    )
    assert conversation.waiting_since == message.received_at
    assert conversation.last_inbound_id == message.pk


def test_a_second_message_without_reference_joins_the_one_unresolved_matter(site: Channel) -> None:
    first = arrive(site)
    other = factories.channel("sandbox", name="Another site")

    second = arrive(other)

    assert second.conversation_id == first.conversation_id
    assert not second.guessed


def test_a_message_after_all_is_resolved_opens_a_new_one_that_can_continue_the_previous(
    site: Channel, sam: Agent
) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])

    second = arrive(site, "One more thing")
    assert second.conversation_id != first.conversation_id

    kept = moving.continue_previous(agent=sam, conversation_id=second.conversation_id)
    assert (kept.pk, kept.status, kept.main) == (first.conversation_id, "open", True)
    assert matter_of(second).merged_into_id == kept.pk
    assert arrive(site, "Thanks").conversation_id == kept.pk


def test_our_signed_address_leads_to_its_conversation_and_reopens_it(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    assert first.identity is not None
    token = make_reply_token(first.conversation_id, first.identity.pk)

    second = arrive(site, "Still broken", reply_tokens=("not-a-token", token))

    assert second.conversation_id == first.conversation_id
    assert matter_of(first).status == "open"
    first.identity.refresh_from_db()
    assert (first.identity.verified, first.identity.verified_how) == (True, "reply")


def test_a_reopened_matter_stands_beside_the_main_one_if_there_is_one(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    main = arrive(site, "New matter")
    token = make_reply_token(first.conversation_id, first.identity_id or 0)

    arrive(site, "About the old one", reply_tokens=(token,))

    assert (matter_of(first).status, matter_of(first).main) == ("open", False)
    assert matter_of(main).main


def test_our_message_id_counts_when_a_known_participant_cites_it(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    ours = answer(first, sam)
    Message.objects.filter(pk=ours.pk).update(reference_id="<ours-1@shop.example>")
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])

    again = arrive(site, "Re: On it", references=("<x@y>", "<ours-1@shop.example>"))

    assert again.conversation_id == first.conversation_id


def test_our_message_id_cited_by_a_stranger_counts_for_nothing(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    ours = answer(first, sam)
    Message.objects.filter(pk=ours.pk).update(reference_id="<ours-1@shop.example>")

    forged = arrive(site, "Give me the parcel", by=BEN, references=("<ours-1@shop.example>",))

    assert forged.conversation_id != first.conversation_id
    assert forged.customer_id != first.customer_id


def test_a_token_made_by_somebody_else_counts_for_nothing(site: Channel) -> None:
    first = arrive(site)
    token = make_reply_token(first.conversation_id, first.identity_id or 0)
    forged = ("a" if token[-1] != "a" else "b").join([token[:-1], ""])

    message = arrive(site, by=BEN, reply_tokens=(forged,))

    assert message.conversation_id != first.conversation_id


def test_somebody_else_who_answers_our_signed_address_joins_as_a_third_party_never_as_the_customer(
    site: Channel,
) -> None:
    first = arrive(site)
    token = make_reply_token(first.conversation_id, first.identity_id or 0)

    colleague = arrive(site, "I am her colleague", by=BEN, reply_tokens=(token,))

    assert colleague.conversation_id == first.conversation_id
    assert colleague.customer_id == first.customer_id
    assert colleague.identity is not None
    assert colleague.identity.customer_id != first.customer_id
    assert not colleague.identity.verified


def test_the_providers_own_thread_is_one_conversation_beside(site: Channel) -> None:
    main = arrive(site)
    post = arrive(site, "First!", thread_key="post-9")
    more = arrive(site, "Me too", thread_key="post-9")

    assert post.conversation_id == more.conversation_id != main.conversation_id
    assert not matter_of(post).main
    assert arrive(site, "Back to us").conversation_id == main.conversation_id


def test_a_thread_that_was_resolved_is_reopened_by_its_next_message(site: Channel, sam: Agent) -> None:
    post = arrive(site, thread_key="post-9")
    status.resolve(agent=sam, conversation_ids=[post.conversation_id])

    assert arrive(site, thread_key="post-9").conversation_id == post.conversation_id
    assert matter_of(post).status == "open"


def test_a_resolved_matter_whose_provider_thread_goes_on_in_another_stays_resolved(
    site: Channel, sam: Agent
) -> None:
    # Given a comment split off from its thread and resolved, while the thread goes on
    first, second = arrive(site, "First!", thread_key="post-9"), arrive(site, "Me too", thread_key="post-9")
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    resolved = matter_of(first)
    Message.objects.filter(pk=second.pk).update(conversation=_going_on(resolved))

    # When sam wants it open again, he is told where it goes on; an answer in it leaves it as it is
    for take_up in (status.reopen, partial(status.snooze, until=None)):
        with pytest.raises(Refused, match="goes on in another"):
            take_up(agent=sam, conversation_ids=[resolved.pk])
    with pytest.raises(Refused):
        undo.last(agent=sam)
    answer(first, sam)

    # Then there is one unresolved matter of the thread
    assert matter_of(first).status == "resolved"
    assert Conversation.objects.get(thread_key="post-9", status="open") == matter_of(second)


def _going_on(resolved: Conversation) -> Conversation:
    return factories.conversation(
        resolved.customer,
        main=False,
        last_channel=resolved.channel,
        channel=resolved.channel,
        thread_key="post-9",
    )


def test_among_several_matters_the_last_active_on_this_identity_is_guessed(site: Channel, sam: Agent) -> None:
    first = arrive(site, "Refund?", occurred_at=timezone.now() - timedelta(hours=2))
    second = arrive(site, "And the sweater?", occurred_at=timezone.now() - timedelta(hours=1))
    beside = moving.split(agent=sam, message_ids=[second.pk], title="Sweater")

    third = arrive(site, "Any news?")

    assert third.conversation_id == beside.pk != first.conversation_id
    assert third.guessed


@pytest.mark.parametrize("nature", [Nature.AUTO, Nature.BULK, Nature.SPAM])
def test_an_automaton_goes_to_quiet_and_moves_nothing(site: Channel, nature: Nature) -> None:
    message = arrive(site, "I am on holiday", nature=nature)

    quiet = matter_of(message)
    assert (quiet.quiet, quiet.main, quiet.status) == (True, False, "resolved")
    assert (quiet.last_inbound_id, quiet.waiting_since) == (None, None)
    assert arrive(site, "Still away", nature=nature).conversation_id == quiet.pk


def test_an_automatic_answer_that_cites_us_is_recorded_in_its_matter_without_waking_it(
    site: Channel, sam: Agent
) -> None:
    first = arrive(site)
    answer(first, sam)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    before = matter_of(first)
    token = make_reply_token(first.conversation_id, first.identity_id or 0)

    away = arrive(site, "Out of office", nature=Nature.AUTO, reply_tokens=(token,))

    after = matter_of(away)
    assert after.pk == before.pk
    assert (after.status, after.last_inbound_id, after.waiting_since, after.preview) == (
        "resolved",
        before.last_inbound_id,
        None,
        before.preview,
    )


def test_quiet_can_be_promoted_to_a_matter(site: Channel, sam: Agent) -> None:
    message = arrive(site, "Invoice attached", nature=Nature.BULK)

    promoted = status.promote(agent=sam, conversation_id=message.conversation_id)

    assert (promoted.quiet, promoted.main, promoted.status) == (False, True, "open")


def test_a_machine_that_names_the_customer_writes_into_the_customers_thread(site: Channel) -> None:
    form = Address(space="sandbox", value="noreply")

    message = arrive(site, "Contact form", by=form, machine=True, customer=ANA)

    assert message.identity is not None
    assert message.identity.value == "ana"
    assert [p.identity.value for p in message.participants.filter(role="author")] == ["noreply"]
    assert arrive(site, "It is me").conversation_id == message.conversation_id


def test_a_machine_that_names_nobody_gets_one_conversation_per_mail(site: Channel) -> None:
    shop = Address(space="sandbox", value="marketplace")

    first = arrive(site, "Order 1", by=shop, machine=True)
    second = arrive(site, "Order 2", by=shop, machine=True)

    assert first.conversation_id != second.conversation_id
    assert not matter_of(first).main


def test_a_sender_who_failed_the_check_is_kept_apart_even_with_a_valid_reference(site: Channel) -> None:
    first = arrive(site)
    token = make_reply_token(first.conversation_id, first.identity_id or 0)

    suspect = arrive(site, "Change my address", proof=Proof.FAILED, reply_tokens=(token,))

    assert suspect.conversation_id != first.conversation_id
    assert not matter_of(suspect).main
    assert arrive(site, "Again", proof=Proof.FAILED).conversation_id == suspect.conversation_id


@pytest.mark.usefixtures("outbox")
def test_the_same_mail_to_two_of_our_addresses_is_one_entry_within_a_desk() -> None:
    help_, sales = (factories.channel("maillike", name=name) for name in ("Help", "Sales"))
    mail = said("Hello all", external_id="<same@x>")

    first, second = take(help_, mail)[0], take(sales, mail)[0]

    assert first.message_id == second.message_id
    message = Message.objects.get()
    assert [arrival.channel.name for arrival in message.arrivals.all()] == ["Sales"]


def test_the_same_mail_to_two_desks_is_one_entry_on_each(site: Channel, kim: Agent) -> None:
    hr = factories.channel(
        "sandbox", name="HR box", desk=factories.desk("HR", restricted=True, members=(kim,))
    )
    mail = said("Hello all", external_id="<same@x>", to=(Address(space="sandbox", value="shop"),))

    take(site, mail)
    take(hr, mail)

    assert Message.objects.count() == 2
    assert Conversation.objects.count() == 2
    assert Customer.objects.filter(conversations__isnull=False).distinct().count() == 1


def test_a_snoozed_matter_wakes_when_the_customer_writes(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    later = timezone.now() + timedelta(days=3)
    status.snooze(agent=sam, conversation_ids=[first.conversation_id], until=later)

    arrive(site, "Hello again")

    assert (matter_of(first).status, matter_of(first).snoozed_until) == ("open", None)


def test_history_that_is_imported_opens_wakes_and_times_nothing(site: Channel, sam: Agent) -> None:
    old = arrive(site, "From last year", historical=True, occurred_at=timezone.now() - timedelta(days=300))

    imported = matter_of(old)
    assert (imported.status, imported.waiting_since, imported.last_inbound_id) == ("resolved", None, None)


def test_a_blocked_customer_lands_in_quiet(site: Channel, sam: Agent) -> None:
    first = arrive(site)
    status.resolve(agent=sam, conversation_ids=[first.conversation_id])
    Customer.objects.filter(pk=first.customer_id).update(blocked=True)

    again = arrive(site, "Buy gold")

    assert matter_of(again).quiet
    assert again.nature == "spam"


def test_what_our_side_sent_from_the_providers_own_app_joins_as_outbound(site: Channel) -> None:
    first = arrive(site)

    echo = arrive(
        site, "Answered from the phone", by=Address(space="sandbox", value="us"), to=(ANA,), echo=True
    )

    assert (echo.direction, echo.conversation_id) == ("outbound", first.conversation_id)
    assert matter_of(first).waiting_since is None


def test_a_late_entry_stands_where_it_belongs(site: Channel) -> None:
    noon = timezone.now() - timedelta(hours=1)
    arrive(site, "second", occurred_at=noon)

    arrive(site, "first", occurred_at=noon - timedelta(minutes=5))

    texts = Message.objects.order_by("occurred_at", "sequence", "id").values_list("text", flat=True)
    assert list(texts) == ["first", "second"]
    assert Conversation.objects.get().preview == "second"


def test_a_provider_clock_in_the_future_is_clamped_to_the_arrival(site: Channel) -> None:
    message = arrive(site, occurred_at=timezone.now() + timedelta(days=2))

    assert message.occurred_at == message.received_at


def test_taking_an_entry_to_another_matter_is_remembered_by_the_next_reply(site: Channel, sam: Agent) -> None:
    first = arrive(site, "Refund?")
    second = arrive(site, "Sweater?")
    beside = moving.split(agent=sam, message_ids=[second.pk], title="Sweater")
    moving.move(agent=sam, message_id=first.pk, conversation_id=beside.pk)

    assert matter_of(first).pk == beside.pk
    assert conversations.unresolved_main(first.customer, factories.support()) == beside
