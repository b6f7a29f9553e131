"""The door to the settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from agents.access import AgentRequest, everybody


@require_safe
@everybody
def home(request: AgentRequest) -> HttpResponse:
    """To the section most people of this role come for."""
    return redirect("settings-channels" if request.user.is_admin else "settings-profile")
