"""One of the company's own fields of one customer, edited in place."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents import access, answers
from agents.access import AgentRequest, agents_only
from agents.knowledge_forms import ValueForm
from inbox.actions import customers as actions
from inbox.actions.errors import Refused
from inbox.models import Attribute


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def attribute(request: AgentRequest, pk: int, key: str) -> HttpResponse:
    """The form of one field, or what was typed into it."""
    customer = access.customer(request.user, pk)
    field = get_object_or_404(Attribute, key=key)
    here = reverse("customer", args=[pk])
    kept = customer.attributes.get(key)
    shown = {True: "yes", False: "no"}[kept] if isinstance(kept, bool) else kept
    form = ValueForm(request.POST or None, attribute=field, initial={"value": shown})
    if request.method != "POST":
        template = "agents/_menu_attribute.html"
        context = {
            "form": form,
            "field": field,
            "customer": customer,
            "here_url": here,
            "form_template": template,
        }
        return render(request, template if request.htmx else "agents/menu_page.html", context)
    if not form.is_valid():
        return answers.refused(request, form.errors["value"][0], to=here)
    try:
        changed = {key: form.cleaned_data["value"]}
        customer = actions.edit(agent=request.user, customer_id=pk, attributes=changed)
    except Refused as error:
        return answers.refused(request, error, to=here)
    fragment = render_to_string("agents/_attributes.html", {"customer": customer, "oob": True}, request)
    return answers.done(request, _("Saved"), fragment=fragment, to=here)
