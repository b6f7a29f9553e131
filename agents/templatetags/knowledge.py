"""What is known of a person, for the panel: the company's own fields, what they allow at each address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import template
from django.utils.translation import gettext_lazy as _

from inbox import attributes, permission
from inbox.models import Attribute, Consent, Customer, Identity

register = template.Library()

HOW: Mapping[str, object] = {
    "stop": _("by STOP"),
    "start": _("by START"),
    "unsubscribe": _("on the page our mails link to"),
    "agent": _("noted by a colleague"),
    "form": _("in a form"),
    "api": _("told by another system"),
    "import": _("imported"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One of the company's own fields, with what this customer has in it as people read it."""

    key: str
    label: str
    shown: str
    link: str


@register.simple_tag
def fields_of(customer: Customer) -> list[Field]:
    """The company's own fields, in their order."""
    return [
        Field(
            field.key,
            field.label,
            attributes.shown(field, customer.attributes.get(field.key)),
            attributes.link(field, customer.attributes.get(field.key)),
        )
        for field in Attribute.objects.all()
    ]


@register.simple_tag
def consents_of(identities: Iterable[Identity]) -> list[tuple[Identity, list[permission.Standing]]]:
    """What each of these addresses takes."""
    return permission.standing(identities)


@register.filter
def said_how(consent: Consent) -> str:
    """How it was said: "by STOP", "noted by Sam Reed"."""
    if consent.how == "agent" and consent.actor is not None:
        return str(_("noted by %(name)s") % {"name": consent.actor.name})
    return str(HOW.get(consent.how, consent.how))
