"""What helps while one writes: drafts, files, saved replies, colleagues to mention. Sending is in composer.py."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents import access, answers, composing, saved_replies
from agents import templates as choosing
from agents.access import AgentRequest, agents_only
from agents.emoji import EMOJI
from inbox.actions import drafts, files
from inbox.actions.errors import Refused
from inbox.contract import File
from inbox.models import Agent, Attachment, Conversation, SavedReply

MOST_FILE_BYTES = 30_000_000
DRAFT_FIELDS = ("text", "subject", "cc", "bcc", "in_reply_to")


@require_POST
@agents_only
def draft(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep what is being written."""
    matter = access.conversation(request.user, pk)
    try:
        keep(request.user, matter, request.POST)
    except Refused as error:
        return answers.refused(request, error)
    return HttpResponse(status=204)


def keep(agent: Agent, matter: Conversation, given: QueryDict) -> None:
    """Keep the composer's fields as the agent's draft. Raises Refused when they are too long."""
    channel, _dash, identity = given.get("pair", "").partition("-")
    data: dict[str, Any] = {name: given.get(name, "") for name in DRAFT_FIELDS}
    data |= {"channel": channel, "identity": identity, "attachments": given.getlist("attachment")}
    kind = "note" if given.get("mode") == "note" else "reply"
    drafts.save(agent=agent, conversation=matter, kind=kind, data=data)


@require_POST
@agents_only
def upload(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep one file for the message that is being written."""
    access.conversation(request.user, pk)
    given = request.FILES.get("file")
    try:
        kept = _store(request.user, given)
    except Refused as error:
        return answers.refused(request, error)
    return render(request, "agents/_composer_file.html", {"file": kept})


def stored(request: AgentRequest) -> list[str]:
    """Keep the files that came with the form itself (no script has uploaded them); gives their ids. Raises Refused."""
    return [_store(request.user, given).public_id for given in request.FILES.getlist("files")]


def _store(agent: Agent, given: object) -> Attachment:
    if not isinstance(given, UploadedFile):
        raise Refused(_("No file came. Choose it again."))
    if (given.size or 0) > MOST_FILE_BYTES:
        raise Refused(
            _("“%(name)s” is larger than %(size)d MB.")
            % {"name": given.name, "size": MOST_FILE_BYTES // 1_000_000}
        )
    file = File(
        name=given.name or "file",
        content_type=given.content_type or "application/octet-stream",
        content=given.read(),
    )
    return files.upload(agent=agent, file=file)


@require_safe
@agents_only
def saved(request: AgentRequest, pk: int) -> HttpResponse:
    """Saved replies that fit what was typed after "/", their variables filled in."""
    matter = access.conversation(request.user, pk)
    query = request.GET.get("q", "").strip()[:40]
    found = SavedReply.objects.filter(Q(team=None) | Q(team__in=request.user.teams.all()))
    if query:
        found = found.filter(Q(shortcut__istartswith=query) | Q(name__icontains=query))
    options = [(item, saved_replies.fill(item.text, matter.customer, request.user)) for item in found[:8]]
    return render(request, "agents/_suggest_saved.html", {"options": options})


@require_safe
@agents_only
def emoji(request: AgentRequest) -> HttpResponse:
    """The emoji to choose from, with their names in the reader's language."""
    menu = "agents/_menu_emoji.html"
    context = {"emoji": EMOJI, "form_template": menu, "here_url": reverse("home")}
    return render(request, menu if request.htmx else "agents/menu_page.html", context)


@require_safe
@agents_only
def people(request: AgentRequest, pk: int) -> HttpResponse:
    """Colleagues that fit what was typed after "@"; only those who may read the desk."""
    matter = access.conversation(request.user, pk)
    query = request.GET.get("q", "").strip()[:40]
    found = Agent.objects.filter(is_active=True, name__icontains=query).exclude(pk=request.user.pk)
    if matter.desk.restricted:
        found = found.filter(desks=matter.desk_id)
    return render(request, "agents/_suggest_people.html", {"people": found[:8]})


@require_safe
@agents_only
def templates(request: AgentRequest, pk: int) -> HttpResponse:
    """The approved templates of the pair's channel, to choose one and fill it in."""
    matter = access.conversation(request.user, pk)
    pair = composing.pair_named(composing.pairs(request.user, matter), request.GET.get("pair", ""))
    listed = choosing.choices(pair.channel) if pair is not None else []
    return render(request, "agents/_templates.html", {"choices": listed, "pair": pair})
