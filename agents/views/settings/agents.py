"""Colleagues: the list, inviting, role, restricted desks, letting somebody go."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import access, limits
from agents.access import AgentRequest, admins_only
from agents.settings_forms import AgentForm, InviteForm
from agents.views.settings import show
from inbox import queueing
from inbox.actions import accounts, staff
from inbox.actions.errors import Refused
from inbox.models import Agent, Desk

RESTRICTED = Prefetch("desks", Desk.objects.filter(restricted=True))


@require_safe
@admins_only
def agents(request: AgentRequest) -> HttpResponse:
    """Everybody who works here, those who were let go last."""
    teams = Prefetch("teams", access.teams(request.user))
    listed = Agent.objects.prefetch_related(teams, RESTRICTED).order_by("-is_active", "name")
    return show.page(request, "agents", section="agents", heading=_("Agents"), agents=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def invite(request: AgentRequest) -> HttpResponse:
    """A new colleague, told by mail."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = staff.add_agent(actor=request.user, **form.cleaned_data)
                _send(request, made)
        except Refused as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": made.email})
            return redirect("settings-agents")
    back = reverse("settings-agents")
    return show.page(request, "invite", section="agents", heading=_("Invite an agent"), back=back, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def agent(request: AgentRequest, pk: int) -> HttpResponse:
    """One colleague."""
    found = get_object_or_404(Agent, pk=pk)
    now = {"role": found.role, "desks": found.desks.filter(restricted=True)}
    form = AgentForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if form.cleaned_data["role"] != found.role:
                    staff.change_role(actor=request.user, agent=found, role=form.cleaned_data["role"])
                staff.set_desks(actor=request.user, agent=found, desks=form.cleaned_data["desks"])
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-agents")
    back = reverse("settings-agents")
    return show.page(
        request, "agent", section="agents", heading=found.name, back=back, form=form, agent=found
    )


@require_POST
@admins_only
def active(request: AgentRequest, pk: int) -> HttpResponse:
    """Let a colleague in again, or out: their sessions and sockets end at once."""
    found = get_object_or_404(Agent, pk=pk)
    try:
        staff.set_active(actor=request.user, agent=found, active=request.POST.get("active") == "yes")
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved"))
    return redirect("settings-agent", pk)


@require_POST
@admins_only
def invite_again(request: AgentRequest, pk: int) -> HttpResponse:
    """Another invitation for somebody who has not taken up theirs."""
    found = get_object_or_404(Agent, pk=pk, is_active=True)
    if found.has_usable_password():
        messages.error(request, _("%(name)s has a password already.") % {"name": found.name})
    else:
        with transaction.atomic():
            _send(request, found)
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": found.email})
    return redirect("settings-agent", pk)


def _send(request: AgentRequest, invited: Agent) -> None:
    accounts.link_requested(agent=invited, actor=request.user, how="invited", ip=limits.client(request))
    queueing.after_commit("agents.tasks.send_invitation", invited.pk)
