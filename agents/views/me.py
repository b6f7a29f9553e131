"""What I say of myself from the rail: my status and my theme."""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents import answers
from agents.access import AgentRequest, agents_only, everybody
from inbox.actions import staff
from inbox.actions.errors import Refused

THEMES = ("light", "dark", "system")


@require_POST
@agents_only
def presence(request: AgentRequest) -> HttpResponse:
    """Online, away, offline."""
    try:
        me = staff.set_presence(agent=request.user, presence=request.POST.get("presence", ""))
    except Refused as error:
        return answers.refused(request, error)
    fragment = render_to_string("agents/_my_status.html", {"agent": me, "oob": True}, request)
    return answers.done(
        request, _("You are %(status)s") % {"status": me.get_presence_display().lower()}, fragment=fragment
    )


@require_POST
@everybody
def theme(request: AgentRequest) -> HttpResponse:
    """Light, dark, or as the system says."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return answers.refused(request, _("There is no such theme."))
    staff.edit_profile(agent=request.user, theme=chosen)
    return answers.done(request, "") if request.htmx else answers.back("/")
