"""Deleting customers whom an import made, and to whom nothing else belongs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q

from inbox.models import (
    Claim,
    Consent,
    Conversation,
    Customer,
    Delivery,
    Identity,
    Merge,
    Message,
    Participant,
    Touchpoint,
)


def in_use(identities: Collection[int]) -> set[int]:
    """Addresses that something refers to by now."""
    used: set[int] = set()
    for model in (Participant, Delivery, Message, Touchpoint, Consent, Claim):
        found: Any = model._default_manager.filter(identity__in=identities)  # noqa: SLF001  # any model's own manager
        used |= set(found.values_list("identity_id", flat=True))
    return used


def delete(ids: Collection[int], *, addresses: Collection[int] | None = None) -> set[int]:
    """Delete those of these customers to whom nothing belongs but `addresses` (None: one each). Gives the ids of the deleted."""
    linked = (
        Exists(Conversation.objects.filter(customer=OuterRef("pk")))
        | Exists(Message.objects.filter(customer=OuterRef("pk")))
        | Exists(Touchpoint.objects.filter(customer=OuterRef("pk")))
        | Exists(Touchpoint.objects.filter(told_of=OuterRef("pk")))
        | Exists(Merge.objects.filter(Q(keep=OuterRef("pk")) | Q(gone=OuterRef("pk"))))
        | Exists(Claim.objects.filter(customer=OuterRef("pk")))
    )
    free = set(Customer.objects.filter(~linked, pk__in=ids).values_list("pk", flat=True))
    owners = dict(Identity.objects.filter(customer__in=free).values_list("pk", "customer_id"))
    number = Counter(owners.values())
    used = in_use(owners)
    for pk, owner in owners.items():
        if pk in used or (pk not in addresses if addresses is not None else number[owner] > 1):
            free.discard(owner)
    Identity.objects.filter(customer__in=free).delete()
    Customer.objects.filter(pk__in=free).delete()
    return free
