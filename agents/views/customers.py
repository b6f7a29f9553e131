"""Customers: the list by name, one customer's newest matter, and editing what we know of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agents import access, answers, limits, opened
from agents.access import AgentRequest, agents_only
from agents.knowledge_forms import KnownForm
from inbox import search
from inbox.actions import customers as actions
from inbox.actions.errors import Refused
from inbox.models import Conversation, Customer, Identity

PAGE = 50


@require_safe
@agents_only
def customers(request: AgentRequest) -> HttpResponse:
    """All customers this agent may see, newest first, or those that fit a word."""
    query = request.GET.get("q", "").strip()
    if query and (wait := limits.of_search(request)):
        return limits.too_many(request, wait)
    if query:
        found = search.customers(request.user, query, limit=PAGE)
    else:
        visible = Customer.objects.for_list(request.user)
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) < 19:
            visible = visible.filter(pk__lt=int(before))
        found = list(visible.order_by("-pk")[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    context = {"here": "customers", "query": query, "customers": found[:PAGE], "more": more}
    return render(request, "agents/_customer_rows.html" if request.htmx else "agents/customers.html", context)


@require_safe
@agents_only
def customer(request: AgentRequest, pk: int) -> HttpResponse:
    """Their thread, through the matter with the latest activity; their card alone if there is none yet."""
    found = access.customer_now(request.user, pk)
    matters = Conversation.objects.visible_to(request.user).filter(customer=found)
    newest = matters.order_by("-last_activity", "-pk").first()
    if newest is not None:
        return redirect("conversation", newest.pk)
    context = {"here": "customers", "customer": found, **opened.of_customer(request.user, found)}
    return render(request, "agents/customer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """The form of a customer's card."""
    found = access.customer(request.user, pk)
    here = reverse("customer", args=[pk])
    identities = Identity.objects.visible_to(request.user).filter(customer=found).order_by("pk")
    form = KnownForm(request.POST or None, initial=_initial(found), identities=identities)
    if request.method != "POST" or not form.is_valid():
        template = "agents/_menu_customer.html"
        context = {"form": form, "customer": found, "here_url": here, "form_template": template}
        return render(request, template if request.htmx else "agents/menu_page.html", context)
    try:
        # Only what was changed: an address they prefer may be one this agent does not see.
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        actions.edit(agent=request.user, customer_id=pk, **changed)
    except Refused as error:
        return answers.refused(request, error, to=here)
    matters = Conversation.objects.visible_to(request.user).filter(customer=pk).unresolved()
    context = {"customer": access.customer(request.user, pk), "oob": True}
    fragment = render_to_string("agents/_customer_state.html", context, request)
    rows = list(matters.values_list("pk", flat=True))
    return answers.done(request, _("Saved"), rows=rows, fragment=fragment, to=here)


def _initial(customer: Customer) -> dict[str, object]:
    names = ("name", "language", "time_zone", "about", "preferred_from", "preferred_until")
    plain = {name: getattr(customer, name) for name in names}
    company = customer.company.name if customer.company else ""
    return {**plain, "company": company, "preferred_identity": customer.preferred_identity_id}
