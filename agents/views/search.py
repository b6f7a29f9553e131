"""Search over customers and messages: a page, and the palette behind Ctrl/Cmd K."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents import limits, rail
from agents.access import AgentRequest, agents_only
from inbox import search as finding
from inbox.limits import spend

IN_PALETTE = 6


@require_safe
@agents_only
def search(request: AgentRequest) -> HttpResponse:
    """The page of results; it has an address, so it can be kept and sent."""
    query = request.GET.get("q", "").strip()
    wait = query and spend(limits.SEARCHES_OF_AGENT, str(request.user.pk))
    if wait:
        return limits.too_many(request, wait)
    results = finding.run(request.user, query) if query else finding.SearchResults()
    context = {"here": "search", "query": query, "results": results}
    return render(request, "agents/_search_results.html" if request.htmx else "agents/search.html", context)


@require_safe
@agents_only
def palette(request: AgentRequest) -> HttpResponse:
    """A few best results and the views whose name fits, as options."""
    query = request.GET.get("q", "").strip()
    wait = query and spend(limits.SEARCHES_OF_AGENT, str(request.user.pk))
    if wait:
        return limits.too_many(request, wait)
    shown = rail.of(request.user)
    wanted = query.casefold()
    views = [view for view in (*shown.views, *shown.teams) if wanted in str(view.label).casefold()]
    results = finding.run(request.user, query, limit=IN_PALETTE) if query else finding.SearchResults()
    return render(
        request, "agents/_palette_results.html", {"query": query, "views": views, "results": results}
    )
