"""Words about who somebody is: how we know an address, why two may be one, who brought them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inbox.models import Identity, Merge
from inbox.suggestions import Reason, Suggestion

register = template.Library()

HOW: Mapping[str, Callable[[], str]] = {
    "signature": lambda: _("Proven by the provider’s signature"),
    "reply": lambda: _("Proven: they answered a mail sent to it"),
    "attested": lambda: _("Proven by the login of your website"),
    "code": lambda: _("Proven by a code sent to it"),
    "link": lambda: _("Proven by a link sent to it"),
    "order": lambda: _("Proven by an order"),
    "import": lambda: _("Taken over as proven with an import"),
    "agent": lambda: _("Confirmed by an agent"),
}


@register.filter
def how_known(identity: Identity) -> str:
    """How and since when we know whose it is, in a sentence."""
    if identity.verified_at is None:
        return _("Said to be theirs, not proven")
    how = HOW.get(identity.verified_how, lambda: _("Proven"))()
    return f"{how} · {date_format(timezone.localtime(identity.verified_at), 'j M Y')}"


@register.filter
def reason(suggestion: Suggestion) -> str:
    """Why two may be one."""
    if suggestion.reason == Reason.PHONE:
        return _("Perhaps the same person: both have proven the number %s") % suggestion.address
    if suggestion.reason == Reason.CLAIMED:
        return _("Perhaps the same person: one of the two said that %s is theirs") % suggestion.address
    return _("Perhaps the same person: same name, same company")


@register.filter
def merged_by(merge: Merge) -> str:
    """Who brought them together."""
    if merge.actor is not None:
        return _("by %s") % merge.actor.name
    return _("by itself: both were proven to be one")
