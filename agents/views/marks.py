"""What can be said of a customer with yes or no: VIP, blocked. Each can be undone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agents import access, answers
from agents.access import AgentRequest, agents_only
from inbox.actions import customers as actions
from inbox.models import Conversation

MARKS = {
    "vip": ("vip", True, gettext_lazy("A VIP now")),
    "not_vip": ("vip", False, gettext_lazy("No longer a VIP")),
    "block": ("blocked", True, gettext_lazy("Blocked. What they write is kept in Quiet.")),
    "unblock": ("blocked", False, gettext_lazy("Unblocked")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def mark(request: AgentRequest, pk: int) -> HttpResponse:
    """The choice, or one made."""
    customer = access.customer(request.user, pk)
    here = reverse("customer", args=[pk])
    if request.method != "POST":
        template = "agents/_menu_marks.html"
        context = {"customer": customer, "here_url": here, "form_template": template}
        return render(request, template if request.htmx else "agents/menu_page.html", context)
    if request.POST.get("verb") not in MARKS:
        return answers.refused(request, _("This cannot be done here."), to=here)
    field, value, words = MARKS[request.POST["verb"]]
    values: dict[str, Any] = {field: value}
    actions.edit(agent=request.user, customer_id=pk, **values)
    matters = Conversation.objects.visible_to(request.user).filter(customer=pk).unresolved()
    context = {"customer": access.customer(request.user, pk), "oob": True}
    fragment = render_to_string("agents/_customer_state.html", context, request)
    rows = list(matters.values_list("pk", flat=True))
    return answers.done(request, str(words), rows=rows, undo=True, fragment=fragment, to=here)
