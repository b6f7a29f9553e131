"""The thread of one customer, looked at through one matter: the page, further entries, and "I have read this"."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from agents import access, composing, opened, rail
from agents.access import AgentRequest, agents_only
from agents.forms import zone_of
from agents.views.inbox import find_view, list_context
from inbox import keyset, timeline
from inbox.actions import conversations
from inbox.models import Conversation, Message
from inbox.timeline import TimelinePage

PAGE = 40


@require_safe
@agents_only
def conversation(request: AgentRequest, pk: int) -> HttpResponse:
    """The whole page; only thread and customer when the list or a link of the page asks."""
    matter = access.conversation(request.user, pk)
    slug = request.GET.get("in", "")
    view = find_view(request, slug) if slug else rail.home_of(matter, request.user)
    context = {"view": view, "current": matter.pk, **open_context(request, matter)}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "agents/_open.html", {**context, "alone": True})
    try:
        context |= list_context(request, view)
    except keyset.BadCursor as error:
        return HttpResponseBadRequest(str(error))
    return render(request, "agents/inbox.html", context)


@require_safe
@agents_only
def entries(request: AgentRequest, pk: int) -> HttpResponse:
    """The entries before or after a cursor."""
    matter = access.conversation(request.user, pk)
    before, after = request.GET.get("before"), request.GET.get("after")
    if (before is None) == (after is None):
        return HttpResponseBadRequest("Ask for what is before or after a place.")
    narrowed = _narrowed(request)
    try:
        page = timeline.page(
            request.user, matter.customer, before=before, after=after, limit=PAGE, **narrowed
        )
    except keyset.BadCursor as error:
        return HttpResponseBadRequest(str(error))
    context = {**page_context(request, matter, page), "side": "newer" if before is None else "older"}
    return render(request, "agents/_entries.html", context)


@require_POST
@agents_only
def read(request: AgentRequest, pk: int) -> HttpResponse:
    """I have this matter in front of me up to this message."""
    matter = access.conversation(request.user, pk)
    number = request.POST.get("message", "")
    newest = Message.objects.filter(conversation=matter, pk=int(number)).first() if _is_id(number) else None
    if newest is None:
        raise Http404("No such message in this conversation.")
    conversations.mark_read(agent=request.user, conversation=matter, up_to=newest.pk)
    return HttpResponse(status=204)


def open_context(request: AgentRequest, matter: Conversation) -> dict[str, Any]:
    """What _open.html needs."""
    # The log's position first: what happens while the page is read is told live, too, rather than not at all.
    since = timeline.position(request.user, matter.customer)
    first_unread = timeline.first_unread(request.user, matter.customer)
    page = _page(request, matter, first_unread)
    return {
        "since": since,
        **opened.around(request.user, matter),
        "composing": composing.of(request.user, matter),
        "first_unread": first_unread,
        **page_context(request, matter, page),
        "show": _shown(request, page),
    }


def page_context(request: AgentRequest, matter: Conversation, page: TimelinePage) -> dict[str, Any]:
    """A page of entries and the addresses of its neighbours."""
    where = reverse("entries", args=[matter.pk])
    narrowed = {name: request.GET[name] for name in ("channel", "kind") if request.GET.get(name)}

    def beside(name: str, cursor: str | None) -> str:
        return f"{where}?{urlencode({name: cursor, **narrowed})}" if cursor else ""

    return {
        "entries": page.entries,
        "older": beside("before", page.older),
        "newer": beside("after", page.newer),
        "narrowed": narrowed,
    }


def _page(request: AgentRequest, matter: Conversation, first_unread: int | None) -> TimelinePage:
    """The entries around the message or the day asked for, else around the first unread, else the newest."""
    agent, customer = request.user, matter.customer
    wanted = request.GET.get("message", "")
    narrowed = _narrowed(request)
    if _is_id(wanted):
        try:
            return timeline.page(agent, customer, around=int(wanted), limit=PAGE, **narrowed)
        except Message.DoesNotExist as error:
            raise Http404("No such message.") from error
    around = _day(request) or (None if narrowed else first_unread)
    return timeline.page(agent, customer, around=around, limit=PAGE, **narrowed)


def _day(request: AgentRequest) -> datetime | None:
    """The beginning, in the agent's zone, of the day that was asked for; None for none, and for one that is no day."""
    try:
        day = date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return None
    # Moments near the calendar's ends are in no other zone.
    return datetime.combine(day, time.min, zone_of(request.user)) if 1970 <= day.year < 9000 else None


def _shown(request: AgentRequest, page: TimelinePage) -> str:
    """The id of the entry to begin at: the message asked for, or the first of the day asked for or after it."""
    wanted, day = request.GET.get("message", ""), _day(request)
    if _is_id(wanted):
        return f"message-{wanted}"
    entry = next((each for each in page.entries if each.at >= day), None) if day else None
    return f"{entry.entry_kind}-{entry.position[-1]}" if entry else ""


def _narrowed(request: AgentRequest) -> dict[str, Any]:
    """The filter of the thread: one channel, or one kind of entry."""
    channel, kind = request.GET.get("channel", ""), request.GET.get("kind", "")
    narrowed: dict[str, Any] = {}
    if _is_id(channel):
        narrowed["channel"] = int(channel)
    if kind in ("message", "note", "touchpoint", "event"):
        narrowed["kinds"] = {kind}
    return narrowed


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
