"""Channels: the list and how they fare, adding one, changing it, checking that it connects, pausing."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import access, checking, faring, kinds, limits, manual, reconnecting
from agents.access import AgentRequest, admins_only
from agents.channel_form import ChannelForm
from agents.views.settings import repairs, show
from inbox import registry
from inbox.actions import channels as actions
from inbox.actions.errors import Refused
from inbox.contract import ContractError
from inbox.limits import spend
from inbox.models import Channel
from inbox.models.channels import ChannelState


@require_safe
@admins_only
def channels(request: AgentRequest) -> HttpResponse:
    """All channels of desks I may read."""
    found = faring.of_all(access.channels(request.user).order_by("name"))
    listed = [each.channel for each in found]
    return show.page(
        request, "channels", section="channels", heading=_("Channels"), farings=found, channels=listed
    )


@require_safe
@admins_only
def choose(request: AgentRequest) -> HttpResponse:
    """Which kind to add."""
    back = reverse("settings-channels")
    return show.page(
        request,
        "channel_kinds",
        section="channels",
        heading=_("Add a channel"),
        back=back,
        groups=kinds.grouped(),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def add(request: AgentRequest, kind: str) -> HttpResponse:
    """A new channel of this kind."""
    if kind not in registry.kinds():
        raise Http404
    form = ChannelForm(request.POST or None, reader=request.user, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add(actor=request.user, kind=kind, values=form.values, **form.columns)
        except (Refused, ContractError) as error:
            form.add_error(None, _sentence(error))
        else:
            messages.success(request, _("Added. Check the connection now."))
            return redirect("settings-channel", made.pk)
    return show.page(
        request,
        "channel_add",
        section="channels",
        heading=_("New channel: %(kind)s") % {"kind": registry.connector_class(kind).label},
        back=reverse("settings-channel-kinds"),
        form=form,
        manual=manual.html(kind),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def channel(request: AgentRequest, pk: int, replay: reconnecting.Replay) -> HttpResponse:
    """One channel: how it fares, its settings, and what to enter elsewhere. New secrets are tried at once."""
    found = access.channel(request.user, pk)
    known = found.kind in registry.kinds()
    form = (
        ChannelForm(request.POST or None, reader=request.user, kind=found.kind, channel=found)
        if known
        else None
    )
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            actions.change(actor=request.user, channel=found, values=form.values, **form.columns)
        except (Refused, ContractError) as error:
            form.add_error(None, _sentence(error))
        else:
            messages.success(request, _("Saved"))
            if form.new_secrets:
                repairs.tell(request, reconnecting.reconnect(found, actor=request.user, replay=replay))
            return redirect("settings-channel", pk)
    shown = access.channel(request.user, pk)
    return show.page(
        request,
        "channel",
        section="channels",
        heading=shown.name,
        back=reverse("settings-channels"),
        channel=shown,
        faring=faring.of(shown),
        templates=list(shown.templates.all()),
        has_templates=registry.capabilities(shown.kind).templates,
        form=form,
        manual=manual.html(found.kind) if known else "",
        snippet=_snippet(shown),
        hook_url=_hook_url(shown),
    )


@require_POST
@admins_only
def check(request: AgentRequest, pk: int) -> HttpResponse:
    """Really connect."""
    wait = spend(limits.CHECKS_OF_AGENT, str(request.user.pk))
    if wait:
        return limits.too_many(request, wait)
    checking.check(access.channel(request.user, pk))
    if not request.htmx:
        return redirect("settings-channel", pk)
    return render(request, "agents/settings/_check.html", {"channel": access.channel(request.user, pk)})


@require_POST
@admins_only
def state(request: AgentRequest, pk: int) -> HttpResponse:
    """Pause it, or let it go on."""
    found = access.channel(request.user, pk)
    if request.POST.get("state") == ChannelState.PAUSED:
        actions.pause(actor=request.user, channel=found)
        messages.success(request, _("Paused. What comes in is kept, what goes out waits."))
    else:
        actions.resume(actor=request.user, channel=found)
        messages.success(request, _("It goes on."))
    return redirect("settings-channel", pk)


def _sentence(error: Refused | ContractError) -> str:
    return error.reason if isinstance(error, ContractError) else str(error)


def _snippet(channel: Channel) -> str:
    """What to put on a website, if the connector wants something there and its settings fit."""
    try:
        return registry.connector_for(channel).snippet()
    except ContractError:
        return ""


def _hook_url(channel: Channel) -> str:
    """Where the provider posts to; "" for channels that are fetched, or have a door of their own."""
    fetched = registry.polls(channel)
    live = registry.capabilities(channel.kind).live
    return "" if fetched or live else registry.hook_url(channel.public_id)
