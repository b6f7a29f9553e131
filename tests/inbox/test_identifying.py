"""Who is behind an address: proofs join, claims never do, and nobody takes over somebody else's thread."""

from __future__ import annotations

import pytest

from inbox.actions import customers, proving
from inbox.actions.errors import Refused
from inbox.contract import Address, Consent, Identified, Proof
from inbox.models import Agent, Channel, Claim, Conversation, Customer, Event, Identity, Message
from inbox.signing import make_reply_token
from tests import factories
from tests.inbox.arrivals import ANA, BEN, arrive, said, take

pytestmark = pytest.mark.django_db
VISITOR = Address(space="visitor", value="v1")
MAIL = Address(space="email", value="ana@x.example")


@pytest.fixture
def site() -> Channel:
    return factories.channel("sandbox", name="Site")


def owner(address: Address) -> Customer:
    return Customer.objects.get(identities__space=address.space, identities__value=address.value)


def test_an_address_is_claimed_until_a_signature_proves_it(site: Channel) -> None:
    assert not arrive(site).identity.verified

    identity = arrive(site, proof=Proof.PROVEN).identity

    assert (identity.verified, identity.verified_how) == (True, "signature")


def test_a_proof_of_an_address_nobody_holds_adds_it_verified(site: Channel) -> None:
    arrive(site)

    proving.attest(author=ANA, proofs=[MAIL])

    assert owner(MAIL) == owner(ANA)
    assert Identity.objects.get(space="email").verified


def test_a_proof_of_an_address_somebody_holds_verified_brings_the_two_together(site: Channel) -> None:
    known = arrive(site, by=MAIL, proof=Proof.PROVEN)
    chat = arrive(site, by=VISITOR)

    proving.attest(author=VISITOR, proofs=[MAIL])

    kept = owner(MAIL)
    assert kept.pk == known.customer_id == owner(VISITOR).pk
    assert Customer.objects.get(pk=chat.customer_id).merged_into == kept
    assert set(Message.objects.values_list("customer", flat=True)) == {kept.pk}
    assert Conversation.objects.filter(customer=kept, main=True, status="open").count() == 1
    assert Event.objects.filter(kind="customers_merged", customer=kept).count() == 1


def test_a_proof_of_an_address_somebody_merely_claims_joins_nothing(site: Channel) -> None:
    arrive(site, by=MAIL)
    arrive(site, by=VISITOR)

    proving.attest(author=VISITOR, proofs=[MAIL])

    assert owner(MAIL) != owner(VISITOR)
    assert Claim.objects.get().customer == owner(VISITOR)


def test_a_claim_on_somebodys_address_is_noted_and_changes_nothing(site: Channel) -> None:
    arrive(site, by=MAIL, proof=Proof.PROVEN)

    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,), name="Ana"))
    take(site, Identified(event_key="j", author=VISITOR, claims=(MAIL,)))

    assert owner(MAIL) != owner(VISITOR)
    assert Claim.objects.count() == 1
    assert owner(VISITOR).name == "Ana"


def test_a_claim_on_a_free_address_is_added_unverified(site: Channel) -> None:
    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,)))

    assert owner(MAIL) == owner(VISITOR)
    assert not Identity.objects.get(space="email").verified


@pytest.mark.parametrize("proof", [Proof.PROVEN, Proof.UNPROVEN])
def test_who_claims_an_address_first_does_not_get_the_mail_of_its_holder(site: Channel, proof: Proof) -> None:
    chat = arrive(site, by=VISITOR)
    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,)))

    mail = arrive(site, by=MAIL, proof=proof)

    assert owner(MAIL) != owner(VISITOR)
    assert mail.conversation_id != chat.conversation_id
    assert Identity.objects.get(space="email").verified == (proof == Proof.PROVEN)
    claim = Claim.objects.get()
    assert (claim.customer, claim.identity) == (owner(VISITOR), mail.identity)
    arrive(site, by=MAIL)
    assert Conversation.objects.filter(customer=owner(MAIL)).count() == 1


def test_a_forged_mail_does_not_take_a_claimed_address_from_the_visitor(site: Channel) -> None:
    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,)))

    arrive(site, by=MAIL, proof=Proof.FAILED)

    assert owner(MAIL) == owner(VISITOR)


def test_who_answers_what_we_sent_to_a_claimed_address_stays_in_the_thread(site: Channel, sam: Agent) -> None:
    chat = arrive(site, by=VISITOR)
    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,)))
    identity = Identity.objects.get(space="email")
    token = make_reply_token(chat.conversation_id, identity.pk)

    answer = arrive(site, by=MAIL, reply_tokens=(token,))

    assert answer.conversation_id == chat.conversation_id
    assert owner(MAIL) == owner(VISITOR)
    identity.refresh_from_db()
    assert (identity.verified, identity.verified_how) == (True, "reply")


def test_a_proof_takes_an_address_from_who_merely_claimed_it(site: Channel) -> None:
    other = Address(space="visitor", value="v2")
    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,)))

    take(site, Identified(event_key="j", author=other, proofs=(MAIL,)))

    assert owner(MAIL) == owner(other) != owner(VISITOR)
    assert Identity.objects.get(space="email").verified
    assert Claim.objects.get().customer == owner(VISITOR)


def test_a_later_claim_does_not_take_an_address_from_an_earlier_one(site: Channel) -> None:
    take(site, Identified(event_key="i", author=VISITOR, claims=(MAIL,)))

    take(site, Identified(event_key="k", author=Address(space="visitor", value="v2"), claims=(MAIL,)))

    assert owner(MAIL) == owner(VISITOR)


def test_a_name_fills_an_empty_one_and_never_replaces_one(site: Channel) -> None:
    first = arrive(site, by=Address(space="sandbox", value="x"))
    assert first.customer.name == ""
    arrive(site, by=Address(space="sandbox", value="x", name="Xenia"))
    arrive(site, by=Address(space="sandbox", value="x", name="Evil"))

    assert owner(Address(space="sandbox", value="x")).name == "Xenia"


def test_stop_and_start_are_remembered(site: Channel) -> None:
    arrive(site)
    take(site, Consent(event_key="s", address=ANA, allowed=False))
    assert Identity.objects.get(value="ana").opted_out_at is not None

    take(site, Consent(event_key="t", address=ANA, allowed=True))
    assert Identity.objects.get(value="ana").opted_out_at is None


def test_an_agent_may_add_an_address_but_not_somebody_elses(site: Channel, sam: Agent) -> None:
    ana, ben = arrive(site).customer, arrive(site, by=BEN).customer

    added = customers.add_identity(agent=sam, customer_id=ana.pk, address=MAIL)
    assert not added.verified
    assert customers.add_identity(agent=sam, customer_id=ana.pk, address=MAIL) == added
    with pytest.raises(Refused, match="another customer"):
        customers.add_identity(agent=sam, customer_id=ben.pk, address=MAIL)


def test_what_agents_know_of_a_person_can_be_changed_and_nothing_else(site: Channel, sam: Agent) -> None:
    ana = arrive(site).customer

    changed = customers.edit(agent=sam, customer_id=ana.pk, name=" Ana S. ", company="Acme", vip=True)

    assert (changed.name, changed.company.name, changed.is_vip) == ("Ana S.", "Acme", True)
    with pytest.raises(Refused):
        customers.edit(agent=sam, customer_id=ana.pk, merged_into=None)


def test_a_group_is_a_customer_of_its_own_kind(site: Channel) -> None:
    group = Address(space="sandbox", value="group-1", name="Knitters")

    message = arrive(site, by=BEN, customer=group, group=True, thread_key="group-1")

    assert (message.customer.kind, message.customer.name) == ("group", "Knitters")


def test_who_somebody_is_counts_before_what_they_say_in_the_same_breath(site: Channel) -> None:
    known = arrive(site, by=MAIL, proof=Proof.PROVEN)

    take(site, said("Hello", by=VISITOR), Identified(event_key="i", author=VISITOR, proofs=(MAIL,)))

    assert set(Message.objects.values_list("conversation", flat=True)) == {known.conversation_id}
