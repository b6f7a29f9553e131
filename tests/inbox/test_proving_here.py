"""Codes and links: what we sent to an address came back, so who brings it holds the address. Once, soon, and for a few tries."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone

from inbox.actions import codes, links, lock, proving
from inbox.actions.errors import Refused
from inbox.contract import Address, Identified, Proof
from inbox.models import Channel, Claim, Continuation, Customer, Identity, Message, ProofCode
from tests import factories
from tests.inbox.arrivals import arrive, take
from tests.inbox.outbox import TestConnector

pytestmark = pytest.mark.django_db
VISITOR = Address(space="visitor", value="v1")
THIEF = Address(space="visitor", value="v2")
ANA = Address(space="sandbox", value="ana")


@pytest.fixture
def site(outbox: type[TestConnector]) -> Channel:
    return factories.channel("outbox", name="Site")


def owner(address: Address) -> Customer:
    return Customer.objects.get(identities__space=address.space, identities__value=address.value)


def code_sent(
    site: Channel, outbox: type[TestConnector], *, author: Address = VISITOR, to: Address = ANA
) -> str:
    """Ask for a code, and read it where it arrives."""
    codes.ask(author=author, address=to, desk_id=site.desk_id)
    asked = ProofCode.objects.latest("pk")
    assert codes.send(asked.pk, site.desk_id)
    (found,) = re.findall(r"\b\d{6}\b", outbox.sent[-1].text)
    return str(found)


def test_who_types_the_code_is_the_holder_and_the_two_threads_are_one(
    site: Channel, outbox: type[TestConnector]
) -> None:
    known = arrive(site, "By mail", by=ANA)
    arrive(site, "By chat", by=VISITOR)

    code = code_sent(site, outbox)
    customer_id = codes.check(author=VISITOR, code=f" {code[:3]} {code[3:]} ")

    assert customer_id == known.customer_id
    assert set(Message.objects.values_list("customer", flat=True)) == {known.customer_id}
    identity = Identity.objects.get(value="ana")
    assert (identity.verified, identity.verified_how) == (True, "code")


def test_the_code_is_no_message_and_is_stored_nowhere(site: Channel, outbox: type[TestConnector]) -> None:
    arrive(site, by=VISITOR)
    before = Message.objects.count()

    code = code_sent(site, outbox)

    assert Message.objects.count() == before
    assert code not in str(list(ProofCode.objects.values()))


def test_a_code_is_good_once(site: Channel, outbox: type[TestConnector]) -> None:
    code = code_sent(site, outbox)
    assert codes.check(author=VISITOR, code=code)

    assert codes.check(author=VISITOR, code=code) is None


def test_a_code_is_good_for_who_asked_only(site: Channel, outbox: type[TestConnector]) -> None:
    arrive(site, by=THIEF)
    code = code_sent(site, outbox)

    assert codes.check(author=THIEF, code=code) is None
    assert codes.check(author=Address(space="visitor", value="nobody"), code=code) is None


def test_after_five_wrong_tries_even_the_right_one_is_wrong(
    site: Channel, outbox: type[TestConnector]
) -> None:
    code = code_sent(site, outbox)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _try in range(codes.TRIES):
        assert codes.check(author=VISITOR, code=wrong) is None

    assert codes.check(author=VISITOR, code=code) is None


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(
    site: Channel, outbox: type[TestConnector]
) -> None:
    first = code_sent(site, outbox)
    second = code_sent(site, outbox)
    assert first == second or codes.check(author=VISITOR, code=first) is None

    with time_machine.travel(timezone.now() + codes.LIFETIME + timedelta(seconds=1)):
        assert codes.check(author=VISITOR, code=second) is None
        assert not codes.send(ProofCode.objects.latest("pk").pk, site.desk_id)


@pytest.mark.django_db(transaction=True)
def test_who_proves_an_address_never_waits_for_its_holder_while_holding_them_up(
    site: Channel, outbox: type[TestConnector]
) -> None:
    # Given a visitor whom we know longer than the holder of the address they are about to prove
    visitor = arrive(site, "By chat", by=VISITOR).customer_id
    holder = arrive(site, "By mail", by=ANA).customer_id
    assert visitor < holder
    proof = threading.Thread(target=prove_in_a_thread)

    # When somebody is busy with the visitor's row at that moment
    with transaction.atomic():
        lock.customer(visitor)
        proof.start()
        wait_until_somebody_waits()

        # Then the holder's row is still free: whoever needs both takes them in the same order
        assert Customer.objects.select_for_update(nowait=True).get(pk=holder)
    proof.join()
    assert owner(VISITOR) == owner(ANA)


def prove_in_a_thread() -> None:
    try:
        proving.proven_here(author=VISITOR, address=ANA, how="code")
    finally:
        connections.close_all()


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _try in range(3000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("Nobody came to wait for the visitor's row.")


def test_a_code_takes_an_address_from_who_merely_claimed_it(
    site: Channel, outbox: type[TestConnector]
) -> None:
    take(site, Identified(event_key="i", author=THIEF, claims=(ANA,)))

    assert codes.check(author=VISITOR, code=code_sent(site, outbox))

    assert owner(ANA) == owner(VISITOR) != owner(THIEF)
    assert Claim.objects.get().customer == owner(THIEF)


def test_an_address_no_channel_of_the_desk_reaches_is_said_so(site: Channel) -> None:
    with pytest.raises(Refused, match="another address"):
        codes.ask(author=VISITOR, address=Address(space="carrier-pigeon", value="1"), desk_id=site.desk_id)
    other = factories.desk("HR", restricted=True)
    with pytest.raises(Refused):
        codes.ask(author=VISITOR, address=ANA, desk_id=other.pk)


def test_a_link_carries_the_thread_over_once(site: Channel) -> None:
    known = arrive(site, "By mail", by=ANA)
    arrive(site, "By chat", by=VISITOR)
    secret = links.make(identity=known.identity, channel=site)
    assert secret not in str(list(Continuation.objects.values()))

    assert links.take(secret=secret, author=VISITOR, channel=site) == known.customer_id

    assert owner(VISITOR) == owner(ANA)
    assert links.take(secret=secret, author=THIEF, channel=site) is None


def test_a_link_ends_and_counts_at_its_own_channel_only(site: Channel) -> None:
    known = arrive(site, by=ANA)
    secret = links.make(identity=known.identity, channel=site)
    other = factories.channel("outbox", name="Other site")

    assert links.take(secret=secret, author=VISITOR, channel=other) is None
    assert links.take(secret="x" + secret, author=VISITOR, channel=site) is None
    with time_machine.travel(timezone.now() + links.LIFETIME + timedelta(seconds=1)):
        assert links.take(secret=secret, author=VISITOR, channel=site) is None


def test_the_holder_of_a_claimed_address_who_opens_a_link_does_not_join_the_claimant(site: Channel) -> None:
    """A thief types ana's address, and has an agent send the link there."""
    take(site, Identified(event_key="i", author=THIEF, claims=(ANA,)))
    secret = links.make(identity=Identity.objects.get(value="ana"), channel=site)

    links.take(secret=secret, author=VISITOR, channel=site)

    assert owner(VISITOR) == owner(ANA) != owner(THIEF)


def test_what_has_ended_is_forgotten(site: Channel, outbox: type[TestConnector]) -> None:
    code_sent(site, outbox)
    links.make(identity=Identity.objects.latest("pk"), channel=site)

    with time_machine.travel(timezone.now() + timedelta(days=5)):
        assert (codes.purge(), links.purge()) == (1, 1)


def test_a_proof_by_the_site_of_an_address_used_unproven_is_still_only_noted(site: Channel) -> None:
    arrive(site, by=ANA, proof=Proof.UNPROVEN)
    arrive(site, by=VISITOR)

    proving.attest(author=VISITOR, proofs=[ANA])

    assert owner(ANA) != owner(VISITOR)


def test_a_failure_to_send_is_told_to_the_task(
    site: Channel, outbox: type[TestConnector], monkeypatch: Any
) -> None:
    codes.ask(author=VISITOR, address=ANA, desk_id=site.desk_id)
    Channel.objects.update(state="paused")

    assert not codes.send(ProofCode.objects.latest("pk").pk, site.desk_id)
