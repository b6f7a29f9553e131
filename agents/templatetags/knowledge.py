"""What is known of a person, for the panel: the company's own fields, what they allow at each address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formataddr

from django import template
from django.template import RequestContext
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents import takes_part
from inbox import attributes, companies, permission, preferences, registry
from inbox.models import Attribute, Company, Consent, Conversation, Customer, Identity, Message

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


@register.simple_tag(takes_context=True)
def preferred_of(context: RequestContext, customer: Customer) -> Identity | None:
    """The address they prefer, if the reader may see it."""
    if customer.preferred_identity_id is None:
        return None
    visible = Identity.objects.visible_to(context["request"].user).filter(customer=customer)
    return visible.filter(pk=customer.preferred_identity_id).first()


@register.simple_tag(takes_context=True)
def company_of(context: RequestContext, customer: Customer) -> Company | None:
    """The company their proven address points to, as long as nobody has said where they work."""
    return companies.suggested(context["request"].user, customer)


@register.simple_tag
def outside_hours(customer: Customer) -> bool:
    """Whether it is now outside the hours they prefer."""
    return preferences.outside_hours(customer, timezone.now())


@register.simple_tag(takes_context=True)
def takes_part_in(context: RequestContext, identities: Iterable[Identity]) -> list[Conversation]:
    """Matters of other customers in which these addresses take part, as far as the reader may see them."""
    return takes_part.elsewhere(context["request"].user, identities)


@register.filter
def others(message: Message) -> str:
    """Whom an answer to all of this message would add, as one writes it into Cc; "" if nobody, or if the channel has no Cc."""
    if not message.is_inbound or message.channel is None or message.channel.kind not in registry.kinds():
        return ""
    if not registry.capabilities(message.channel.kind).cc:
        return ""
    authors = {person.identity_id for person in message.participants.all() if person.role == "author"}
    listed = {
        person.identity.value: formataddr((person.identity.name, person.identity.value))
        for person in message.participants.all()
        if person.role in ("to", "cc") and person.identity_id not in {*authors, message.identity_id}
        if person.identity.value.isascii()
    }
    return ", ".join(listed.values())
