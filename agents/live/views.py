"""Live updates by plain requests: what the socket would have said (where sockets are blocked), and the parts a page fetches anew."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents import access, composing, opened, rail
from agents.access import AgentRequest, agents_only
from agents.live import feed, here, lists, presence, rights
from agents.live import render as fragments
from agents.live.hub import COMMIT_SECONDS, MOST_AGE
from agents.live.lists import Frame, Viewer
from inbox import live, outlook, timeline
from inbox.models import Agent, Channel, Message
from inbox.queues import UnknownView

MOST_ENTRIES = 200


@require_safe
@never_cache
@agents_only
def since(request: AgentRequest) -> JsonResponse:
    """The frames a socket would have sent: `customer` and `since`, `view`, `age` as in its hello."""
    agent, language = request.user, get_language() or "en"
    desks = rights.desks_of(agent)
    customer, age = _number(request, "customer"), _number(request, "age")
    viewer = Viewer(agent, desks, language, lists.view_of(agent, request.GET.get("view", "")))
    frames = _list_frames(viewer, age)
    if customer and feed.may_watch(agent, customer):
        place = presence.place(agent, customer, _number(request, "conversation"))
        if place is not None:
            presence.stay(agent.pk, place)
        frames += _thread_frames(viewer, customer, _number(request, "since"))
    return JsonResponse({"frames": frames})


@require_safe
@agents_only
def entries(request: AgentRequest) -> HttpResponse:
    """Messages of the thread as they are now; those the agent may not see are left out."""
    wanted = [
        int(pk) for pk in request.GET.getlist("message") if pk.isascii() and pk.isdecimal() and len(pk) < 19
    ]
    visible = Message.objects.visible_to(request.user).filter(pk__in=wanted[:MOST_ENTRIES])
    found = timeline.messages(visible.values_list("pk", flat=True))
    return HttpResponse("\n".join(fragments.html(entry) for entry in found))


@require_safe
@agents_only
def around(request: AgentRequest, pk: int) -> HttpResponse:
    """What stands around the thread of a matter: verbs, matters, the customer, the pairs to write on."""
    matter = access.conversation(request.user, pk)
    try:
        view = rail.named(request.GET.get("in", ""), request.user)
    except UnknownView:
        view = rail.home_of(matter, request.user)
    context = {
        **opened.around(request.user, matter),
        "composing": composing.of(request.user, matter),
        "view": view,
        "narrowed": {name: request.GET[name] for name in ("channel", "kind") if request.GET.get(name)},
    }
    return render(request, "agents/_around.html", context)


@require_safe
@never_cache
@agents_only
def matters_now(request: AgentRequest, pk: int) -> HttpResponse:
    """What matters now about a customer, as it stands in their place of the page."""
    customer = access.customer(request.user, pk)
    context = {"customer": customer, "outlook": outlook.of(request.user, customer)}
    return render(request, "agents/_outlook.html", context)


def _list_frames(viewer: Viewer, age: int) -> list[Frame]:
    changes = feed.changes(feed.recent(age + COMMIT_SECONDS)) if age < MOST_AGE else []
    (frame,), _now = lists.frames([viewer], lists.touched(changes))
    if age >= MOST_AGE:
        frame["reload_list"] = True
    return [{"t": "lists", "view": viewer.slug, **frame}]


def _thread_frames(viewer: Viewer, customer: int, known: int) -> list[Frame]:
    news = feed.after(customer, known, [viewer.language])
    if news.behind:
        return [{"t": "reload"}]
    patches = [patch.frame() for patch in news.patches[viewer.language] if patch.may_be_told(viewer.desks)]
    found: list[Frame] = [{"t": "thread", "customer": customer, "events": patches}] if patches else []
    staff = {agent.pk: agent for agent in Agent.objects.filter(is_active=True)}
    html = here.drawn(here.people(customer, staff), viewer)
    typing = presence.TYPING_SECONDS if _customer_types(customer, viewer) else 0
    return [
        *found,
        {"t": "here", "customer": customer, "html": html},
        {"t": "typing", "customer": customer, "seconds": typing},
        here.viewing_frame(customer, outlook.viewing(viewer.desks, customer)),
    ]


def _customer_types(customer: int, viewer: Viewer) -> bool:
    try:
        channel = cache.get(live.typing_key(customer, f"customer:{customer}"))
    except presence.FAILURES:
        return False
    return channel is not None and (
        not channel or Channel.objects.filter(pk=channel, desk__in=viewer.desks).exists()
    )


def _number(request: AgentRequest, name: str) -> int:
    """A number that is not negative; 0 for anything else."""
    value: Any = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0
