"""Companies: the list, one with its people and their shared timeline, and the company a proven address points to."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import access, answers
from agents.access import AgentRequest, agents_only
from agents.knowledge_forms import CompanyForm
from inbox import companies as known
from inbox import keyset, timeline
from inbox.actions import companies as actions
from inbox.actions import customers
from inbox.actions.errors import Refused
from inbox.models import Company, Customer

PAGE = 50


@require_safe
@agents_only
def companies(request: AgentRequest) -> HttpResponse:
    """All companies of customers this agent may see, by name, or those that fit a word."""
    query = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    found = known.visible_to(request.user)
    if query:
        found = found.filter(Q(name__icontains=query) | Q(domain__icontains=query))
    beyond = request.GET.get("after", "")[:200].replace("\x00", "")
    listed = list(found.filter(name__gt=beyond).order_by("name")[: PAGE + 1])
    more = listed[PAGE - 1].name if len(listed) > PAGE else ""
    context = {"here": "customers", "companies": listed[:PAGE], "query": query, "more": more}
    return render(request, "agents/companies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def company(request: AgentRequest, pk: int) -> HttpResponse:
    """One company; posting changes what we know of it."""
    found = get_object_or_404(known.visible_to(request.user), pk=pk)
    now = {"name": found.name, "domain": found.domain, "vip": found.vip}
    form = CompanyForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(agent=request.user, company_id=pk, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("company", pk)
    return _page(request, found, form)


def _page(request: AgentRequest, company: Company, form: CompanyForm) -> HttpResponse:
    people = known.people(request.user, company)
    shown = people[: known.MOST_PEOPLE]
    try:
        story = timeline.together(
            request.user, shown, before=request.GET.get("before"), after=request.GET.get("after")
        )
    except keyset.BadCursor as error:
        raise Http404(str(error)) from error
    context = {
        "here": "customers",
        "company": company,
        "form": form,
        "people": shown,
        "more_people": len(people) > len(shown),
        "story": story,
        "entries": [(entry, _whose(entry, shown)) for entry in reversed(story.entries)],
    }
    return render(request, "agents/company.html", context)


def _whose(entry: timeline.Entry, people: list[Customer]) -> Customer | None:
    """The person an entry is about."""
    about = {
        "message": lambda: entry.message.customer_id,  # type: ignore[union-attr]  # its kind says what it holds
        "event": lambda: entry.event.customer_id,  # type: ignore[union-attr]
        "touchpoint": lambda: entry.touchpoint.customer_id,  # type: ignore[union-attr]
        "boundary": lambda: entry.conversation.customer_id,  # type: ignore[union-attr]
    }[entry.entry_kind]()
    return next((person for person in people if person.pk == about), None)


@require_POST
@agents_only
def suggested(request: AgentRequest, pk: int) -> HttpResponse:
    """They work at the company their proven address points to."""
    customer = access.customer(request.user, pk)
    here = reverse("customer", args=[pk])
    found = known.suggested(request.user, customer)
    if found is None or request.POST.get("company") != str(found.pk):
        return answers.refused(request, _("This has changed meanwhile. Look again."), to=here)
    customers.edit(agent=request.user, customer_id=pk, company=found.name)
    context = {"customer": access.customer(request.user, pk), "oob": True}
    fragment = render_to_string("agents/_customer_state.html", context, request)
    return answers.done(request, _("Saved"), fragment=fragment, to=here)
