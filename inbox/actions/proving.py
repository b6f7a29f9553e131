"""What people prove of themselves, and what they merely say: attested addresses, claims, and claims that come to nothing.

Unverified never becomes part of verified by itself. Whoever types an address first does not own it: the claim ends when the
address's holder writes on their own account, and what they write is theirs alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from inbox.actions import absorb, lock, record, rows
from inbox.actions.identify import (
    Key,
    Known,
    find,
    key_of,
    lock_owners,
    note_names,
    read,
    resolve,
    settle_owners,
    verify,
)
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Agent, Claim, Customer, Identity
from inbox.text import storable

CLAIMED = "claimed"
MOVED = "They have changed it; the provider told us the new one."


@transaction.atomic
def attest(
    *,
    author: Address,
    proofs: Iterable[Address] = (),
    claims: Iterable[Address] = (),
    name: str = "",
    how: str = "attested",
) -> int:
    """Somebody known by `author` holds `proofs` (attested by a party we trust) and says they hold `claims`.

    A proof that nobody holds, or that another customer merely claimed, becomes theirs, verified. One that another customer holds
    verified brings the two together (both sides are proven). One that another customer uses unproven, and every claim on
    another's address, is noted for an agent. Gives the id of the customer whom the author now belongs to.
    """
    held = list(proofs)
    book = _locked(author, held)
    me = book[key_of(author)]
    for address in held:
        _take(me, address, how=how, proven=True)
    for address in claims:
        _take(me, address, how=CLAIMED, proven=False)
    if name:
        owners = lock_owners([me.customer_id])
        note_names(book, [Address(space=author.space, value=author.value, name=name)], owners)
    return me.customer_id


@transaction.atomic
def proven_here(*, author: Address, address: Address, how: str) -> int:
    """The author has just shown that they hold `address`: what we sent to it came back (a code, a link). That proves the address
    itself, so its own thread and theirs are one person's, unless somebody merely claimed it: then it leaves the claimant. A shared
    address (info@) proves nothing: it is noted for an agent.

    Gives the id of the customer whom the author now belongs to.
    """
    known = _locked(author, [address]).get(key_of(address))
    if known is not None and not known.claimed and not _is_shared(known):
        verify([known.id], how=how)
    return attest(author=author, proofs=[address], how=how)


def _locked(author: Address, others: Iterable[Address]) -> dict[Key, Known]:
    """The author, made if unknown, and those of the others that are known, all of their customers locked at once: two who prove
    something of each other at the same moment never wait for each other."""
    book = resolve([author]) | read(key_of(address) for address in others)
    settle_owners(book, book)
    return book


def _take(me: Known, address: Address, *, how: str, proven: bool) -> None:
    known = find(address)
    proven = proven and not (known is not None and _is_shared(known))
    if known is None:
        add(me.customer_id, address, how=how, verified=proven)
    elif known.customer_id == me.customer_id:
        if proven:
            verify([known.id], how=how)
    elif proven and known.verified:
        absorb.into(keep_id=known.customer_id, gone_id=me.customer_id)
        me.customer_id = known.customer_id
    elif proven and known.claimed and _hand_over(known, me.customer_id):
        verify([known.id], how=how)
    else:
        _note_claim(me.customer_id, known.id, how)


@transaction.atomic
def moved(*, old: Address, new: Address) -> bool:
    """The provider says that whoever held `old` is now at `new`: the new address is theirs, the old one nobody's. Its customer keeps
    what was said there; who writes from it next (numbers are given to others) is somebody else. If another customer uses the
    new one already, an agent decides (a number may have been theirs before). False if nobody is known at `old`.
    """
    known = find(old)
    if known is None:
        return False
    settle_owners({key_of(old): known}, [key_of(old)])
    holder = find(new)
    _take(known, new, how="moved", proven=holder is None or holder.customer_id == known.customer_id)
    Identity.objects.filter(pk=known.id).update(
        verified_at=None, verified_how=CLAIMED, undeliverable_at=timezone.now(), undeliverable_reason=MOVED
    )
    record.facts(
        [
            record.Fact(
                kind=Kind.IDENTITY_CHANGED,
                customer_id=known.customer_id,
                data={"identity": known.id, "change": "moved"},
            )
        ]
    )
    return True


def _is_shared(known: Known) -> bool:
    return Identity.objects.filter(pk=known.id, shared=True).exists()


def release(address: Address, *, keys: Iterable[Key]) -> dict[Key, Known]:
    """The holder of a merely claimed address wrote by themselves: the address gets a customer of its own, the claim is noted.

    Gives the identities at `keys` as they are afterwards.
    """
    known = find(address)
    if known is not None and known.claimed:
        own = Customer.objects.create(name=known.name)
        if not _hand_over(known, own.pk):
            own.delete()
    return read(keys)


def _hand_over(known: Known, customer_id: int) -> bool:
    """Give an address that was merely claimed to another customer. False if somebody else was faster."""
    lock.customers([known.customer_id, customer_id])
    still_claimed = Identity.objects.filter(
        pk=known.id, customer_id=known.customer_id, verified_at=None, verified_how=CLAIMED
    )
    if not still_claimed.update(customer_id=customer_id, verified_how=""):
        return False
    _note_claim(known.customer_id, known.id, CLAIMED)
    record.facts(
        [
            record.Fact(
                kind=Kind.IDENTITY_CHANGED,
                customer_id=known.customer_id,
                data={"identity": known.id, "change": "released"},
            ),
            record.Fact(kind=Kind.IDENTITY_ADDED, customer_id=customer_id, data={"identity": known.id}),
        ]
    )
    return True


def _note_claim(customer_id: int, identity_id: int, how: str) -> None:
    noted = rows.insert(
        Claim,
        ("customer_id", "identity_id", "how", "created_at"),
        [(customer_id, identity_id, how, timezone.now())],
        skip_conflicts=True,
        returning="id",
    )
    if not noted:
        return
    record.facts(
        [
            record.Fact(
                kind=Kind.CUSTOMER_CHANGED,
                customer_id=customer_id,
                data={"change": "claim", "identity": identity_id, "how": how},
            )
        ]
    )


def add(
    customer_id: int, address: Address, *, how: str, verified: bool, actor: Agent | None = None
) -> Identity | None:
    """Give a customer one more address. None if the address belongs to somebody already. Call under the customer's lock."""
    space, value = key_of(address)
    now = timezone.now()
    made = rows.insert(
        Identity,
        (
            "customer_id",
            "space",
            "value",
            "name",
            "verified_at",
            "verified_how",
            "shared",
            "undeliverable_reason",
            "created_at",
        ),
        [
            (
                customer_id,
                space,
                value,
                storable(address.name)[:200],
                now if verified else None,
                how if verified or how == CLAIMED else "",
                False,
                "",
                now,
            )
        ],
        skip_conflicts=True,
        returning="id",
    )
    if not made:
        return None
    fact = record.Fact(
        kind=Kind.IDENTITY_ADDED,
        customer_id=customer_id,
        actor_id=actor.pk if actor else None,
        data={"identity": made[0][0], "how": how},
    )
    record.facts([fact])
    return Identity.objects.get(pk=made[0][0])
