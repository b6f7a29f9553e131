"""Who may be the same person: hints with their reasons for an agent to accept or dismiss. Reads only; nothing merges by itself.

A shared address (a family's phone, info@) is never a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.db.models.functions import Upper

from inbox.actions import merging
from inbox.models import Agent, Claim, Customer, Dismissal, Identity
from inbox.models.people import CustomerKind

MOST = 5
"""More are not shown at once: the surest come first."""


class Reason(StrEnum):
    """Why two may be one, the surest first."""

    PHONE = "phone"
    CLAIMED = "claimed"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`other` may be the same person, because of `address` (with phone, claimed) or of the same name at the same company."""

    other: Customer
    reason: Reason
    address: str = ""


def of(reader: Agent, customer: Customer) -> list[Suggestion]:
    """Hints for this customer, as far as the reader may see the other one. At most MOST, in six queries or fewer."""
    if customer.kind != CustomerKind.PERSON or customer.merged_into_id is not None:
        return []
    found: dict[int, tuple[Reason, str]] = {}
    for other_id, reason, address in (
        *_phones(reader, customer),
        *_claims(reader, customer),
        *_names(customer),
    ):
        found.setdefault(other_id, (reason, address))
    if not found:
        return []
    for stranger in _dismissed(customer):
        found.pop(stranger, None)
    others = Customer.objects.visible_to(reader).filter(pk__in=found, kind=CustomerKind.PERSON)
    known = others.exclude(pk=customer.pk).select_related("company").in_bulk()
    return [Suggestion(known[pk], *why) for pk, why in found.items() if pk in known][:MOST]


def _dismissed(customer: Customer) -> set[int]:
    """Whom an agent has said they are not, as they are now: either may have become part of another since."""
    family = merging.family_of(customer)
    pairs = Dismissal.objects.filter(Q(one__in=family) | Q(other__in=family))
    strangers = {pk for pair in pairs.values_list("one_id", "other_id") for pk in pair} - family
    return {merging.root_of(stranger).pk for stranger in Customer.objects.filter(pk__in=strangers)}


def _phones(reader: Agent, customer: Customer) -> list[tuple[int, Reason, str]]:
    """The same proven number in another space: "whatsapp:…/442079460000" and "phone:+442079460000"."""
    own = (
        Identity.objects.visible_to(reader).filter(customer=customer, shared=False).exclude(verified_at=None)
    )
    found = []
    for identity in own:
        number = identity.value.rpartition("/")[2].lstrip("+")
        if not number.isdecimal() or len(number) < 7:
            continue
        same = Identity.objects.visible_to(reader).filter(shared=False).exclude(verified_at=None)
        same = same.filter(value__iendswith=number).exclude(customer=customer)
        found += [
            (other.customer_id, Reason.PHONE, str(identity))
            for other in same[: MOST * 2]
            if other.value.rpartition("/")[2].lstrip("+") == number
        ]
    return found


def _claims(reader: Agent, customer: Customer) -> list[tuple[int, Reason, str]]:
    """They said an address is theirs that another has, or another said so of one of theirs."""
    visible = Identity.objects.visible_to(reader).filter(shared=False)
    claims = Claim.objects.filter(Q(customer=customer) | Q(identity__customer=customer), identity__in=visible)
    return [
        (
            claim.identity.customer_id if claim.customer_id == customer.pk else claim.customer_id,
            Reason.CLAIMED,
            str(claim.identity),
        )
        for claim in claims.select_related("identity").order_by("-pk")[: MOST * 4]
    ]


def _names(customer: Customer) -> list[tuple[int, Reason, str]]:
    """The same full name at the same company."""
    if customer.company_id is None or len(customer.name.split()) < 2:
        return []
    same = Customer.objects.annotate(loud=Upper("name")).filter(
        company=customer.company_id, loud=customer.name.upper(), merged_into=None
    )
    return [
        (pk, Reason.NAME, "") for pk in same.exclude(pk=customer.pk).values_list("pk", flat=True)[: MOST * 2]
    ]
