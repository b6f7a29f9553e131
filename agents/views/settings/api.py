"""Keys to the API: the list, a new one (its text is shown once), revoking."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import limits, tokens
from agents.access import AgentRequest, admins_only
from agents.models import ApiToken
from agents.settings_forms import TokenForm
from agents.views.settings import show
from inbox.actions.errors import Refused


@require_safe
@admins_only
def api(request: AgentRequest) -> HttpResponse:
    """All tokens that were not revoked, the newest first."""
    listed = ApiToken.objects.filter(revoked_at=None).select_related("agent")
    return show.page(request, "api", section="api", heading=_("API"), tokens=listed)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new(request: AgentRequest) -> HttpResponse:
    """A new token. The answer to the POST is the only page its text ever stands on."""
    form = TokenForm(request.POST or None, reader=request.user)
    back = reverse("settings-api")
    if request.method == "POST" and form.is_valid():
        try:
            token, text = tokens.issue(actor=request.user, ip=limits.client(request), **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return show.page(
                request, "api_token", section="api", heading=token.name, back=back, token=token, text=text
            )
    return show.page(request, "form", section="api", heading=_("New token"), back=back, form=form)


@require_POST
@admins_only
def revoke(request: AgentRequest, pk: int) -> HttpResponse:
    """It ends at once."""
    token = get_object_or_404(ApiToken, pk=pk)
    tokens.revoke(actor=request.user, token=token, ip=limits.client(request))
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("settings-api")
