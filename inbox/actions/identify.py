"""Who is behind an address: finding or making identities without races, proofs, claims, and consent.

Unverified never becomes part of verified by itself: a claim on somebody else's address is written down for an agent, no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from inbox.actions import absorb, lock, record, rows
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Agent, Claim, Customer, Identity
from inbox.models.people import CustomerKind
from inbox.models.staff import public_id
from inbox.text import storable

Key = tuple[str, str]


@dataclass(slots=True)
class Known:
    """An identity as receive needs it."""

    id: int
    customer_id: int
    verified: bool
    name: str


def key_of(address: Address) -> Key:
    """The unique key of an address, cut to what the columns hold."""
    return address.space[:40], storable(address.value)[:320]


def resolve(addresses: Iterable[Address], *, groups: frozenset[Key] = frozenset()) -> dict[Key, Known]:
    """Find or make the identities of these addresses; each new one gets a customer of its own.

    Race-proof by the unique constraint: who loses the race takes the winner's row and drops its own customer.
    """
    names: dict[Key, str] = {}
    for address in addresses:
        key = key_of(address)
        names[key] = names.get(key) or storable(address.name)[:200]
    found = _read(names)
    missing = sorted(set(names) - set(found))
    if missing:
        _make([(key, names[key], key in groups) for key in missing])
        found |= _read(missing)
    return found


def _read(keys: Iterable[Key]) -> dict[Key, Known]:
    listed = list(keys)
    if not listed:
        return {}
    answer = rows.select(
        "SELECT i.space, i.value, i.id, i.customer_id, i.verified_at IS NOT NULL, i.name FROM inbox_identity i"
        " JOIN unnest(%s::text[], %s::text[]) AS w(space, value) ON i.space = w.space AND i.value = w.value",
        [[key[0] for key in listed], [key[1] for key in listed]],
    )
    return {
        (space, value): Known(id_, owner, verified, name)
        for space, value, id_, owner, verified, name in answer
    }


def find(address: Address) -> Known | None:
    """The identity at this address, or None."""
    return _read([key_of(address)]).get(key_of(address))


def _make(missing: list[tuple[Key, str, bool]]) -> None:
    now = timezone.now()
    ids = [public_id() for _ in missing]
    owners = dict(
        rows.insert(
            Customer,
            ("public_id", "kind", "name", "vip", "blocked", "language", "time_zone", "about", "created_at"),
            [
                (
                    pid,
                    CustomerKind.GROUP if group else CustomerKind.PERSON,
                    name,
                    False,
                    False,
                    "",
                    "",
                    "",
                    now,
                )
                for pid, (_key, name, group) in zip(ids, missing, strict=True)
            ],
            returning="public_id, id",
        )
    )
    won = rows.insert(
        Identity,
        (
            "customer_id",
            "space",
            "value",
            "name",
            "verified_how",
            "shared",
            "undeliverable_reason",
            "created_at",
        ),
        [
            (owners[pid], key[0], key[1], name, "", False, "", now)
            for pid, (key, name, _group) in zip(ids, missing, strict=True)
        ],
        skip_conflicts=True,
        returning="customer_id",
    )
    lost = set(owners.values()) - {row[0] for row in won}
    if lost:
        Customer.objects.filter(pk__in=lost).delete()


def settle_owners(
    book: dict[Key, Known], keys: Iterable[Key], also: Iterable[int] = ()
) -> dict[int, Customer]:
    """Lock the owners of these identities (and `also`), following a merge that happened in between. Updates the book."""
    wanted = list(keys)
    extra = set(also)
    locked: dict[int, Customer] = {}
    for _attempt in range(5):
        needed = {book[key].customer_id for key in wanted} | extra
        if needed <= set(locked):
            return locked
        locked = lock.customers(needed | set(locked))
        book.update(_read(book))
    raise RuntimeError("The owners of these addresses keep changing; the receipt is tried again.")


def note_names(book: dict[Key, Known], addresses: Iterable[Address], owners: dict[int, Customer]) -> None:
    """A name that comes with an address fills an empty one; it never replaces a name somebody already has."""
    for address in addresses:
        name = storable(address.name)[:200]
        known = book[key_of(address)]
        owner = owners.get(known.customer_id)
        if not name or owner is None:
            continue
        if not known.name:
            Identity.objects.filter(pk=known.id).update(name=name)
            known.name = name
        if not owner.name:
            Customer.objects.filter(pk=owner.pk).update(name=name)
            owner.name = name


def verify(identity_ids: Iterable[int], *, how: str, at: datetime | None = None) -> None:
    """Mark identities as proven. Those that already are stay as they were."""
    ids = list(identity_ids)
    if not ids:
        return
    fresh = list(Identity.objects.filter(pk__in=ids, verified_at=None).order_by("pk"))
    Identity.objects.filter(pk__in=[identity.pk for identity in fresh]).update(
        verified_at=at or timezone.now(), verified_how=how
    )
    record.facts(
        [
            record.Fact(
                # A provider's signature is no news worth a line in the thread; the panel shows the mark all the same.
                kind=Kind.CUSTOMER_CHANGED if how == "signature" else Kind.IDENTITY_CHANGED,
                customer_id=identity.customer_id,
                data={"identity": identity.pk, "change": "verified", "how": how},
            )
            for identity in fresh
        ]
    )


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

    A proof that nobody holds is added, verified. One that another customer holds verified brings the two together (both sides
    are proven). One that another customer merely claims, and every claim on another's address, is noted for an agent.
    Gives the id of the customer whom the author now belongs to.
    """
    book = resolve([author])
    me = book[key_of(author)]
    settle_owners(book, book)
    for address in proofs:
        _take(me, address, how=how, proven=True)
    for address in claims:
        _take(me, address, how="claimed", proven=False)
    if name:
        owner = lock.customer(me.customer_id)
        note_names(book, [Address(space=author.space, value=author.value, name=name)], {owner.pk: owner})
    return me.customer_id


def _take(me: Known, address: Address, *, how: str, proven: bool) -> None:
    known = find(address)
    if known is None:
        add(me.customer_id, address, how=how, verified=proven)
    elif known.customer_id == me.customer_id:
        if proven:
            verify([known.id], how=how)
    elif proven and known.verified:
        absorb.into(keep_id=known.customer_id, gone_id=me.customer_id)
        me.customer_id = known.customer_id
    else:
        rows.insert(
            Claim,
            ("customer_id", "identity_id", "how", "created_at"),
            [(me.customer_id, known.id, how, timezone.now())],
            skip_conflicts=True,
        )
        record.facts(
            [
                record.Fact(
                    kind=Kind.CUSTOMER_CHANGED,
                    customer_id=me.customer_id,
                    data={"change": "claim", "identity": known.id, "how": how},
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
                how if verified else "",
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


@transaction.atomic
def consent(*, address: Address, allowed: bool) -> None:
    """The holder refused (STOP) or allowed again (START) what we send to this address."""
    known = resolve([address])[key_of(address)]
    lock.customer(known.customer_id)
    # “Yes” is a START word, too: only what changes something is an event.
    other_way = Identity.objects.filter(pk=known.id, opted_out_at__isnull=not allowed)
    if not other_way.update(opted_out_at=None if allowed else timezone.now()):
        return
    change = "opted_in" if allowed else "opted_out"
    record.facts(
        [
            record.Fact(
                kind=Kind.IDENTITY_CHANGED,
                customer_id=known.customer_id,
                data={"identity": known.id, "change": change},
            )
        ]
    )
