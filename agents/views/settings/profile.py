"""My own profile: how colleagues and customers see me, and how I see the product."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.access import AgentRequest, everybody
from agents.settings_forms import ProfileForm
from agents.views.account import speaking
from agents.views.settings import show
from inbox.actions import staff


@require_http_methods(["GET", "HEAD", "POST"])
@everybody
def profile(request: AgentRequest) -> HttpResponse:
    """Name, time zone, language, theme, signature, and what resolving opens."""
    me = request.user
    now = {name: getattr(me, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=now)
    if request.method != "POST" or not form.is_valid():
        return show.page(request, "profile", section="profile", heading=_("My profile"), form=form)
    staff.edit_profile(agent=me, **form.cleaned_data)
    messages.success(request, _("Saved"))
    return speaking(redirect("settings-profile"), me)
