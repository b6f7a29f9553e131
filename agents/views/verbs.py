"""What can be done with conversations, one or several: assign, tag, snooze, resolve, reopen, priority; and undo.

A GET of a verb's address is its form (a menu of the page, or a page of its own); a POST does it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import access, answers, opened, snoozing
from agents.access import AgentRequest, agents_only
from agents.forms import AssignForm, PriorityForm, SnoozeForm, TagForm, zone_of
from inbox.actions import conversations, spam, status, undo
from inbox.actions.errors import Refused
from inbox.models import Agent, Conversation, Desk, Tag, Team
from inbox.models.conversations import Priority

MOST_AT_ONCE = 200
Verb = Callable[[AgentRequest, Sequence[int], str], str]


# ---------------------------------------------------------------- the verbs: do it, and say what was done


def _resolve(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    changed = status.resolve(agent=request.user, conversation_ids=ids, batch=batch)
    return ngettext("Resolved", "%(count)d resolved", len(ids)) % {"count": changed}


def _reopen(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    changed = status.reopen(agent=request.user, conversation_ids=ids, batch=batch)
    return ngettext("Open again", "%(count)d open again", len(ids)) % {"count": changed}


def _snooze(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    form = SnoozeForm(request.POST, reader=request.user)
    if not form.is_valid():
        raise Refused(_("Choose until when."))
    until = form.cleaned_data["moment"]
    changed = status.snooze(agent=request.user, conversation_ids=ids, until=until, batch=batch)
    if until is None:
        return ngettext("Snoozed until they write", "%(count)d snoozed until they write", len(ids)) % {
            "count": changed
        }
    return ngettext("Snoozed", "%(count)d snoozed", len(ids)) % {"count": changed}


def _assign(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    form = AssignForm(request.POST, reader=request.user)
    if not form.is_valid():
        raise Refused(_("There is no such colleague or team."))
    assignee, team = form.cleaned_data["assignee"], form.cleaned_data["team"]
    with transaction.atomic():
        for (to, of), same in _given(request, ids, assignee, team).items():
            conversations.assign(agent=request.user, conversation_ids=same, assignee=to, team=of, batch=batch)
    if assignee is None and team is None:
        return _("Nobody looks after it now")
    return _("Given to %(name)s") % {"name": _name(request, assignee, team)}


def _given(
    request: AgentRequest, ids: Sequence[int], assignee: Agent | None, team: Team | None
) -> dict[tuple[Agent | None, Team | None], list[int]]:
    """Which conversations go to whom. A person or a team is chosen; the other stays as it is, each conversation's own:
    whoever had it keeps it only if they are in the team that is chosen."""
    found: dict[tuple[Agent | None, Team | None], list[int]] = {}
    members = set(team.members.all()) if team else set()
    for matter in Conversation.objects.filter(pk__in=ids).select_related("assignee", "team"):
        to, of = assignee, team
        if "assignee" not in request.POST:
            to = matter.assignee if matter.assignee in members else None
        elif "team" not in request.POST:
            of = matter.team
        found.setdefault((to, of), []).append(matter.pk)
    return found


def _name(request: AgentRequest, assignee: Agent | None, team: Team | None) -> str:
    if assignee is None:
        return str(team)
    return _("you") if assignee == request.user else str(assignee)


def _tag(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    form = TagForm(request.POST)
    if not form.is_valid():
        raise Refused(_("There is no such tag."))
    add, remove = list(form.cleaned_data["add"]), list(form.cleaned_data["remove"])
    # A tag was chosen from the list: what stands in the field was written to find it.
    if form.cleaned_data["name"] and not add and not remove:
        add.append(conversations.tag_named(form.cleaned_data["name"]))
    conversations.tag(agent=request.user, conversation_ids=ids, add=add, remove=remove, batch=batch)
    return _("Tags changed")


def _prioritise(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    form = PriorityForm(request.POST)
    if not form.is_valid():
        raise Refused(_("There is no such priority."))
    priority = form.cleaned_data["priority"]
    conversations.prioritise(agent=request.user, conversation_ids=ids, priority=priority, batch=batch)
    return _("Priority: %(name)s") % {"name": Priority(priority).label}


def _spam(request: AgentRequest, ids: Sequence[int], batch: str) -> str:
    block = request.POST.get("block") == "yes"
    # One undo takes back both, the report and the block.
    changed = spam.report(
        agent=request.user, conversation_ids=ids, block=block, batch=batch or secrets.token_hex(8)
    )
    if block:
        return ngettext(
            "Spam, and its sender blocked", "%(count)d spam, and their senders blocked", len(ids)
        ) % {"count": changed}
    return ngettext("Spam: it is in Quiet now", "%(count)d spam: they are in Quiet now", len(ids)) % {
        "count": changed
    }


VERBS: dict[str, Verb] = {
    "resolve": _resolve,
    "reopen": _reopen,
    "snooze": _snooze,
    "assign": _assign,
    "tag": _tag,
    "priority": _prioritise,
    "spam": _spam,
}


# ---------------------------------------------------------------- one conversation


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def verb(request: AgentRequest, pk: int, name: str) -> HttpResponse:
    """One verb on one conversation."""
    matter = access.conversation(request.user, pk)
    here = reverse("conversation", args=[pk])
    if request.method != "POST":
        if name in ("resolve", "reopen"):  # nothing to ask; somebody opened the address itself
            return answers.back(here)
        return _menu(request, name, reverse(name, args=[pk]), here=here, conversation=matter)
    try:
        text = VERBS[name](request, [matter.pk], "")
    except Refused as error:
        return answers.refused(request, error, to=here)
    answer = answers.done(request, text, rows=[pk], undo=True, fragment=_fragments(request, pk), to=here)
    return answers.resolved(answer, pk) if name == "resolve" and request.htmx else answer


def _fragments(request: AgentRequest, pk: int) -> str:
    """What of the open thread shows the state of a conversation."""
    context = opened.state(request.user, access.conversation(request.user, pk))
    return render_to_string("agents/_state.html", {**context, "oob": True}, request)


# ---------------------------------------------------------------- several


@require_POST
@agents_only
def bulk(request: AgentRequest) -> HttpResponse:
    """One verb on the picked conversations; one undo takes back all of it."""
    name = request.POST.get("verb", "")
    ids = _picked(request, request.POST.getlist("conversation"))
    if name not in VERBS or not ids:
        return answers.refused(request, _("Choose at least one conversation."), to=reverse("home"))
    try:
        text = VERBS[name](request, ids, secrets.token_hex(8))
    except Refused as error:
        return answers.refused(request, error, to=reverse("home"))
    return answers.done(request, text, rows=ids, undo=True, to=reverse("home"))


@require_safe
@agents_only
def bulk_menu(request: AgentRequest, name: str) -> HttpResponse:
    """The form of a verb for the picked conversations."""
    if name not in ("assign", "tag", "snooze", "spam"):
        raise Http404(name)
    picked = _picked(request, request.GET.getlist("conversation"))
    return _menu(request, name, reverse("bulk"), here=reverse("home"), picked=picked)


def _picked(request: AgentRequest, given: Sequence[str]) -> list[int]:
    """Those of the picked conversations that this agent may read."""
    ids = [int(number) for number in given if number.isascii() and number.isdecimal() and len(number) < 19]
    visible = Conversation.objects.visible_to(request.user).filter(pk__in=ids[:MOST_AT_ONCE])
    return list(visible.values_list("pk", flat=True))


@require_POST
@agents_only
def undo_last(request: AgentRequest) -> HttpResponse:
    """Take back my last move, whatever it was."""
    try:
        touched = undo.last(agent=request.user)
    except Refused as error:
        return answers.refused(request, error, to=reverse("home"))
    shown = request.POST.get("open", "")
    fragment = _fragments(request, int(shown)) if shown.isdecimal() and int(shown) in touched else ""
    return answers.done(request, _("Undone"), rows=touched, fragment=fragment, to=reverse("home"))


# ---------------------------------------------------------------- forms


def _menu(request: AgentRequest, name: str, action: str, *, here: str, **context: Any) -> HttpResponse:
    """The form of a verb: inside a menu for the page's script, a page of its own otherwise."""
    matter = context.get("conversation")
    context |= {
        "action": action,
        "verb": name,
        "here_url": here,
        "form_template": f"agents/_menu_{name}.html",
    }
    if name == "assign":
        context |= _people(request, matter)
    elif name == "tag":
        context["tags"] = Tag.objects.all()
        context["on"] = set(matter.tags.values_list("pk", flat=True)) if matter else set()
    elif name == "snooze":
        context["presets"] = snoozing.presets(zone_of(request.user), timezone.now())
    elif name == "priority":
        context["priorities"] = Priority.choices
    template = context["form_template"] if request.htmx else "agents/menu_page.html"
    return render(request, template, context)


def _people(request: AgentRequest, matter: Conversation | None) -> dict[str, Any]:
    """Colleagues who may read the desk, online ones first; the desk's teams."""
    desks = Desk.objects.readable_by(request.user)
    people = Agent.objects.filter(is_active=True)
    if matter is not None:
        desks = desks.filter(pk=matter.desk_id)
        if matter.desk.restricted:
            people = people.filter(desks=matter.desk_id)
    order = {"online": 0, "away": 1}
    listed = sorted(
        people.exclude(pk=request.user.pk), key=lambda agent: (order.get(agent.presence, 2), agent.name)
    )
    return {"people": listed, "teams": Team.objects.filter(desk__in=desks), "me": request.user}
