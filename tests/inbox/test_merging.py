"""Two customers become one, and two again: what comes together, what an undo restores, and where goes what came in between."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from inbox import merge_preview, suggestions, timeline
from inbox.actions import customers, merging, moving, proving, reply, spam, status, undo
from inbox.actions.composing import Composition
from inbox.actions.errors import Refused
from inbox.contract import Address, Nature, Proof
from inbox.models import (
    Agent,
    Audit,
    Channel,
    Claim,
    Conversation,
    Customer,
    Event,
    Identity,
    Merge,
    Message,
    Touchpoint,
)
from inbox.signing import make_reply_token
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outbox")]
WORK = Address(space="sandbox", value="ana.work", name="A. Silva")


@pytest.fixture
def site() -> Channel:
    return factories.channel("outbox", name="Site")


def state() -> dict[str, Any]:
    """Who owns what, and how matters stand."""
    return {
        "messages": dict(Message.objects.values_list("text", "customer")),
        "identities": dict(Identity.objects.values_list("value", "customer")),
        "conversations": {
            row["pk"]: row
            for row in Conversation.objects.values("pk", "customer", "main", "status", "quiet", "merged_into")
        },
        "customers": {
            row["pk"]: row
            for row in Customer.objects.values("pk", "name", "merged_into", "vip", "attributes", "about")
        },
        "events": dict(
            Event.objects.exclude(
                kind__in=["customers_merged", "customers_separated", "conversation_merged"]
            ).values_list("pk", "customer")
        ),
        "claims": dict(Claim.objects.values_list("pk", "customer")),
    }


def texts(reader: Agent, customer: Customer) -> list[str]:
    entries = timeline.page(reader, customer).entries
    return [entry.message.text for entry in entries if isinstance(entry, timeline.MessageEntry)]


def test_two_become_one_thread_in_the_order_it_was_said(site: Channel, sam: Agent) -> None:
    first = arrive(site, "one", occurred_at=factories.at(1))
    other = arrive(site, "two", by=WORK, occurred_at=factories.at(2))
    arrive(site, "three", occurred_at=factories.at(3))

    merging.merge(agent=sam, keep_id=first.customer_id, gone_id=other.customer_id)

    assert texts(sam, first.customer) == ["one", "two", "three"]
    assert Conversation.objects.filter(customer=first.customer, main=True, status="open").count() == 1
    later = arrive(site, "four", by=WORK)
    assert later.customer_id == first.customer_id
    fact = Event.objects.get(kind="customers_merged")
    assert (fact.customer_id, fact.actor_id) == (first.customer_id, sam.pk)
    assert Audit.objects.get(action="customers_merged").data["absorbed"] == other.customer_id


def test_an_undo_restores_both_as_they_were(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site, "one").customer, arrive(site, "two", by=WORK).customer
    arrive(site, "Out of office", nature=Nature.AUTO)
    arrive(site, "Out of the other office", by=WORK, nature=Nature.AUTO)
    customers.edit(agent=sam, customer_id=ana.pk, name="Ana", about="Likes tea")
    customers.edit(agent=sam, customer_id=work.pk, vip=True)
    proving.attest(author=WORK, claims=[BEN])
    before = state()

    done = merging.merge(
        agent=sam, keep_id=ana.pk, gone_id=work.pk, chosen={"name": "Ana Silva", "vip": True}
    )
    assert Customer.objects.get(pk=ana.pk).name == "Ana Silva"
    merging.undo(agent=sam, merge_id=done.pk)

    assert state() == before
    assert Event.objects.filter(kind="customers_separated").count() == 2
    assert Audit.objects.filter(action="merge_undone").exists()


def test_what_came_since_goes_where_its_address_goes(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site, "one").customer, arrive(site, "two", by=WORK).customer
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    arrive(site, "three", by=WORK)
    answered = arrive(site, "four")
    composition = Composition(channel=site, identity=answered.identity, text="five")
    reply.reply(agent=sam, conversation_id=answered.conversation_id, composition=composition, client_key="k")

    merging.undo(agent=sam, merge_id=done.pk)

    assert texts(sam, ana) == ["one", "four", "five"]
    assert texts(sam, work) == ["two", "three"]


def test_an_answer_to_a_mail_of_the_merged_time_goes_to_who_answers(site: Channel, sam: Agent) -> None:
    """The reply address was signed for the work address in ana's matter; that matter is not theirs any more."""
    ana, work = arrive(site, "one").customer, arrive(site, "two", by=WORK).customer
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    theirs = arrive(site, "three", by=WORK)
    token = make_reply_token(theirs.conversation_id, theirs.identity_id or 0)
    merging.undo(agent=sam, merge_id=done.pk)

    arrive(site, "answer", by=WORK, reply_tokens=(token,))

    assert texts(sam, work) == ["two", "three", "answer"]
    assert texts(sam, ana) == ["one"]


def test_a_message_moved_between_the_two_goes_back_where_it_was(site: Channel, sam: Agent) -> None:
    one, two = arrive(site, "one"), arrive(site, "two", by=WORK)
    done = merging.merge(agent=sam, keep_id=one.customer_id, gone_id=two.customer_id)
    moving.move(agent=sam, message_id=two.pk, conversation_id=one.conversation_id)

    merging.undo(agent=sam, merge_id=done.pk)

    assert texts(sam, one.customer) == ["one"]
    assert texts(sam, Customer.objects.get(pk=two.customer_id)) == ["two"]


def test_two_matters_brought_together_stand_apart_again_and_the_unanswered_one_is_open(
    site: Channel, sam: Agent
) -> None:
    one, two = arrive(site, "one"), arrive(site, "two", by=WORK)
    done = merging.merge(agent=sam, keep_id=one.customer_id, gone_id=two.customer_id)
    moving.merge(agent=sam, conversation_id=two.conversation_id, into_id=one.conversation_id)

    merging.undo(agent=sam, merge_id=done.pk)

    theirs = Conversation.objects.get(pk=two.conversation_id)
    assert (theirs.merged_into, theirs.status, theirs.main) == (None, "open", True)
    assert theirs.waiting_since is not None


def test_merges_are_undone_in_any_order(site: Channel, sam: Agent) -> None:
    ana, work, ben = (arrive(site, name.value, by=name).customer for name in (ANA, WORK, BEN))
    before = state()
    first = merging.merge(agent=sam, keep_id=work.pk, gone_id=ben.pk)
    second = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)

    merging.undo(agent=sam, merge_id=first.pk)
    assert texts(sam, ben) == ["ben"]
    assert texts(sam, ana) == ["ana", "ana.work"]
    merging.undo(agent=sam, merge_id=second.pk)

    assert state() == before


def test_what_somebody_changed_since_is_not_given_back(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site, "one").customer, arrive(site, "two", by=WORK).customer
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk, chosen={"name": "A. Silva"})
    customers.edit(agent=sam, customer_id=ana.pk, name="Ana Maria Silva")

    merging.undo(agent=sam, merge_id=done.pk)

    assert Customer.objects.get(pk=ana.pk).name == "Ana Maria Silva"


def test_a_merge_by_proof_can_be_taken_back_too(site: Channel, sam: Agent) -> None:
    mail, chat = Address(space="email", value="ana@x.example"), Address(space="visitor", value="v1")
    known = arrive(site, "mail", by=mail, proof=Proof.PROVEN).customer
    visitor = arrive(site, "chat", by=chat).customer
    proving.attest(author=chat, proofs=[mail])
    done = Merge.objects.get()
    assert (done.how, done.actor) == ("proof", None)

    merging.undo(agent=sam, merge_id=done.pk)

    assert (texts(sam, known), texts(sam, visitor)) == (["mail"], ["chat"])


def test_both_wrote_below_the_same_post(site: Channel, sam: Agent) -> None:
    one, two = arrive(site, "one", thread_key="post"), arrive(site, "two", by=WORK, thread_key="post")
    before = state()

    done = merging.merge(agent=sam, keep_id=one.customer_id, gone_id=two.customer_id)
    assert Conversation.objects.filter(thread_key="post", status="open").count() == 1
    merging.undo(agent=sam, merge_id=done.pk)

    assert {**state(), "conversations": None} == {**before, "conversations": None}
    assert Conversation.objects.filter(thread_key="post", status="open").count() == 2


def test_a_merge_needs_two_living_people_and_is_undone_once(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site).customer, arrive(site, by=WORK).customer
    group = arrive(
        site, by=BEN, customer=Address(space="sandbox", value="g"), group=True, thread_key="g"
    ).customer
    for keep, gone, why in ((ana, ana, "two different"), (ana, group, "group")):
        with pytest.raises(Refused, match=why):
            merging.merge(agent=sam, keep_id=keep.pk, gone_id=gone.pk)
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    with pytest.raises(Refused, match="already"):
        merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    merging.undo(agent=sam, merge_id=done.pk)
    with pytest.raises(Refused, match="already"):
        merging.undo(agent=sam, merge_id=done.pk)
    with pytest.raises(Refused, match="merged_into"):
        merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk, chosen={"merged_into": 1})


def test_an_address_split_off_takes_its_words_along(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site, "one").customer, arrive(site, "two", by=WORK).customer
    merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    arrive(site, "three", by=WORK)
    identity = Identity.objects.get(value=WORK.value)

    own = merging.split_off(agent=sam, identity_id=identity.pk)

    assert own.name == "A. Silva"
    assert (texts(sam, ana), texts(sam, own)) == (["one"], ["two", "three"])
    with pytest.raises(Refused, match="only address"):
        merging.split_off(agent=sam, identity_id=identity.pk)


def test_touchpoints_go_with_their_address_or_with_whom_they_were_told_of(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site).customer, arrive(site, by=WORK).customer
    identity = Identity.objects.get(value=WORK.value)
    told = {"kind": "order", "source": "shop", "occurred_at": factories.at(1), "received_at": factories.at(1)}
    Touchpoint.objects.create(customer=work, external_id="1", **told)
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    Touchpoint.objects.create(customer=ana, identity=identity, external_id="2", **told)
    Touchpoint.objects.create(customer=ana, told_of=work, external_id="3", **told)
    Touchpoint.objects.create(customer=ana, external_id="4", **told)

    merging.undo(agent=sam, merge_id=done.pk)

    assert sorted(work.touchpoints.values_list("external_id", flat=True)) == ["1", "2", "3"]
    assert list(ana.touchpoints.values_list("external_id", flat=True)) == ["4"]


def test_two_matters_of_one_person_brought_together_are_two_again_on_undo(site: Channel, sam: Agent) -> None:
    one = arrive(site, "one")
    two = arrive(site, "two")
    other = moving.split(agent=sam, message_ids=[two.pk])
    status.resolve(agent=sam, conversation_ids=[one.conversation_id])
    before = state()["conversations"]

    moving.merge(agent=sam, conversation_id=other.pk, into_id=one.conversation_id)
    undo.last(agent=sam)

    assert state()["conversations"] == before


# ---------------------------------------------------------------- suggestions


def why(reader: Agent, customer: Customer) -> list[tuple[str, str]]:
    return [(each.other.name, str(each.reason)) for each in suggestions.of(reader, customer)]


def test_the_same_proven_number_in_two_spaces_is_suggested(sam: Agent) -> None:
    one, other = factories.customer("Ana"), factories.customer("A.")
    factories.identity(one, "+442079460000", space="phone", verified_at=factories.at(0))
    factories.identity(other, "acme/442079460000", space="whatsapp", verified_at=factories.at(0))
    factories.identity(factories.customer("Unproven"), "x/442079460000", space="other")

    assert why(sam, one) == [("A.", "phone")]
    assert why(sam, other) == [("Ana", "phone")]


def test_an_address_typed_in_the_chat_is_suggested_to_both(site: Channel, sam: Agent) -> None:
    mail = Address(space="email", value="ana@x.example", name="Ana Silva")
    known = arrive(site, by=mail, proof=Proof.PROVEN).customer
    visitor = arrive(site, by=Address(space="visitor", value="v", name="Visitor")).customer
    proving.attest(author=Address(space="visitor", value="v"), claims=[mail])

    assert why(sam, visitor) == [("Ana Silva", "claimed")]
    assert why(sam, known) == [("Visitor", "claimed")]
    merging.merge(agent=sam, keep_id=known.pk, gone_id=visitor.pk)
    assert why(sam, known) == []


def test_the_same_name_at_the_same_company_is_suggested_a_first_name_is_not(sam: Agent) -> None:
    first, second = factories.customer("Ana Silva"), factories.customer("ana silva")
    short, other = factories.customer("Ana"), factories.customer("Ana")
    for each in (first, second, short, other):
        customers.edit(agent=sam, customer_id=each.pk, company="Acme")

    assert why(sam, Customer.objects.get(pk=first.pk)) == [("ana silva", "name")]
    assert why(sam, Customer.objects.get(pk=short.pk)) == []


def test_a_shared_address_is_no_reason(site: Channel, sam: Agent) -> None:
    info = Address(space="email", value="info@x.example")
    known = arrive(site, by=info).customer
    proving.attest(author=ANA, claims=[info])
    customers.mark_shared(agent=sam, identity_id=Identity.objects.get(value=info.value).pk, shared=True)

    assert why(sam, known) == []


def test_a_dismissed_pair_is_never_suggested_again(sam: Agent) -> None:
    first, second = factories.customer("Ana Silva"), factories.customer("Ana Silva")
    for each in (first, second):
        customers.edit(agent=sam, customer_id=each.pk, company="Acme")

    merging.dismiss(agent=sam, one_id=second.pk, other_id=first.pk)
    merging.dismiss(agent=sam, one_id=first.pk, other_id=second.pk)

    assert why(sam, Customer.objects.get(pk=first.pk)) == why(sam, Customer.objects.get(pk=second.pk)) == []


def test_nobody_of_a_desk_one_may_not_read_is_suggested(site: Channel, sam: Agent, kim: Agent) -> None:
    secret = factories.channel(
        "outbox", name="HR", desk=factories.desk("HR", restricted=True, members=(kim,))
    )
    arrive(secret, by=Address(space="sandbox", value="secret", name="Secret Ana"))
    proving.attest(author=ANA, claims=[Address(space="sandbox", value="secret")])
    ana = arrive(site).customer

    assert why(sam, ana) == []
    assert why(kim, ana) == [("Secret Ana", "claimed")]


def test_suggestions_cost_a_bounded_number_of_queries(
    site: Channel, sam: Agent, django_assert_max_num_queries: Any
) -> None:
    ana = arrive(site).customer
    for number in range(5):
        mail = Address(space="email", value=f"{number}@x.example", name=f"Person {number}")
        arrive(site, by=mail)
        proving.attest(author=ANA, claims=[mail])

    with transaction.atomic(), django_assert_max_num_queries(6):
        assert len(suggestions.of(sam, ana)) == suggestions.MOST


# ---------------------------------------------------------------- what a review found


def test_a_matter_reported_as_spam_meanwhile_does_not_stop_the_undo(site: Channel, sam: Agent) -> None:
    one, two = arrive(site, "one"), arrive(site, "two", by=WORK)
    status.resolve(agent=sam, conversation_ids=[one.conversation_id])
    done = merging.merge(agent=sam, keep_id=one.customer_id, gone_id=two.customer_id)
    spam.report(agent=sam, conversation_ids=[two.conversation_id])

    merging.undo(agent=sam, merge_id=done.pk)

    assert Conversation.objects.get(pk=two.conversation_id).quiet
    assert texts(sam, Customer.objects.get(pk=two.customer_id)) == ["two"]


def test_messages_put_into_anothers_quiet_go_back_where_they_were(site: Channel, sam: Agent) -> None:
    one, two = arrive(site, "one"), arrive(site, "two", by=WORK)
    arrive(site, "Out of office", nature=Nature.AUTO)
    done = merging.merge(agent=sam, keep_id=one.customer_id, gone_id=two.customer_id)
    spam.report(agent=sam, conversation_ids=[two.conversation_id])

    merging.undo(agent=sam, merge_id=done.pk)

    assert texts(sam, Customer.objects.get(pk=two.customer_id)) == ["two"]
    assert set(texts(sam, one.customer)) == {"one", "Out of office"}


def test_an_open_matter_that_was_answered_is_open_again_too(site: Channel, sam: Agent) -> None:
    one, two = arrive(site, "one"), arrive(site, "two", by=WORK)
    done = merging.merge(agent=sam, keep_id=one.customer_id, gone_id=two.customer_id)
    reply.note(agent=sam, conversation_id=two.conversation_id, text="A note", client_key="n")
    moving.merge(agent=sam, conversation_id=two.conversation_id, into_id=one.conversation_id)

    merging.undo(agent=sam, merge_id=done.pk)

    assert Conversation.objects.get(pk=two.conversation_id).status == "open"
    kept = Conversation.objects.get(pk=one.conversation_id)
    assert (kept.last_inbound_id, kept.preview) == (one.pk, "one")


def test_fields_of_the_companys_own_are_given_back_one_by_one(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site).customer, arrive(site, by=WORK).customer
    Customer.objects.filter(pk=ana.pk).update(attributes={"city": "Porto"})
    Customer.objects.filter(pk=work.pk).update(attributes={"birthday": "2 May"})
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    Customer.objects.filter(pk=ana.pk).update(attributes={"city": "Lisbon", "birthday": "2 May"})

    merging.undo(agent=sam, merge_id=done.pk)

    assert Customer.objects.get(pk=ana.pk).attributes == {"city": "Lisbon"}


def test_a_claim_that_a_merge_ended_is_there_again(site: Channel, sam: Agent) -> None:
    ana, work = arrive(site).customer, arrive(site, by=WORK).customer
    proving.attest(author=WORK, claims=[ANA])
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=work.pk)
    assert not Claim.objects.exists()

    merging.undo(agent=sam, merge_id=done.pk)

    assert Claim.objects.get().customer == work


def test_a_merge_within_a_merge_is_offered_to_be_taken_back(site: Channel, sam: Agent) -> None:
    ana, work, ben = (arrive(site, by=name).customer for name in (ANA, WORK, BEN))
    inner = merging.merge(agent=sam, keep_id=ana.pk, gone_id=ben.pk)
    outer = merging.merge(agent=sam, keep_id=work.pk, gone_id=ana.pk)

    assert [merge.pk for merge in merge_preview.merges(sam, work)] == [outer.pk, inner.pk]


def test_a_dismissal_holds_for_whom_they_become_part_of(sam: Agent) -> None:
    first, second, third = (factories.customer("Ana Silva") for _number in range(3))
    for each in (first, second):
        customers.edit(agent=sam, customer_id=each.pk, company="Acme")
    merging.dismiss(agent=sam, one_id=third.pk, other_id=second.pk)

    merging.merge(agent=sam, keep_id=first.pk, gone_id=third.pk)

    assert why(sam, Customer.objects.get(pk=first.pk)) == []
    assert why(sam, Customer.objects.get(pk=second.pk)) == []
