"""Who is behind an address: finding or making identities without races, locking their owners, verifying, consent.

What people prove of themselves and what they merely say is in proving.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from inbox.actions import consents, record, rows
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Customer, Identity, Purpose
from inbox.models.people import CustomerKind
from inbox.models.staff import public_id
from inbox.text import storable

Key = tuple[str, str]


@dataclass(slots=True)
class Known:
    """An identity as receive needs it. claimed: somebody else's word is all that gave it its owner (see proving.py)."""

    id: int
    customer_id: int
    verified: bool
    name: str
    claimed: bool = False


@dataclass(slots=True)
class Owner:
    """A customer, locked, as receive needs them."""

    id: int
    name: str
    blocked: bool


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
    found = read(names)
    missing = sorted(set(names) - set(found))
    if missing:
        found |= _make([(key, names[key], key in groups) for key in missing])
    return found


def read(keys: Iterable[Key]) -> dict[Key, Known]:
    return _known(rows.together([_reading(keys)])[0])


_READ = (
    "SELECT i.space, i.value, i.id, i.customer_id, i.verified_at IS NOT NULL, i.name, i.verified_how = 'claimed' FROM inbox_identity i"
    " JOIN unnest(%s::text[], %s::text[]) AS w(space, value) ON i.space = w.space AND i.value = w.value"
)


def _reading(keys: Iterable[Key]) -> rows.Statement | None:
    listed = list(keys)
    return (_READ, [[key[0] for key in listed], [key[1] for key in listed]]) if listed else None


def _known(answer: Iterable[rows.Row]) -> dict[Key, Known]:
    return {
        (space, value): Known(id_, owner, verified, name, claimed)
        for space, value, id_, owner, verified, name, claimed in answer
    }


def find(address: Address) -> Known | None:
    """The identity at this address, or None."""
    return read([key_of(address)]).get(key_of(address))


# In the order given, so that two who make the same addresses never wait for each other.
_MAKE = """
    WITH given AS (
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
            WITH ORDINALITY AS g(public_id, kind, space, value, name, place)
    ), owners AS (
        INSERT INTO inbox_customer (public_id, kind, name, vip, blocked, language, time_zone, about, attributes, created_at)
        SELECT public_id, kind, name, false, false, '', '', '', '{}', now() FROM given RETURNING id, public_id
    )
    INSERT INTO inbox_identity
        (customer_id, space, value, name, verified_how, shared, undeliverable_reason, created_at)
    SELECT o.id, g.space, g.value, g.name, '', false, '', now() FROM given g JOIN owners o USING (public_id) ORDER BY g.place
    ON CONFLICT DO NOTHING
    RETURNING space, value, id, customer_id, false, name, false
"""


def _make(missing: list[tuple[Key, str, bool]]) -> dict[Key, Known]:
    public_ids = [public_id() for _ in missing]
    kinds = [str(CustomerKind.GROUP if group else CustomerKind.PERSON) for _key, _name, group in missing]
    spaces = [key[0] for key, _name, _group in missing]
    values = [key[1] for key, _name, _group in missing]
    made = _known(
        rows.select(_MAKE, [public_ids, kinds, spaces, values, [name for _key, name, _group in missing]])
    )
    lost = [key for key, _name, _group in missing if key not in made]
    if lost:
        Customer.objects.filter(public_id__in=public_ids, identities=None).delete()
    return made | read(lost)


Ask = Callable[[list[int]], Sequence[rows.Statement | None]]


def settle_owners(
    book: dict[Key, Known], keys: Iterable[Key], also: Iterable[int] = (), *, ask: Ask = lambda _owners: ()
) -> tuple[dict[int, Owner], list[list[tuple[Any, ...]]]]:
    """Lock the owners of these identities (and `also`), following a merge that happened in between. Updates the book.

    `ask` gives what else to read under the lock, in the same round trip; the answers come second.
    """
    wanted = list(keys)
    extra = set(also)
    locked: dict[int, Owner] = {}
    answers: list[list[tuple[Any, ...]]] = []
    for _attempt in range(5):
        needed = {book[key].customer_id for key in wanted} | extra
        if needed <= set(locked):
            return locked, answers
        ids = sorted(needed | set(locked))
        owners, known, *answers = rows.together([_locking(ids), _reading(book), *ask(ids)])
        locked = {id_: Owner(id_, name, blocked) for id_, name, blocked in owners}
        book.update(_known(known))
    raise RuntimeError("The owners of these addresses keep changing; the receipt is tried again.")


def lock_owners(ids: Iterable[int]) -> dict[int, Owner]:
    """Lock these customers, as lock.customers does, for receive."""
    return {row[0]: Owner(*row) for row in rows.select(*_locking(sorted(set(ids))))}


def _locking(ids: list[int]) -> rows.Statement:
    return (
        "SELECT id, name, blocked FROM inbox_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [ids],
    )


def note_names(book: dict[Key, Known], addresses: Iterable[Address], owners: dict[int, Owner]) -> None:
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
            Customer.objects.filter(pk=owner.id).update(name=name)
            owner.name = name


def verify(identity_ids: Iterable[int], *, how: str, at: datetime | None = None) -> None:
    """Mark identities as proven. Those that already are stay as they were."""
    ids = list(identity_ids)
    if not ids:
        return
    fresh = rows.select(
        "UPDATE inbox_identity SET verified_at = %s, verified_how = %s WHERE id = ANY(%s) AND verified_at IS NULL"
        " RETURNING id, customer_id",
        [at or timezone.now(), how, ids],
    )
    record.facts(
        [
            record.Fact(
                # A provider's signature is no news worth a line in the thread; the panel shows the mark all the same.
                kind=Kind.CUSTOMER_CHANGED if how == "signature" else Kind.IDENTITY_CHANGED,
                customer_id=customer_id,
                data={"identity": identity_id, "change": "verified", "how": how},
            )
            for identity_id, customer_id in sorted(fresh)
        ]
    )


def consent(*, address: Address, allowed: bool, at: datetime | None = None) -> None:
    """The holder refused (STOP) or allowed again (START) what we send to this address, `at` that moment; older news changes nothing."""
    known = resolve([address])[key_of(address)]
    how = "start" if allowed else "stop"
    consents.change(identity_id=known.id, purpose=Purpose.SERVICE, allowed=allowed, how=how, at=at)


def nameless(*, space: str, scope: str, limit: int) -> list[Identity]:
    """The newest addresses of this account without a name whose provider has not been asked yet."""
    fresh = timezone.now() - timedelta(days=1)
    found = Identity.objects.filter(space=space, value__startswith=scope, name="", name_asked_at=None)
    return list(found.filter(created_at__gt=fresh).order_by("-pk")[:limit])


@transaction.atomic
def called(*, identity_id: int, name: str) -> bool:
    """The provider was asked, and calls them so ("" if it does not tell). A name an agent gave the customer stays."""
    identity = Identity.objects.get(pk=identity_id)
    Identity.objects.filter(pk=identity_id).update(name_asked_at=timezone.now())
    if not name:
        return False
    owners = lock_owners([identity.customer_id])
    address = Address(space=identity.space, value=identity.value, name=name)
    note_names(read([key_of(address)]), [address], owners)
    return True
