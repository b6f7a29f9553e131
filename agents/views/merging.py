"""One person or two: find the other, compare, merge, take it back; an address that is somebody else's, or several people's."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from agents import access, answers, limits
from agents.access import AgentRequest, agents_only
from inbox import merge_preview, search, suggestions
from inbox.actions import customers, merging
from inbox.actions.errors import Refused
from inbox.models import Identity


@require_safe
@agents_only
def find(request: AgentRequest, pk: int) -> HttpResponse:
    """Who is the same person? Suggestions first, then whoever fits a word."""
    customer = access.customer(request.user, pk)
    query = request.GET.get("q", "").strip()
    if query and (wait := limits.of_search(request)):
        return limits.too_many(request, wait)
    found = search.customers(request.user, query, limit=20) if query else []
    context = {
        "here": "customers",
        "customer": customer,
        "query": query,
        "found": [other for other in found if other.pk != customer.pk],
        "suggestions": suggestions.of(request.user, customer),
    }
    return render(request, "agents/_merge_found.html" if request.htmx else "agents/merge_find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def merge(request: AgentRequest, pk: int, other: int) -> HttpResponse:
    """The two side by side with what has to be chosen; POST brings them together."""
    keep, gone = access.customer(request.user, pk), access.customer(request.user, other)
    if keep.pk == gone.pk:
        raise Http404
    here = reverse("customer-merge", args=[pk, other])
    if request.method != "POST":
        preview = merge_preview.of(request.user, keep, gone)
        return render(request, "agents/merge.html", {"here": "customers", "preview": preview})
    picked = {name.removeprefix("choose-"): str(value) for name, value in request.POST.items()}
    try:
        merging.merge(
            agent=request.user,
            keep_id=keep.pk,
            gone_id=gone.pk,
            chosen=merge_preview.chosen(keep, gone, picked),
        )
    except Refused as error:
        return answers.refused(request, error, to=here)
    return answers.done(request, _("One customer now"), to=reverse("customer", args=[keep.pk]))


@require_POST
@agents_only
def undo(request: AgentRequest, pk: int, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    customer = access.customer(request.user, pk)
    done = next((each for each in merge_preview.merges(request.user, customer) if each.pk == merge_id), None)
    if done is None:
        raise Http404
    here = reverse("customer", args=[pk])
    try:
        merging.undo(agent=request.user, merge_id=done.pk)
    except Refused as error:
        return answers.refused(request, error, to=here)
    return _leave(request, _("Two customers again"), here)


@require_POST
@agents_only
def dismiss(request: AgentRequest, pk: int, other: int) -> HttpResponse:
    """These two are not one person."""
    customer, stranger = access.customer(request.user, pk), access.customer(request.user, other)
    merging.dismiss(agent=request.user, one_id=customer.pk, other_id=stranger.pk)
    context = {"customer": customer, "suggestions": suggestions.of(request.user, customer), "oob": True}
    fragment = render_to_string("agents/_suggestions.html", context, request)
    text = _("They will not be suggested again")
    return answers.done(request, text, fragment=fragment, to=reverse("customer", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def identity(request: AgentRequest, pk: int) -> HttpResponse:
    """The menu of an address: how we know it, whose it is, whether several people use it."""
    found = get_object_or_404(Identity.objects.visible_to(request.user), pk=pk)
    customer = access.customer(request.user, found.customer_id)
    here = reverse("customer", args=[customer.pk])
    template = "agents/_menu_identity.html"
    if request.method != "POST":
        context = {
            "identity": found,
            "customer": customer,
            "alone": not customer.identities.exclude(pk=found.pk).exists(),
            "here_url": here,
            "form_template": template,
        }
        return render(request, template if request.htmx else "agents/menu_page.html", context)
    verb = request.POST.get("verb")
    try:
        if verb == "split":
            own = merging.split_off(agent=request.user, identity_id=found.pk)
            return _leave(request, _("A customer of its own now"), reverse("customer", args=[own.pk]))
        if verb not in ("shared", "not_shared"):
            return answers.refused(request, _("This cannot be done here."), to=here)
        customers.mark_shared(agent=request.user, identity_id=found.pk, shared=verb == "shared")
    except Refused as error:
        return answers.refused(request, error, to=here)
    identities = Identity.objects.visible_to(request.user).filter(customer=customer).order_by("pk")
    fragment = render_to_string("agents/_identities.html", {"identities": identities, "oob": True}, request)
    return answers.done(request, _("Saved"), fragment=fragment, to=here)


def _leave(request: AgentRequest, text: str, to: str) -> HttpResponse:
    """What the page shows is two persons' now: open it anew."""
    if not request.htmx:
        return answers.done(request, text, to=to)
    messages.success(request, text)
    return HttpResponseClientRedirect(to)
