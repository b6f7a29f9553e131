"""The company's own fields of customers: made, renamed, put in order, thrown away. What is in one: customers.edit."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Func, JSONField, Max, Value
from django.utils.text import slugify
from django.utils.translation import gettext as _

from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Attribute, Customer
from inbox.models.knowledge import AttributeType
from inbox.text import storable

MOST = 50
MOST_CHOICES = 100
# {{customer.name}} and {{customer.first_name}} of a saved reply mean something already.
TAKEN = frozenset({"name", "first_name"})


@transaction.atomic
def save(
    *, actor: Agent, attribute: Attribute | None, label: str, kind: str = "", choices: Sequence[str] = ()
) -> Attribute:
    """Make a field (kind: an AttributeType), or rename it and change its choices. Its key comes from its first name and never changes, nor does its
    type: values are kept by them. A choice taken away stays where it was chosen. Audited. Raises Refused."""
    clean = " ".join(storable(label).split())[:80]
    if not clean:
        raise Refused(_("It needs a name."))
    others = Attribute.objects.exclude(pk=attribute.pk) if attribute else Attribute.objects.all()
    if others.filter(label__iexact=clean).exists():
        raise Refused(_("There is already one called “%(name)s”.") % {"name": clean})
    attribute = attribute or _new(clean, kind)
    attribute.label = clean
    attribute.choices = _choices(choices) if attribute.type == AttributeType.CHOICE else []
    attribute.save()
    record.audit("field saved", actor=actor, about=attribute)
    return attribute


@transaction.atomic
def put_in_order(*, actor: Agent, attribute: Attribute, step: int) -> None:
    """One place up (-1) or down (1) in the order in which fields are shown."""
    listed = list(Attribute.objects.select_for_update())
    at = next((place for place, each in enumerate(listed) if each.pk == attribute.pk), None)
    if at is None or not 0 <= at + step < len(listed):
        return
    listed[at], listed[at + step] = listed[at + step], listed[at]
    for position, each in enumerate(listed):
        each.position = position
    Attribute.objects.bulk_update(listed, ["position"])
    record.audit("fields put in order", actor=actor, about=attribute)


@transaction.atomic
def delete(*, actor: Agent, attribute: Attribute) -> int:
    """Throw a field away, with what every customer has in it. Gives how many had something."""
    without = Func(
        F("attributes"), Value(attribute.key), template="(%(expressions)s)", arg_joiner=" - ",
        output_field=JSONField(),
    )  # fmt: skip
    held = Customer.objects.filter(attributes__has_key=attribute.key).update(attributes=without)
    record.audit("field deleted", actor=actor, about=attribute, data={"values": held})
    attribute.delete()
    return held


def _new(label: str, kind: str) -> Attribute:
    if kind not in AttributeType.values:
        raise Refused(_("Choose what kind of field it is."))
    last = Attribute.objects.aggregate(last=Max("position"))["last"]
    if Attribute.objects.count() >= MOST:
        raise Refused(_("There can be %(most)d fields. Delete one that nobody uses.") % {"most": MOST})
    return Attribute(key=_free_key(label), type=kind, position=0 if last is None else last + 1)


def _free_key(label: str) -> str:
    """Short, of plain letters, and nobody else's: "Shoe size" → shoe_size."""
    wanted = slugify(label).replace("-", "_")[:36].strip("_") or "field"
    taken = TAKEN | set(Attribute.objects.values_list("key", flat=True))
    keys = [wanted, *(f"{wanted}_{number}" for number in range(2, MOST + 3))]
    return next(key for key in keys if key not in taken)


def _choices(given: Sequence[str]) -> list[str]:
    once: dict[str, str] = {}
    for each in given:
        clean = " ".join(storable(each).split())[:100]
        once.setdefault(clean.casefold(), clean)
    listed = [each for each in once.values() if each]
    if not listed:
        raise Refused(_("Give at least one choice."))
    if len(listed) > MOST_CHOICES:
        raise Refused(_("There can be %(most)d choices.") % {"most": MOST_CHOICES})
    return listed
