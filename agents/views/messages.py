"""One message: its HTML in a frame where nothing runs, the whole original, and moving it to another matter."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from agents import access, answers, mail_frame
from agents.access import AgentRequest, agents_only
from agents.forms import TitleForm
from agents.views import gestures
from inbox.actions import moving
from inbox.actions.errors import Refused
from inbox.models import Conversation, Message, Original


@require_safe
@agents_only
@xframe_options_sameorigin
def html(request: AgentRequest, pk: int) -> HttpResponse:
    """A mail's HTML for its frame. `whole`: with the quoted history; `images`: remote pictures may load."""
    message = access.message(request.user, pk)
    markup = message.html
    if request.GET.get("whole"):
        original = Original.objects.filter(pk=pk).first()
        markup = original.html if original and original.html else markup
    return mail_frame.page(message, markup, images=bool(request.GET.get("images")))


@require_safe
@agents_only
def original(request: AgentRequest, pk: int) -> HttpResponse:
    """The whole of a mail, its quoted history included."""
    message = access.message(request.user, pk)
    whole = Original.objects.filter(pk=pk).first()
    if whole is None:
        raise Http404("There is no longer version of this message.")
    template = "agents/_original.html" if request.htmx else "agents/original.html"
    return render(request, template, {"message": message, "original": whole})


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def menu(request: AgentRequest, pk: int) -> HttpResponse:
    """What can be done with a message: move it to another matter of this customer, or begin one with it."""
    message = access.message(request.user, pk)
    here = reverse("conversation", args=[message.conversation_id])
    if request.method != "POST":
        others = Conversation.objects.visible_to(request.user).filter(
            customer=message.customer_id, desk=message.conversation.desk_id, quiet=False, merged_into=None
        )
        context = {
            "message": message,
            "matters": others.exclude(pk=message.conversation_id).order_by("-last_activity")[:8],
            "whole": Original.objects.filter(pk=pk).exists(),
            "may": gestures.offered(request, message),
            "here_url": here,
            "form_template": "agents/_menu_message.html",
        }
        return render(
            request, "agents/_menu_message.html" if request.htmx else "agents/menu_page.html", context
        )
    try:
        target = _move(request, message)
    except Refused as error:
        return answers.refused(request, error, to=here)
    text = _("A matter of its own now") if request.POST.get("to") == "new" else _("Moved")
    rows = [message.conversation_id, target]
    fragment = render_to_string("agents/_go.html", {"to": reverse("conversation", args=[target])}, request)
    return answers.done(
        request, text, rows=rows, undo=True, fragment=fragment, to=reverse("conversation", args=[target])
    )


def _move(request: AgentRequest, message: Message) -> int:
    """Do it; gives the matter in which the message is now."""
    to = request.POST.get("to", "")
    if to == "new":
        form = TitleForm(request.POST)
        title = form.cleaned_data["title"] if form.is_valid() else ""
        return moving.split(agent=request.user, message_ids=[message.pk], title=title).pk
    if not to.isdecimal() or not Conversation.objects.visible_to(request.user).filter(pk=int(to)).exists():
        raise Refused(_("Choose another matter of the same customer and desk."))
    return moving.move(agent=request.user, message_id=message.pk, conversation_id=int(to)).conversation_id
