"""What an agent does to a message that is there already: react, edit, take back, hide, show. What may be done: inbox/actions/gestures.py."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents import access, answers
from agents.access import AgentRequest, agents_only
from agents.emoji import EMOJI
from inbox import timeline
from inbox.actions import gestures
from inbox.actions.errors import Refused
from inbox.contract import GestureKind
from inbox.models import Message

AT_ONCE = (GestureKind.DELETE, GestureKind.HIDE, GestureKind.SHOW)
"""What needs no more words."""


def offered(request: AgentRequest, message: Message) -> dict[str, bool]:
    """Which gestures this agent is offered on this message, by kind."""
    may = {kind: not gestures.refuses(message, kind, request.user) for kind in GestureKind}
    hidden = message.hidden_at is not None
    may[GestureKind.HIDE] = may[GestureKind.HIDE] and not hidden
    may[GestureKind.SHOW] = may[GestureKind.SHOW] and hidden
    return {str(kind): allowed for kind, allowed in may.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def react(request: AgentRequest, pk: int) -> HttpResponse:
    """Emoji to put on a message; taking one's own away."""
    message = access.message(request.user, pk)
    if request.method == "POST":
        emoji = request.POST.get("emoji", "")
        if emoji and emoji not in {character for character, _name in EMOJI}:
            return answers.refused(request, _("Choose one of the emoji offered."), to=_thread(message))
        return _order(request, message, GestureKind.REACT, emoji=emoji)
    own = message.reactions.filter(agent=request.user).exclude(emoji="").first()
    return _menu(request, message, "agents/_menu_react.html", {"emoji": EMOJI, "own": own})


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """The words of a message of one's own, to be changed."""
    message = access.message(request.user, pk)
    if request.method == "POST":
        return _order(request, message, GestureKind.EDIT, text=request.POST.get("text", ""))
    return _menu(request, message, "agents/_menu_edit.html", {"may": offered(request, message)})


@require_POST
@agents_only
def gesture(request: AgentRequest, pk: int) -> HttpResponse:
    """Take back, hide, show (`kind`); try a failed one again (`again`), or let it be (`let_be`)."""
    message = access.message(request.user, pk)
    given = request.POST
    kind, again, let_be = given.get("kind"), given.get("again", ""), given.get("let_be", "")
    if kind in AT_ONCE:
        return _order(request, message, GestureKind(kind))
    if _is_id(again):
        return _done(
            request, message, lambda: gestures.again(agent=request.user, message_id=pk, order_id=int(again))
        )
    if _is_id(let_be):
        return _done(request, message, lambda: gestures.let_be(message_id=pk, order_id=int(let_be)))
    return answers.refused(request, _("This cannot be done to this message."), to=_thread(message))


def _order(
    request: AgentRequest, message: Message, kind: GestureKind, *, emoji: str = "", text: str = ""
) -> HttpResponse:
    agent = request.user
    return _done(
        request,
        message,
        lambda: gestures.order(agent=agent, message_id=message.pk, kind=kind, emoji=emoji, text=text),
    )


def _done(request: AgentRequest, message: Message, act: Callable[[], object]) -> HttpResponse:
    """Do it; answer with the message as it is then, with what is on its way. Without scripts, with the thread."""
    try:
        act()
    except Refused as error:
        return answers.refused(request, error, to=_thread(message))
    if not request.htmx:
        return answers.back(_thread(message))
    entry = timeline.messages([message.pk])[0]
    return HttpResponse(render_to_string("agents/_entry.html", {"entry": entry}, request))


def _menu(request: AgentRequest, message: Message, template: str, more: dict[str, object]) -> HttpResponse:
    context = {"message": message, "here_url": _thread(message), "form_template": template, **more}
    return render(request, template if request.htmx else "agents/menu_page.html", context)


def _thread(message: Message) -> str:
    return f"{reverse('conversation', args=[message.conversation_id])}?message={message.pk}"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
