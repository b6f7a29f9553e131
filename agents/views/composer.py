"""Sending: a reply or a note, what is asked before, taking it back, trying again. What helps to write is in writing.py."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from agents import access, answers, composing, opened, templates
from agents.access import AgentRequest, agents_only
from agents.composing import Pair
from agents.forms import SendForm, zone_of
from agents.views import writing
from inbox import timeline
from inbox.actions import deliver, drafts, files, reply, status
from inbox.actions.composing import Composition
from inbox.actions.errors import Changed, Refused
from inbox.contract import Address
from inbox.models import Agent, Conversation, Message, Participant
from inbox.models.messages import Direction

MENTION = re.compile(r"@([\w.'’-]+(?: [\w.'’-]+)?)")


@require_POST
@agents_only
def send(request: AgentRequest, pk: int) -> HttpResponse:
    """Send what the composer holds: a reply over a pair, or a note."""
    matter = access.conversation(request.user, pk)
    here = reverse("conversation", args=[pk])
    given = request.POST.copy()
    try:
        given.setlist("attachment", [*given.getlist("attachment"), *writing.stored(request)])
        form = _form(request, given)
        if form.cleaned_data["mode"] == "note":
            return _written(request, matter, _note(request, matter, form))
        return _reply(request, matter, form, given)
    except Changed as error:
        return _ask_changed(request, given, error)
    except Refused as error:
        if not request.htmx:
            # The page it leads back to shows the draft. A text too long to keep is in the browser, one page back.
            with suppress(Refused):
                writing.keep(request.user, matter, given)
        return answers.refused(request, error, to=here)


def _form(request: AgentRequest, given: QueryDict) -> SendForm:
    form = SendForm(given, sender=request.user)
    if not form.is_valid():
        raise Refused(form.reason)
    return form


def _note(request: AgentRequest, matter: Conversation, form: SendForm) -> Message:
    text = form.cleaned_data["text"]
    return reply.note(
        agent=request.user,
        conversation_id=matter.pk,
        text=text,
        client_key=form.cleaned_data["client_key"],
        mentions=_mentioned(text),
        attachments=form.cleaned_data["attachment"] or (),
    )


def _mentioned(text: str) -> list[Agent]:
    """The colleagues named by "@Name" or "@Name Surname"."""
    names = {name.casefold() for found in MENTION.findall(text) for name in (found, found.split(" ")[0])}
    if not names:
        return []
    return [agent for agent in Agent.objects.filter(is_active=True) if agent.name.casefold() in names]


def _reply(request: AgentRequest, matter: Conversation, form: SendForm, given: QueryDict) -> HttpResponse:
    data = form.cleaned_data
    pair = composing.pair_named(composing.pairs(request.user, matter), data["pair"])
    if pair is None:
        raise Refused(_("Choose how to reach them."))
    confirmed = data["confirmed"].split(",")
    doubtful = not pair.identity.verified and not pair.public
    if doubtful and "claimed" not in confirmed and not _written_before(request, pair):
        return _ask_claimed(request, given, pair)
    if pair.public and not data["private"] and "public" not in confirmed and not _answered_in_public(matter):
        return _ask_public(request, given, matter)
    fresh = _new_people(matter, pair, form)
    if fresh and "recipients" not in confirmed:
        return _ask_recipients(request, given, fresh)
    message = reply.reply(
        agent=request.user,
        conversation_id=matter.pk,
        composition=_composition(request, matter, pair, form, given),
        client_key=data["client_key"],
        resolve=data["then"] == "resolve",
        seen=data["newest"],
    )
    if data["then"] == "snooze":
        status.snooze(agent=request.user, conversation_ids=[matter.pk], until=None, batch=message.public_id)
    answer = _written(request, matter, message)
    if data["then"] == "resolve" and request.htmx:
        answers.resolved(answer, matter.pk)
    if data["moment"]:
        return _scheduled(request, answer, data["moment"])
    answer["X-Undo-Seconds"] = str(pair.undo_seconds)
    answer["X-Cancel-Url"] = reverse("message-cancel", args=[message.pk])
    return answer


def _scheduled(request: AgentRequest, answer: HttpResponse, moment: datetime) -> HttpResponse:
    """Say when it goes out. Its entry has the button that takes it back for as long as it waits."""
    when = date_format(moment.astimezone(zone_of(request.user)), _("l j F, H:i"))
    text = _("Goes out on %(when)s") % {"when": when}
    return trigger_client_event(answer, "toast", {"text": text, "undo": False})


def _composition(
    request: AgentRequest, matter: Conversation, pair: Pair, form: SendForm, given: QueryDict
) -> Composition:
    data, space = form.cleaned_data, pair.identity.space
    answered = Message.objects.visible_to(request.user).filter(pk=data["in_reply_to"] or 0).first()
    can = pair.capabilities
    return Composition(
        channel=pair.channel,
        identity=pair.identity,
        text=data["text"],
        subject=data["subject"] if can.subject else "",
        cc=form.people("cc", space) if can.cc else (),
        bcc=form.people("bcc", space) if can.cc else (),
        attachments=data["attachment"] or (),
        in_reply_to=answered.pk if answered else _commented(matter, pair, data["private"]),
        not_before=data["moment"],
        template=templates.chosen(pair.channel, data["template"], given) if data["use_template"] else None,
        private=data["private"] and pair.public,
    )


def _commented(matter: Conversation, pair: Pair, private: bool) -> int | None:
    """The comment that a private answer answers if none was chosen: the last of theirs."""
    if not (private and pair.public):
        return None
    theirs = matter.messages.filter(direction=Direction.INBOUND, channel=pair.channel)
    return theirs.order_by("-occurred_at", "-pk").values_list("pk", flat=True).first()


def _answered_in_public(matter: Conversation) -> bool:
    return matter.messages.filter(direction=Direction.OUTBOUND, private=False).exists()


def _written_before(request: AgentRequest, pair: Pair) -> bool:
    """Whether somebody of us has written to this address already, as far as the agent may know: then the question has been
    answered once."""
    return (
        Message.objects.visible_to(request.user)
        .filter(identity=pair.identity, direction=Direction.OUTBOUND)
        .exists()
    )


def _new_people(matter: Conversation, pair: Pair, form: SendForm) -> list[Address]:
    """Those among the copies whom nobody in this matter has written to, or heard from, before."""
    space = pair.identity.space
    copies = [*form.people("cc", space), *form.people("bcc", space)] if pair.capabilities.cc else []
    known = set(
        Participant.objects.filter(
            message__conversation=matter, identity__value__in=[each.value for each in copies]
        ).values_list("identity__value", flat=True)
    )
    return [each for each in copies if each.value not in known]


def _written(request: AgentRequest, matter: Conversation, message: Message) -> HttpResponse:
    """The new entry and the thread's changed state; without scripts, the thread."""
    if not request.htmx:
        return answers.back(reverse("conversation", args=[matter.pk]))
    state = opened.state(request.user, access.conversation(request.user, matter.pk))
    context = {"entry": timeline.messages([message.pk])[0], "oob": True, **state}
    body = render_to_string("agents/_entry.html", context, request) + render_to_string(
        "agents/_state.html", context, request
    )
    return answers.news(HttpResponse(body), rows=[matter.pk])


def _ask_claimed(request: AgentRequest, given: QueryDict, pair: Pair) -> HttpResponse:
    confirmed = ",".join(filter(None, [given.get("confirmed", ""), "claimed"]))
    return _ask(request, given, "agents/_ask_claimed.html", {"pair": pair}, confirmed=confirmed)


def _ask_public(request: AgentRequest, given: QueryDict, matter: Conversation) -> HttpResponse:
    confirmed = ",".join(filter(None, [given.get("confirmed", ""), "public"]))
    return _ask(request, given, "agents/_ask_public.html", {"matter": matter}, confirmed=confirmed)


def _ask_recipients(request: AgentRequest, given: QueryDict, people: list[Address]) -> HttpResponse:
    confirmed = ",".join(filter(None, [given.get("confirmed", ""), "recipients"]))
    return _ask(request, given, "agents/_ask_recipients.html", {"people": people}, confirmed=confirmed)


def _ask_changed(request: AgentRequest, given: QueryDict, error: Changed) -> HttpResponse:
    """Somebody wrote meanwhile: show what, and ask."""
    fresh = Message.objects.visible_to(request.user).filter(pk__in=error.message_ids)
    shown = fresh.select_related("author", "identity", "customer").order_by("pk")
    newest = max(error.message_ids)
    context = {"news": shown, "newest": newest}
    return _ask(request, given, "agents/_ask_changed.html", context, newest=newest)


def _ask(
    request: AgentRequest, given: QueryDict, question: str, context: dict[str, Any], **yes: object
) -> HttpResponse:
    """A question before sending, inside the composer; without scripts a page whose button posts the same again, with `yes`."""
    if request.htmx:
        return render(request, question, context, status=409)
    values = [(name, value) for name, listed in given.lists() for value in listed]
    fields = [(name, value) for name, value in values if name not in (*yes, "csrfmiddlewaretoken")]
    context |= {"question": question, "fields": [*fields, *yes.items()], "action": request.path}
    return render(request, "agents/ask_page.html", context, status=409)


@require_POST
@agents_only
def cancel(request: AgentRequest, pk: int) -> HttpResponse:
    """Undo send: the message stays as taken back, its text and files return to the composer."""
    message = access.message(request.user, pk)
    here = reverse("conversation", args=[message.conversation_id])
    try:
        deliver.cancel(agent=request.user, message_id=pk)
    except Refused as error:
        return answers.refused(request, error, to=here)
    again = files.bring_back(agent=request.user, message=message)
    if not request.htmx:
        drafts.begin_again(agent=request.user, message=message, files=again)
        return answers.back(here)
    entry = render_to_string("agents/_entry.html", {"entry": timeline.messages([pk])[0]}, request)
    text = render_to_string("agents/_taken_back.html", {"message": message, "files": again})
    return answers.news(HttpResponse(entry + text), rows=[message.conversation_id])


@require_POST
@agents_only
def retry(request: AgentRequest, pk: int) -> HttpResponse:
    """Send a message again that failed or whose fate is unknown."""
    message = access.message(request.user, pk)
    here = reverse("conversation", args=[message.conversation_id])
    try:
        deliver.retry(message_id=pk)
    except Refused as error:
        return answers.refused(request, error, to=here)
    if not request.htmx:
        return answers.back(here)
    entry = render_to_string("agents/_entry.html", {"entry": timeline.messages([pk])[0]}, request)
    return answers.news(HttpResponse(entry), rows=[message.conversation_id])
