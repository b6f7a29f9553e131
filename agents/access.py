"""Who may see what, asked in this one place by every view: an object that is not this agent's does not exist for them (404)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from inbox.models import Agent, Attachment, Conversation, Customer, Message

P = ParamSpec("P")


class AgentRequest(HttpRequest):
    """A request made by a logged-in agent; what `agents_only` lets through."""

    user: Agent
    htmx: HtmxDetails


View = Callable[Concatenate[AgentRequest, P], HttpResponseBase]


def agents_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let active agents in; send others to log in. A page's script is told to go there whole, not to show a login in a corner."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if isinstance(request.user, Agent) and request.user.is_active:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # the check above makes it an AgentRequest
        answer = redirect_to_login(request.get_full_path())
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(
                redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
            )
        return answer

    # The guard answers in the words of this page, so a login-required middleware must not answer first.
    return login_not_required(guarded)  # type: ignore[return-value]  # mypy keeps the parameter names of a wrapped view


def conversations(agent: Agent) -> QuerySet[Conversation]:
    """The matters this agent may read, with what their fragments show."""
    return (
        Conversation.objects.visible_to(agent)
        .select_related("customer__company", "desk", "team", "assignee")
        .prefetch_related("tags")
    )


def conversation(agent: Agent, pk: int) -> Conversation:
    """One matter, or 404."""
    return get_object_or_404(conversations(agent), pk=pk)


def customer(agent: Agent, pk: int) -> Customer:
    """One customer, or 404."""
    return get_object_or_404(Customer.objects.visible_to(agent).select_related("company"), pk=pk)


def message(agent: Agent, pk: int) -> Message:
    """One message, or 404."""
    visible = Message.objects.visible_to(agent)
    return get_object_or_404(visible.select_related("conversation", "channel", "identity", "delivery"), pk=pk)


def attachment(agent: Agent, public_id: str) -> Attachment:
    """One file, through a message the agent may read or as their own upload; else 404."""
    found = get_object_or_404(Attachment.objects.select_related("blob", "message"), public_id=public_id)
    if found.message_id is None:
        return get_object_or_404(Attachment.objects.select_related("blob"), pk=found.pk, uploaded_by=agent)
    message(agent, found.message_id)
    return found
