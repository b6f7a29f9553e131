"""What views answer with besides pages: news for the page's script (a toast, rows that changed) and refusals in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django_htmx.http import trigger_client_event

from agents.access import AgentRequest


def done(
    request: AgentRequest,
    text: str,
    *,
    rows: Iterable[int] = (),
    undo: bool = False,
    fragment: str = "",
    to: str = "/",
) -> HttpResponse:
    """It is done: a toast (with Undo), rows to fetch again and fragments to swap; without scripts, back to the page `to`."""
    if not request.htmx:
        messages.success(request, text)
        return back(to)
    answer = HttpResponse(fragment)
    news(answer, rows=rows)
    if text:
        trigger_client_event(answer, "toast", {"text": text, "undo": undo})
    return answer


def news(answer: HttpResponse, *, rows: Iterable[int] = ()) -> HttpResponse:
    """Tell the page which conversations changed, so that their rows and the counts are fetched again."""
    listed: list[Any] = list(rows)
    if listed:
        trigger_client_event(answer, "rows", {"ids": listed})
        trigger_client_event(answer, "counts", {})
    return answer


def resolved(answer: HttpResponse, conversation_id: int) -> HttpResponse:
    """Tell the page that its reader resolved this conversation: who wants it so goes on to the next (js/next.js)."""
    return trigger_client_event(answer, "resolved", {"id": conversation_id})


def refused(request: AgentRequest, reason: object, *, to: str = "/") -> HttpResponse:
    """It was not done, and why. Header X-Reason carries the sentence for scripts, percent-encoded since headers are ASCII."""
    if not request.htmx:
        messages.error(request, str(reason))
        return back(to)
    body = format_html('<p class="menu-title" data-error>{}</p>', str(reason))
    return HttpResponse(body, status=422, headers={"X-Reason": quote(str(reason))})


def back(to: str) -> HttpResponse:
    """To the page a plain form belongs to."""
    return redirect(to)
