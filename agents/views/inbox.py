"""The list: a view's page, its further rows, the rows of conversations that changed, and the rail's counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from agents import rail
from agents.access import AgentRequest, agents_only, everybody
from agents.rail import QueueView
from inbox import keyset, queues
from inbox.models import Agent
from inbox.queues import Row

PAGE = 50
MOST_ONLY = 100


@require_safe
@everybody
def home(request: AgentRequest) -> HttpResponse:
    """The first page after login."""
    return redirect("shop") if request.user.is_store else redirect("inbox", "mine")


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
    shown = [row for row in found if _stands_in(row, view, request.user)]
    context = {"rows": shown, "view": view, "mentioners": _mentioners(shown)}
    return render(request, "agents/_rows.html", context)


def _stands_in(row: Row, view: QueueView, agent: Agent) -> bool:
    if view.key == "mentions":
        return row.why.kind == "mentioned"
    return queues.belongs(row.conversation, view.key, agent)


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
    return {
        "view": view,
        "rows": page.rows,
        "more": more,
        "order": order,
        "mentioners": _mentioners(page.rows),
    }


def _mentioners(rows: Sequence[Row]) -> dict[int, str]:
    """The first names of those who mentioned me, by id."""
    ids = {row.why.agent_id for row in rows if row.why.kind == "mentioned" and row.why.agent_id}
    return {agent.pk: agent.name.split(" ")[0] for agent in Agent.objects.filter(pk__in=ids)} if ids else {}
