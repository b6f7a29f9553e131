"""The audit log: who did what to what, when, from where. Read only."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents import audit
from agents.access import AgentRequest, admins_only
from agents.views.settings import show
from inbox.keyset import BadCursor


@require_safe
@admins_only
def log(request: AgentRequest) -> HttpResponse:
    """A page of it; ?after= goes on."""
    try:
        entries, more = audit.page(request.user, after=request.GET.get("after", ""))
    except BadCursor as error:
        raise BadRequest(str(error)) from error
    return show.page(
        request,
        "audit",
        section="audit",
        heading=_("Audit log"),
        entries=entries,
        more=more,
        further="after" in request.GET,
    )
