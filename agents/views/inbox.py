"""The list: a view's page, its further rows, the rows of conversations that changed, and the rail's counts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from agents import rail
from agents.access import AgentRequest, agents_only
from agents.rail import QueueView
from inbox import keyset, queues

PAGE = 50
MOST_ONLY = 100


@require_safe
@agents_only
def home(request: AgentRequest) -> HttpResponse:
    """The first page after login."""
    return redirect("inbox", "mine")


@require_safe
@agents_only
def inbox(request: AgentRequest, slug: str) -> HttpResponse:
    """A view with nothing opened; further rows alone when the list asks for them."""
    view = find_view(request, slug)
    try:
        context = list_context(request, view)
    except keyset.BadCursor as error:
        return HttpResponseBadRequest(str(error))
    if request.htmx and "after" in request.GET:
        return render(request, "agents/_rows.html", context)
    return render(request, "agents/inbox.html", context)


@require_safe
@agents_only
def rows(request: AgentRequest, slug: str) -> HttpResponse:
    """Of the conversations asked for, the rows that stand in this view now; the page takes away the others."""
    view = find_view(request, slug)
    ids = [int(number) for number in request.GET.getlist("only") if number.isdecimal() and len(number) < 19]
    found = queues.rows(request.user, ids[:MOST_ONLY])
    shown = [row for row in found if queues.belongs(row.conversation, view.key, request.user)]
    return render(request, "agents/_rows.html", {"rows": shown, "view": view})


@require_safe
@agents_only
def counts(request: AgentRequest) -> HttpResponse:
    """All counts of the rail, to be swapped out of band."""
    shown = rail.of(request.user)
    return render(request, "agents/_counts.html", {"views": shown.views, "teams": shown.teams})


def find_view(request: AgentRequest, slug: str) -> QueueView:
    """The view, or 404."""
    try:
        return rail.named(slug, request.user)
    except queues.UnknownView as error:
        raise Http404(str(error)) from error


def list_context(request: AgentRequest, view: QueueView) -> dict[str, Any]:
    """What _list.html needs. Raises keyset.BadCursor."""
    order: queues.Order = "waiting" if request.GET.get("order") == "waiting" else "newest"
    page = queues.page(request.user, view.key, after=request.GET.get("after"), limit=PAGE, order=order)
    more = ""
    if page.next_cursor:
        more = f"{view.url}?{urlencode({'after': page.next_cursor, 'order': order})}"
    list_url = reverse("inbox", args=[view.slug])
    return {"view": view, "rows": page.rows, "more": more, "order": order, "list_url": list_url}
