"""What agents know of a person: name, company, notes, VIP, block; and addresses added by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inbox import attributes
from inbox.actions import identify, lock, proving, record
from inbox.actions.errors import Refused, Taken
from inbox.contract import Address
from inbox.events import Kind
from inbox.models import Agent, Attribute, Company, Customer, Identity
from inbox.text import storable

MARKS = ("vip", "blocked")
"""What can be said of a customer with yes or no; each change is a line of the thread, and can be undone."""
_TEXTS = {"name": 200, "about": 10_000, "language": 12, "time_zone": 64}


@transaction.atomic
def add(*, agent: Agent, addresses: Iterable[Address] = (), **values: Any) -> Customer:
    """Somebody new with the addresses we were told of, all claimed; `values` as for edit. Raises Taken."""
    customer = Customer.objects.create()
    for address in addresses:
        add_identity(agent=agent, customer_id=customer.pk, address=address)
    return edit(agent=agent, customer_id=customer.pk, **values)


@transaction.atomic
def edit(*, agent: Agent, customer_id: int, batch: str = "", **values: Any) -> Customer:
    """Change name, about, language, time_zone, vip, blocked, company (a name; "" takes it away), attributes (key → value as
    given; "" or None takes it away), preferred_identity (an id, one of theirs, or None), preferred_from or preferred_until (a
    time in their zone, or None). Others raise Refused, as do values that do not fit."""
    customer = lock.customer(customer_id)
    before = {mark: getattr(customer, mark) for mark in MARKS}
    changed = []
    for name, value in values.items():
        if name in _TEXTS:
            setattr(customer, name, storable(str(value)).strip()[: _TEXTS[name]])
        elif name == "preferred_identity":
            customer.preferred_identity = _own(customer, value)
        elif name in ("preferred_from", "preferred_until"):
            setattr(customer, name, value)
        elif name in MARKS:
            setattr(customer, name, bool(value))
        elif name == "company":
            customer.company = _company(str(value))
        elif name == "attributes":
            customer.attributes = _attributes(customer, value)
        else:
            raise Refused(_("“%(name)s” cannot be changed here.") % {"name": name})
        changed.append(name)
    customer.save(update_fields=changed)
    facts = [
        record.Fact(
            kind=Kind.CUSTOMER_CHANGED,
            customer_id=customer.pk,
            actor_id=agent.pk,
            data={"change": sorted(changed)},
        )
    ]
    facts += [
        record.Fact(
            kind=Kind.CUSTOMER_MARKED,
            customer_id=customer.pk,
            actor_id=agent.pk,
            data={"mark": mark, "after": getattr(customer, mark)},
            batch=batch,
        )
        for mark in MARKS
        if getattr(customer, mark) != before[mark]
    ]
    record.facts(facts)
    return customer


def _own(customer: Customer, identity_id: int | None) -> Identity | None:
    """One of their addresses. Raises Refused if it is somebody else's."""
    if identity_id is None:
        return None
    found = Identity.objects.filter(pk=identity_id, customer=customer).first()
    if found is None:
        raise Refused(_("This address belongs to another customer."))
    return found


def _attributes(customer: Customer, given: Mapping[str, object]) -> dict[str, Any]:
    """All of the customer's, with those given in the place of what was there."""
    known = {field.key: field for field in Attribute.objects.filter(key__in=given)}
    if missing := sorted(set(given) - set(known)):
        raise Refused(_("There is no customer field “%(key)s”.") % {"key": missing[0]})
    changed = {key: attributes.value(known[key], raw) for key, raw in given.items()}
    return {key: kept for key, kept in {**customer.attributes, **changed}.items() if kept is not None}


def _company(name: str) -> Company | None:
    clean = " ".join(storable(name).split())[:200]
    return Company.objects.get_or_create(name=clean)[0] if clean else None


@transaction.atomic
def add_identity(*, agent: Agent, customer_id: int, address: Address) -> Identity:
    """Add an address the agent was told: claimed, not verified. Raises Taken if it belongs to somebody."""
    lock.customer(customer_id)
    known = identify.find(address)
    if known is not None and known.customer_id == customer_id:
        return Identity.objects.get(pk=known.id)
    added = proving.add(customer_id, address, how="agent", verified=False, actor=agent)
    if added is None:
        now = known or identify.find(address)
        raise Taken(now.customer_id if now else customer_id)
    return added


@transaction.atomic
def mark_shared(*, agent: Agent, identity_id: int, shared: bool) -> Identity:
    """Say that several people use this address (a family phone, info@): it proves nobody."""
    identity = Identity.objects.get(pk=identity_id)
    lock.customer(identity.customer_id)
    identity.shared = shared
    identity.save(update_fields=["shared"])
    data = {"identity": identity.pk, "change": "shared" if shared else "not_shared"}
    fact = record.Fact(
        kind=Kind.IDENTITY_CHANGED, customer_id=identity.customer_id, actor_id=agent.pk, data=data
    )
    record.facts([fact])
    return identity
