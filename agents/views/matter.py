"""A matter's further verbs: its title, unread again, promote out of Quiet, one with another matter."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents import access, answers
from agents.access import AgentRequest, agents_only
from agents.forms import TitleForm
from inbox.actions import conversations, moving, status
from inbox.actions.errors import Refused
from inbox.models import Conversation
from inbox.models.conversations import Priority

Done = tuple[str, int]


def _title(request: AgentRequest, matter: Conversation) -> Done:
    form = TitleForm(request.POST)
    if not form.is_valid():
        raise Refused(_("A title has at most 200 characters."))
    conversations.describe(agent=request.user, conversation_id=matter.pk, title=form.cleaned_data["title"])
    return _("Title changed"), matter.pk


def _unread(request: AgentRequest, matter: Conversation) -> Done:
    conversations.mark_unread(agent=request.user, conversation=matter)
    return _("Unread again"), matter.pk


def _promote(request: AgentRequest, matter: Conversation) -> Done:
    return _("Open now"), status.promote(agent=request.user, conversation_id=matter.pk).pk


def _continue(request: AgentRequest, matter: Conversation) -> Done:
    kept = moving.continue_previous(agent=request.user, conversation_id=matter.pk)
    return _("One matter with the previous one now"), kept.pk


def _merge(request: AgentRequest, matter: Conversation) -> Done:
    into = request.POST.get("into", "")
    visible = Conversation.objects.visible_to(request.user)
    if not into.isdecimal() or not visible.filter(pk=int(into)).exists():
        raise Refused(_("Choose another matter of the same customer and desk."))
    return _("One matter now"), moving.merge(
        agent=request.user, conversation_id=matter.pk, into_id=int(into)
    ).pk


VERBS: dict[str, Callable[[AgentRequest, Conversation], Done]] = {
    "title": _title,
    "unread": _unread,
    "promote": _promote,
    "continue": _continue,
    "merge": _merge,
}


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def menu(request: AgentRequest, pk: int) -> HttpResponse:
    """The menu of a matter, and what is chosen in it."""
    matter = access.conversation(request.user, pk)
    here = reverse("conversation", args=[pk])
    if request.method != "POST":
        return _form(request, matter, here)
    verb = VERBS.get(request.POST.get("verb", ""))
    if verb is None:
        return answers.refused(request, _("This cannot be done here."), to=here)
    try:
        text, kept = verb(request, matter)
    except Refused as error:
        return answers.refused(request, error, to=here)
    there = reverse("conversation", args=[kept])
    leave = request.POST["verb"] == "unread"
    fragment = "" if leave else render_to_string("agents/_go.html", {"to": there}, request)
    undo = request.POST["verb"] == "promote"
    return answers.done(request, text, rows={pk, kept}, undo=undo, fragment=fragment, to=there)


def _form(request: AgentRequest, matter: Conversation, here: str) -> HttpResponse:
    others = Conversation.objects.visible_to(request.user).filter(
        customer=matter.customer_id, desk=matter.desk_id, quiet=False, merged_into=None
    )
    context = {
        "conversation": matter,
        "others": others.unresolved().exclude(pk=matter.pk).order_by("-last_activity")[:6],
        "priorities": Priority.choices,
        "here_url": here,
        "form_template": "agents/_menu_matter.html",
    }
    return render(request, "agents/_menu_matter.html" if request.htmx else "agents/menu_page.html", context)
