"""A call, letter, fax or visit taken by hand, noted from an agent's thread or a customer's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents import access, answers
from agents.access import AgentRequest, agents_only
from agents.encounter_form import EncounterForm, fresh_key
from agents.views import writing
from inbox.actions.encounters import note_encounter
from inbox.actions.errors import Refused
from inbox.models import Conversation, Customer, Desk
from inbox.models.story import ByHand

KINDS = (
    (ByHand.CALL, "phone"),
    (ByHand.LETTER, "mail-open"),
    (ByHand.FAX, "printer"),
    (ByHand.VISIT, "store"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def in_matter(request: AgentRequest, pk: int) -> HttpResponse:
    """Note it in the matter that is open."""
    matter = access.conversation(request.user, pk)
    return _log(request, matter.customer, matter, here=reverse("conversation", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def of_customer(request: AgentRequest, pk: int) -> HttpResponse:
    """Note it for a customer; it joins what is open on the desk chosen, or opens a matter."""
    found = access.customer(request.user, pk)
    return _log(request, found, None, here=reverse("customer", args=[pk]))


def _log(
    request: AgentRequest, customer: Customer, matter: Conversation | None, *, here: str
) -> HttpResponse:
    form = EncounterForm(request.POST or None, reader=request.user)
    desks = Desk.objects.readable_by(request.user)
    if request.method != "POST":
        template = "agents/_menu_log.html"
        context: dict[str, Any] = {
            "form": form,
            "action": request.path,
            "kinds": KINDS,
            "desks": [] if matter else desks,
            "client_key": fresh_key(),
            "here_url": here,
            "form_template": template,
        }
        return render(request, template if request.htmx else "agents/menu_page.html", context)
    if not form.is_valid():
        return answers.refused(request, form.reason, to=here)
    try:
        noted = form.noted(writing.stored(request))
        chosen = desks.filter(pk=_number(request.POST.get("desk", ""))).first()
        message = note_encounter(
            agent=request.user,
            who=customer.pk,
            noted=noted,
            client_key=form.cleaned_data["client_key"],
            desk=chosen,
            conversation_id=matter.pk if matter else None,
        )
    except Refused as error:
        return answers.refused(request, error, to=here)
    there = reverse("conversation", args=[message.conversation_id])
    return answers.done(request, _("Logged"), rows=[message.conversation_id], to=there)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
