"""The settings pages of parked receipts: why each could not be read, what it was, reading it again, letting it go.

Whoever may open them is an admin: config/urls.py puts the agents' guard before each. Whose receipts they see is decided here.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from connectors import inbound
from connectors.models import Receipt, ReceiptQuerySet
from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Channel

PAGE = 50
SHOWN = 20_000
"""So many bytes of a body are enough to see what it is; the rest may be megabytes."""


def visible_to(agent: Agent) -> ReceiptQuerySet:
    """Receipts of channels on desks this agent may read; nobody learns what lies parked on another."""
    return Receipt.objects.on(Channel.objects.visible_to(agent)).select_related("channel")


@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """What is parked, newest first; ?channel= and ?reason= narrow it, ?before= goes on. ?waiting=: what waits for its message instead."""
    visible, waiting = visible_to(_reader(request)), "waiting" in request.GET
    all_parked = visible.waiting() if waiting else visible.parked()
    reasons = (
        all_parked.order_by().values("error").annotate(number=Count("pk")).order_by("-number", "error")[:20]
    )
    channel, before = _number(request, "channel"), _number(request, "before")
    found = all_parked.filter(
        **({"channel": channel} if channel else {}), **({"pk__lt": before} if before else {})
    )
    if "reason" in request.GET:
        found = found.filter(error=request.GET["reason"].replace("\x00", ""))
    rows = list(found.defer("body", "headers").annotate(size=Length("body"))[: PAGE + 1])
    context = {
        "receipts": rows[:PAGE],
        "more": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "reasons": reasons,
        "reason": request.GET.get("reason"),
        "channel": channel,
        "waiting": waiting,
        "heading": _("Waiting for their message") if waiting else _("Parked messages"),
    }
    return _page(request, "receipts", context)


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, as text: nothing of it is ever rendered."""
    found = _one(request, pk)
    body = bytes(found.body)
    context = {
        "receipt": found,
        "size": len(body),
        "body": body[:SHOWN].decode("utf-8", "replace"),
        "cut": len(body) > SHOWN,
        "headers": sorted(found.headers.items()),
        "heading": _("Parked message %(number)d") % {"number": pk},
        "back": reverse("receipts"),
    }
    return _page(request, "receipt", context)


@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it again, with all its tries."""
    return _done(request, pk, "replay", _("It is being read again."))


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it go: there is nothing to save."""
    return _done(request, pk, "dismiss", _("Let go. It is kept for thirty days, then thrown away."))


@require_POST
def replay_all(request: HttpRequest) -> HttpResponse:
    """Read all of one reason again."""
    reader = _reader(request)
    reason = request.POST.get("reason", "").replace("\x00", "")
    alike = visible_to(reader).parked().filter(error=reason)
    total = 0
    for channel in Channel.objects.filter(pk__in=alike.order_by().values("channel")):
        number = inbound.replay_all(Receipt.objects.parked().on([channel]).filter(error=reason))
        record.audit("receipts replayed", actor=reader, about=channel, data={"number": number})
        total += number
    told = ngettext("%(number)d is being read again.", "%(number)d are being read again.", total)
    messages.success(request, told % {"number": total})
    return redirect("receipts")


def _done(request: HttpRequest, pk: int, verb: str, told: str) -> HttpResponse:
    found = _one(request, pk)
    try:
        {"replay": inbound.replay, "dismiss": inbound.dismiss}[verb](found)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("receipt", pk)
    record.audit(f"receipt {verb}", actor=_reader(request), about=found, data={"desk": found.channel.desk_id})
    messages.success(request, told)
    return redirect("receipts")


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(
        request, f"connectors/{template}.html", {"here": "settings", "section": "receipts", **context}
    )


def _reader(request: HttpRequest) -> Agent:
    """Who looks. Raises Http404 for a page that was mounted without its guard."""
    if not isinstance(request.user, Agent):
        raise Http404
    return request.user


def _one(request: HttpRequest, pk: int) -> Receipt:
    """One of any state: what was replayed may be looked at again. 404 for those of other desks."""
    return get_object_or_404(visible_to(_reader(request)), pk=pk)


def _number(request: HttpRequest, name: str) -> int:
    """A number of the address; 0 for anything else."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
