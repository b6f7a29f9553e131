"""Channels that need a hand: reconnecting one, asking its provider for templates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agents import access, checking, limits, reconnecting
from agents.access import AgentRequest, admins_only
from inbox import registry
from inbox.limits import spend


@require_POST
@admins_only
def reconnect(request: AgentRequest, pk: int, replay: reconnecting.Replay) -> HttpResponse:
    """Check it, and let go on what waited."""
    found = access.channel(request.user, pk)
    wait = spend(limits.CHECKS_OF_AGENT, str(request.user.pk))
    if wait:
        return limits.too_many(request, wait)
    tell(request, reconnecting.reconnect(found, actor=request.user, replay=replay))
    return redirect("settings-channel", pk)


def tell(request: AgentRequest, done: reconnecting.Reconnected) -> None:
    """Say on the next page what came of it."""
    (messages.success if done.health.ok else messages.error)(request, done.told)


@require_POST
@admins_only
def ask_templates(request: AgentRequest, pk: int) -> HttpResponse:
    """What the provider has approved, as it stands there now."""
    found = access.channel(request.user, pk)
    if not registry.capabilities(found.kind).templates:
        messages.error(request, _("This kind of channel has no templates."))
        return redirect("settings-channel", pk)
    wait = spend(limits.CHECKS_OF_AGENT, str(request.user.pk))
    if wait:
        return limits.too_many(request, wait)
    trouble = checking.ask_templates(found)
    if trouble:
        messages.error(request, trouble)
    else:
        number = found.templates.count()
        told = ngettext("There is %(n)d template.", "There are %(n)d templates.", number)
        messages.success(request, told % {"n": number})
    return redirect("settings-channel", pk)
