"""Places: the shops and counters where staff meet customers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agents import access
from agents.access import AgentRequest, managers_only
from agents.settings_forms import PlaceForm
from agents.views.settings import show
from inbox.actions import places as actions
from inbox.actions.errors import Refused


@require_safe
@managers_only
def places(request: AgentRequest) -> HttpResponse:
    """The places of desks I may read, open ones first."""
    listed = access.places(request.user).order_by("closed", "name")
    return show.page(request, "places", section="places", heading=_("Places"), places=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def place(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """One place; without a number a new one."""
    found = access.place(request.user, pk) if pk is not None else None
    now = {"name": found.name, "desk": found.desk_id, "closed": found.closed} if found else {}
    form = PlaceForm(request.POST or None, initial=now, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save(actor=request.user, place=found, **form.cleaned_data)
        except Refused as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-places")
    heading = found.name if found else _("New place")
    back = reverse("settings-places")
    return show.page(request, "form", section="places", heading=heading, back=back, form=form)
