"""Teams and desks: who shares a queue, and whose matters are whose."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agents import access
from agents.access import AgentRequest, admins_only, managers_only
from agents.settings_forms import DeskForm, TeamForm
from agents.views.settings import show
from inbox.actions import staff
from inbox.actions.errors import Refused
from inbox.models import Desk, Team


@require_safe
@managers_only
def teams(request: AgentRequest) -> HttpResponse:
    """The teams of desks I may read."""
    listed = access.teams(request.user).prefetch_related("members")
    return show.page(request, "teams", section="teams", heading=_("Teams"), teams=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def team(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """One team; without a number a new one."""
    found = access.team(request.user, pk) if pk is not None else None
    form = TeamForm(request.POST or None, initial=_team_now(found), reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            staff.save_team(actor=request.user, team=found, **form.cleaned_data)
        except Refused as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-teams")
    heading = found.name if found else _("New team")
    back = reverse("settings-teams")
    return show.page(request, "form", section="teams", heading=heading, back=back, form=form)


def _team_now(found: Team | None) -> dict[str, object]:
    if found is None:
        return {}
    return {"name": found.name, "desk": found.desk_id, "colour": found.colour, "members": found.members.all()}


@require_safe
@admins_only
def desks(request: AgentRequest) -> HttpResponse:
    """All desks. Their names and members are no secret to an admin, who must be able to set them; what they hold is."""
    listed = Desk.objects.prefetch_related("members")
    return show.page(request, "desks", section="desks", heading=_("Desks"), desks=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def desk(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """One desk; without a number a new one."""
    found = get_object_or_404(Desk, pk=pk) if pk is not None else None
    now = (
        {"name": found.name, "restricted": found.restricted, "members": found.members.all()} if found else {}
    )
    form = DeskForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            staff.save_desk(actor=request.user, desk=found, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-desks")
    heading = found.name if found else _("New desk")
    back = reverse("settings-desks")
    return show.page(request, "form", section="desks", heading=heading, back=back, form=form)
