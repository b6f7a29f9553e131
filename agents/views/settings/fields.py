"""Customer fields: what the company knows of its customers besides what Onethread does."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.access import AgentRequest, managers_only
from agents.knowledge_forms import AttributeForm
from agents.views.settings import show
from inbox.actions import attributes as actions
from inbox.actions.errors import Refused
from inbox.models import Attribute, Customer


@require_safe
@managers_only
def fields(request: AgentRequest) -> HttpResponse:
    """All fields, in the order in which the panel shows them."""
    listed = Attribute.objects.all()
    return show.page(request, "fields", section="fields", heading=_("Customer fields"), fields=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def field(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """One field; without a number a new one."""
    found = get_object_or_404(Attribute, pk=pk) if pk is not None else None
    now = {"label": found.label, "choices": "\n".join(found.choices)} if found else {}
    form = AttributeForm(request.POST or None, initial=now, attribute=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save(actor=request.user, attribute=found, **form.cleaned_data)
        except Refused as error:
            form.add_error("choices" if form.cleaned_data.get("kind") == "choice" else "label", str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-fields")
    heading = found.label if found else _("New customer field")
    held = _held(request, found) if found else 0
    back = reverse("settings-fields")
    return show.page(
        request, "field", section="fields", heading=heading, back=back, form=form, field=found, held=held
    )


def _held(request: AgentRequest, field: Attribute) -> int:
    """How many of the customers this manager may see have something in it."""
    return Customer.objects.visible_to(request.user).filter(attributes__has_key=field.key).count()


@require_POST
@managers_only
def move(request: AgentRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    step = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    actions.put_in_order(actor=request.user, attribute=get_object_or_404(Attribute, pk=pk), step=step)
    return redirect("settings-fields")


@require_POST
@managers_only
def delete(request: AgentRequest, pk: int) -> HttpResponse:
    """Throw a field away."""
    actions.delete(actor=request.user, attribute=get_object_or_404(Attribute, pk=pk))
    messages.success(request, _("Deleted"))
    return redirect("settings-fields")
