"""What a merge of two customers would bring together, and which merges a customer has behind them. Reads only; takes the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from inbox.actions import merging
from inbox.models import Agent, Attribute, Conversation, Customer, Identity, Merge, Message

LABELS: Mapping[str, Any] = {
    "name": _("Name"),
    "company_id": _("Company"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "about": _("Notes"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing both know differently. `field` is of absorb.FIELDS, or "attribute:key". about may also be both, joined."""

    field: str
    label: str
    keep: str
    gone: str
    joinable: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as far as the reader may see it."""

    customer: Customer
    identities: list[Identity]
    matters: int
    open_matters: int
    messages: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Both sides, what has to be chosen, and what the agent should think of before."""

    keep: Side
    gone: Side
    choices: list[Choice]
    differently_proven: bool
    shared: list[Identity]


def of(reader: Agent, keep: Customer, gone: Customer) -> Preview:
    """What comes together. The caller has checked that the reader may see both."""
    one, other = _side(reader, keep), _side(reader, gone)
    proven = [{identity.space for identity in side.identities if identity.verified} for side in (one, other)]
    shared = [identity for side in (one, other) for identity in side.identities if identity.shared]
    return Preview(one, other, choices(keep, gone), bool(proven[0]) != bool(proven[1]), shared)


def choices(keep: Customer, gone: Customer) -> list[Choice]:
    """What both have, and not the same."""
    found = []
    for field, label in LABELS.items():
        mine, theirs = getattr(keep, field), getattr(gone, field)
        if mine and theirs and mine != theirs:
            if field == "company_id":
                mine, theirs = str(keep.company), str(gone.company)
            found.append(Choice(field, str(label), mine, theirs, joinable=field == "about"))
    labels = dict(Attribute.objects.values_list("key", "label"))
    for key in sorted(set(keep.attributes) & set(gone.attributes)):
        mine, theirs = keep.attributes[key], gone.attributes[key]
        if mine != theirs:
            found.append(Choice(f"attribute:{key}", labels.get(key, key), str(mine), str(theirs)))
    return found


def chosen(keep: Customer, gone: Customer, answers: Mapping[str, str]) -> dict[str, Any]:
    """The surviving values, from answers like {"name": "gone", "about": "both"}; what is not answered stays as `keep` has it."""
    values: dict[str, Any] = {}
    attributes = {**gone.attributes, **keep.attributes}
    for choice in choices(keep, gone):
        answer = answers.get(choice.field, "keep")
        if choice.field.startswith("attribute:") and answer == "gone":
            key = choice.field.partition(":")[2]
            attributes[key] = gone.attributes[key]
            values["attributes"] = attributes
        elif answer == "gone":
            values[choice.field] = getattr(gone, choice.field)
        elif answer == "both" and choice.joinable:
            values[choice.field] = f"{choice.keep}\n\n{choice.gone}"
    return values


def merges(reader: Agent, customer: Customer) -> list[Merge]:
    """What became part of this customer and can be taken back, newest first, but for what the reader never could see."""
    family = merging.family_of(customer)
    rows = (
        Merge.objects.filter(keep__in=family, undone_at=None).select_related("gone", "actor").order_by("-pk")
    )
    listed = list(rows[:20])
    ids = {int(pk) for merge in listed for pk in merge.moved["conversations"]}
    seen = set(Conversation.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        merge
        for merge in listed
        if not merge.moved["conversations"] or seen & {int(pk) for pk in merge.moved["conversations"]}
    ]


def _side(reader: Agent, customer: Customer) -> Side:
    identities = Identity.objects.visible_to(reader).filter(customer=customer).order_by("pk")
    matters = Conversation.objects.visible_to(reader).filter(customer=customer, merged_into=None, quiet=False)
    return Side(
        customer,
        list(identities),
        matters.count(),
        matters.unresolved().count(),
        Message.objects.visible_to(reader).filter(customer=customer).count(),
    )
