"""A batch of a customers file: who is meant by each row, and what it changes. Writing it is people_writing.py.

A row finds its customer by any of its addresses. Import never brings customers together: addresses of two make a bad row.
Addresses of customers whom the person importing may not know are left out without a word, so that no file tells of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inbox.actions import identify, proving
from inbox.actions.identify import Key, key_of
from inbox.actions.importing import cells
from inbox.actions.importing.cells import Bad, Cells
from inbox.actions.importing.columns import ATTRIBUTE
from inbox.contract import Address
from inbox.models import Agent, Attribute, Customer, Desk, Identity
from inbox.models.people import CustomerKind

COLUMNS = ("name", "language", "time_zone", "vip", "about")
"""Fields that are columns of Customer; "company" and the attributes are kept in their own way."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a row says of somebody. values: field → value, without those that are empty."""

    number: int
    values: dict[str, Any]
    addresses: list[Address]


@dataclass(eq=False, slots=True)
class Holder:
    """A customer as this batch knows them, known already or about to be made."""

    customer: Customer
    company: str
    fresh: bool = False

    def value(self, name: str) -> Any:
        if name == "company":
            return self.company
        if name.startswith(ATTRIBUTE):
            return self.customer.attributes.get(name.removeprefix(ATTRIBUTE))
        return getattr(self.customer, name)

    def put(self, name: str, value: Any) -> None:
        if name == "company":
            self.company = value or ""
        elif not name.startswith(ATTRIBUTE):
            setattr(self.customer, name, value)
        elif value is None:
            self.customer.attributes.pop(name.removeprefix(ATTRIBUTE), None)
        else:
            self.customer.attributes[name.removeprefix(ATTRIBUTE)] = value


@dataclass(eq=False, slots=True)
class Change:
    """What a row brings. values: field → [before, after]; added: new addresses; proven: ids of addresses it verifies."""

    number: int
    holder: Holder
    created: bool
    values: dict[str, list[Any]]
    added: list[Address]
    proven: list[int]

    @property
    def empty(self) -> bool:
        return not (self.created or self.values or self.added or self.proven)


def person(row: Cells, attributes: Iterable[Attribute]) -> Person:
    """What the row says. Raises Bad."""
    addresses = row.addresses()
    if not addresses:
        raise Bad(_("This row has no e-mail address, phone or customer number."))
    values: dict[str, Any] = {"name": _name(row), "company": row.text("company")}
    values["about"] = cells.notes(row.texts("about"))
    if text := row.text("language"):
        values["language"] = cells.language(text)
    if text := row.text("time_zone"):
        values["time_zone"] = cells.time_zone(text)
    if text := row.text("vip"):
        values["vip"] = row.yes_no(text)
    for attribute in attributes:
        if text := row.text(ATTRIBUTE + attribute.key, most=2_000):
            values[ATTRIBUTE + attribute.key] = row.attribute(attribute, text)
    return Person(row.row.number, {name: value for name, value in values.items() if value != ""}, addresses)


def _name(row: Cells) -> str:
    return row.text("name") or cells.checked(f"{row.text('first_name')} {row.text('last_name')}".strip(), 200)


@dataclass(slots=True)
class Book:
    """Who holds which address: what is stored, and what this batch adds to it."""

    holders: dict[Key, Holder]
    identities: dict[Key, tuple[int, bool]]
    hidden: set[Key]
    shared: set[Key]


def open_book(people: Sequence[Person], *, agent: Agent, dry: bool) -> Book:
    """Everybody these rows may mean; locked, unless nothing will be written."""
    keys = {key_of(address) for each in people for address in each.addresses}
    known = identify.read(keys)
    for key in sorted(key for key, each in known.items() if each.claimed):
        # What a list of customers says of an address is no news of somebody who only said it is theirs.
        known |= {} if dry else proving.release(Address(space=key[0], value=key[1]), keys=[key])
    known = {key: each for key, each in known.items() if not each.claimed}
    if not dry:
        identify.settle_owners(known, known)
    owners = {each.customer_id for each in known.values()}
    stored = Customer.objects.select_related("company").filter(pk__in=owners)
    by_id = {each.pk: Holder(each, each.company.name if each.company else "") for each in stored}
    hidden, shared = _apart([each.id for each in known.values()], agent)
    return Book(
        holders={key: by_id[each.customer_id] for key, each in known.items() if each.customer_id in by_id},
        identities={key: (each.id, each.verified) for key, each in known.items()},
        hidden={key for key, each in known.items() if each.id in hidden},
        shared={key for key, each in known.items() if each.id in shared},
    )


def _apart(ids: list[int], agent: Agent) -> tuple[set[int], set[int]]:
    """Which of these addresses the agent may not know of, and which several people use."""
    stored = Identity.objects.filter(pk__in=ids)
    shared = set(stored.filter(shared=True).values_list("pk", flat=True))
    if not Desk.objects.exclude(pk__in=Desk.objects.met_by(agent).values("pk")).exists():
        return set(), shared
    mine = stored.visible_to(agent).filter(customer__in=Customer.objects.visible_to(agent))
    return set(ids) - set(mine.values_list("pk", flat=True)), shared


def change(each: Person, book: Book, *, verified: bool) -> Change | None:
    """What the row brings; it is noted in the book at once, for the rows after it. None: only hidden people are meant.

    Raises Bad.
    """
    addresses = {key_of(address): address for address in each.addresses}
    for key in book.hidden & addresses.keys():
        del addresses[key]
    if not addresses:
        return None
    telling = [key for key in addresses if key not in book.shared] or list(addresses)
    holders = {book.holders[key] for key in telling if key in book.holders}
    if len(holders) > 1:
        raise Bad(
            _("The addresses of this row belong to different customers. Merge them first, or mend the row.")
        )
    created = not holders
    holder = next(iter(holders), None) or Holder(Customer(attributes={}), "", fresh=True)
    if holder.customer.kind == CustomerKind.GROUP:
        raise Bad(_("This address belongs to a group, not to one person."))
    values = {
        name: [holder.value(name), value]
        for name, value in each.values.items()
        if holder.value(name) != value
    }
    for name, (_before, after) in values.items():
        holder.put(name, after)
    added = [address for key, address in addresses.items() if key not in book.holders]
    for key in addresses.keys() - book.holders.keys():
        book.holders[key] = holder
    own = [key for key in telling if key not in book.shared]
    mine = [key for key in own if key in book.identities and book.holders[key] is holder]
    proven = [book.identities[key][0] for key in mine if verified and not book.identities[key][1]]
    return Change(each.number, holder, created, values, added, proven)
