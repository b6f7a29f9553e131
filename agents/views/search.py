"""Search over customers and messages: a page, the palette behind Ctrl/Cmd K, and within one thread."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agents import access, limits, rail
from agents.access import AgentRequest, agents_only
from inbox import search as finding

IN_PALETTE = 6


@require_safe
@agents_only
def search(request: AgentRequest) -> HttpResponse:
    """The page of results; it has an address, so it can be kept and sent."""
    query = request.GET.get("q", "").strip()
    if query and (wait := limits.of_search(request)):
        return limits.too_many(request, wait)
    results = finding.run(request.user, query) if query else finding.SearchResults()
    context = {"here": "search", "query": query, "results": results}
    return render(request, "agents/_search_results.html" if request.htmx else "agents/search.html", context)


@require_safe
@agents_only
def thread(request: AgentRequest, pk: int) -> HttpResponse:
    """Find in the thread of one customer: the field, and what was found; to a script that asks with words, that alone."""
    matter = access.conversation(request.user, pk)
    query = request.GET.get("q", "").strip()
    if query and (wait := limits.of_search(request)):
        return limits.too_many(request, wait)
    context = {
        "conversation": matter,
        "query": query,
        "results": finding.in_thread(request.user, matter.customer, query),
        "here_url": reverse("conversation", args=[pk]),
        "form_template": "agents/_menu_find.html",
    }
    if not request.htmx:
        return render(request, "agents/menu_page.html", context)
    return render(
        request, "agents/_found_here.html" if "q" in request.GET else "agents/_menu_find.html", context
    )


@require_safe
@agents_only
def palette(request: AgentRequest) -> HttpResponse:
    """A few best results and the views whose name fits, as options."""
    query = request.GET.get("q", "").strip()
    if query and (wait := limits.of_search(request)):
        return limits.too_many(request, wait)
    shown = rail.of(request.user)
    wanted = query.casefold()
    views = [view for view in (*shown.views, *shown.teams) if wanted in str(view.label).casefold()]
    results = finding.run(request.user, query, limit=IN_PALETTE) if query else finding.SearchResults()
    return render(
        request, "agents/_palette_results.html", {"query": query, "views": views, "results": results}
    )
