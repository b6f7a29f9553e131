"""What a customer allows at their addresses: the form with its log, and noting a yes or a no."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents import access, answers
from agents.access import AgentRequest, agents_only
from agents.forms import ConsentForm
from inbox import permission
from inbox.actions import consents as actions
from inbox.actions.errors import Refused
from inbox.models import Identity


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def consents(request: AgentRequest, pk: int) -> HttpResponse:
    """The form, or one answer noted."""
    customer = access.customer(request.user, pk)
    identities = Identity.objects.visible_to(request.user).filter(customer=customer).order_by("pk")
    here = reverse("customer", args=[pk])
    if request.method != "POST":
        template = "agents/_menu_consents.html"
        context = {
            "customer": customer,
            "standings": permission.standing(identities),
            "history": permission.history(identities),
            "here_url": here,
            "form_template": template,
        }
        return render(request, template if request.htmx else "agents/menu_page.html", context)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return answers.refused(request, _("This cannot be done here."), to=here)
    identity = get_object_or_404(identities, pk=form.cleaned_data["identity"])
    try:
        actions.change(
            identity_id=identity.pk,
            purpose=form.cleaned_data["purpose"],
            allowed=form.cleaned_data["allowed"] == "yes",
            how="agent",
            actor=request.user,
        )
    except Refused as error:
        return answers.refused(request, error, to=here)
    context = {"customer": customer, "identities": identities.all(), "oob": True}
    fragment = render_to_string("agents/_identities.html", context, request)
    fragment += render_to_string("agents/_consents.html", context, request)
    return answers.done(request, _("Noted"), fragment=fragment, to=here)
