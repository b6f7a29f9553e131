"""Who may see what, asked in this one place by every view: an object that is not this agent's does not exist for them (404)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from inbox.actions import merging
from inbox.models import (
    Agent,
    Attachment,
    Channel,
    Conversation,
    Customer,
    Desk,
    Message,
    Place,
    SavedReply,
    Team,
)

P = ParamSpec("P")


class AgentRequest(HttpRequest):
    """A request made by a logged-in agent; what `agents_only` lets through."""

    user: Agent
    htmx: HtmxDetails


View = Callable[Concatenate[AgentRequest, P], HttpResponseBase]


def everybody(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let all in who work here, shop staff too; send others to log in. A page's script is told to go there whole, not to show
    a login in a corner. A page that shop staff open shows no message: they read no desk."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if isinstance(request.user, Agent) and request.user.is_active:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # the check above makes it an AgentRequest
        answer: HttpResponseBase = redirect_to_login(request.get_full_path())
        if request.headers.get("HX-Request"):
            answer = HttpResponseClientRedirect(
                redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
            )
            # htmx goes there whatever the status; the page's own scripts must not take it for a yes.
            answer.status_code = 401
        return answer

    # The guard answers in the words of this page, so a login-required middleware must not answer first.
    return login_not_required(guarded)  # type: ignore[return-value]  # mypy keeps the parameter names of a wrapped view


def agents_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For everybody but shop staff, for whom the page does not exist."""
    return _for_roles(view, lambda agent: not agent.is_store)


def managers_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For managers and admins; to other agents the page does not exist."""
    return _for_roles(view, lambda agent: agent.is_manager)


def admins_only(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For admins; to other agents the page does not exist."""
    return _for_roles(view, lambda agent: agent.is_admin)


def _for_roles(
    view: View[P], may: Callable[[Agent], bool]
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @everybody  # type: ignore[arg-type]  # mypy keeps the parameter names of a wrapped view
    @wraps(view)
    def guarded(request: AgentRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


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


def customer_now(agent: Agent, pk: int) -> Customer:
    """One customer, or whom they are part of since a merge, or 404."""
    return customer(agent, merging.root_of(get_object_or_404(Customer, pk=pk)).pk)


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


def channels(agent: Agent) -> QuerySet[Channel]:
    """The channels this agent may set up: those of desks they may read."""
    return Channel.objects.visible_to(agent).select_related("desk", "team", "health")


def channel(agent: Agent, pk: int) -> Channel:
    """One channel, or 404."""
    return get_object_or_404(channels(agent), pk=pk)


def teams(agent: Agent) -> QuerySet[Team]:
    """The teams of desks this agent may read."""
    return Team.objects.filter(desk__in=Desk.objects.readable_by(agent)).select_related("desk")


def team(agent: Agent, pk: int) -> Team:
    """One team, or 404."""
    return get_object_or_404(teams(agent), pk=pk)


def places(agent: Agent) -> QuerySet[Place]:
    """The places of desks this agent may read, closed ones too."""
    return Place.objects.filter(desk__in=Desk.objects.readable_by(agent)).select_related("desk")


def place(agent: Agent, pk: int) -> Place:
    """One place, or 404."""
    return get_object_or_404(places(agent), pk=pk)


def saved_replies(agent: Agent) -> QuerySet[SavedReply]:
    """The saved replies for everybody, and those of teams this agent may know of."""
    return SavedReply.objects.filter(Q(team=None) | Q(team__in=teams(agent))).select_related("team")


def saved_reply(agent: Agent, pk: int) -> SavedReply:
    """One saved reply, or 404."""
    return get_object_or_404(saved_replies(agent), pk=pk)
