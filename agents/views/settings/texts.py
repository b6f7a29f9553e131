"""Saved replies and tags: the words agents share."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents import access, saved_replies
from agents.access import AgentRequest, managers_only
from agents.settings_forms import NamedTagForm, SavedReplyForm
from agents.views.settings import show
from inbox.actions import staff
from inbox.actions import tags as tag_actions
from inbox.actions.errors import Refused
from inbox.models import Attribute, Conversation, Customer, Tag

# Nobody: a person to try a text on.
SOMEBODY = "Ana Silva"


@require_safe
@managers_only
def replies(request: AgentRequest) -> HttpResponse:
    """The saved replies I may offer."""
    listed = access.saved_replies(request.user)
    return show.page(request, "replies", section="replies", heading=_("Saved replies"), replies=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def reply(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """One saved reply; without a number a new one."""
    found = access.saved_reply(request.user, pk) if pk is not None else None
    now = {name: getattr(found, name) for name in ("name", "shortcut", "text", "team")} if found else {}
    form = SavedReplyForm(request.POST or None, initial=now, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            staff.save_reply(actor=request.user, saved=found, **form.cleaned_data)
        except Refused as error:
            form.add_error("shortcut", str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-replies")
    return show.page(
        request,
        "reply",
        section="replies",
        heading=found.name if found else _("New saved reply"),
        back=reverse("settings-replies"),
        form=form,
        reply=found,
        shown=_filled(str(form["text"].value() or ""), request),
        fields=Attribute.objects.all(),
    )


@require_POST
@managers_only
def preview(request: AgentRequest) -> HttpResponse:
    """The text as somebody would get it."""
    shown = _filled(request.POST.get("text", "")[:20_000], request)
    return render(request, "agents/settings/_preview.html", {"shown": shown})


def _filled(text: str, request: AgentRequest) -> str:
    return saved_replies.fill(text, Customer(name=SOMEBODY), request.user)


@require_POST
@managers_only
def delete_reply(request: AgentRequest, pk: int) -> HttpResponse:
    """Throw a saved reply away."""
    staff.delete_reply(actor=request.user, saved=access.saved_reply(request.user, pk))
    messages.success(request, _("Deleted"))
    return redirect("settings-replies")


@require_safe
@managers_only
def tags(request: AgentRequest) -> HttpResponse:
    """All tags, each with the number of conversations of mine to read that have it."""
    mine = Conversation.objects.visible_to(request.user).filter(tags__isnull=False)
    used = dict(mine.order_by().values_list("tags").annotate(Count("pk", distinct=True)))
    listed = [(tag, used.get(tag.pk, 0)) for tag in Tag.objects.all()]
    return show.page(request, "tags", section="tags", heading=_("Tags"), tags=listed)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def tag(request: AgentRequest, pk: int | None = None) -> HttpResponse:
    """One tag; without a number a new one."""
    found = get_object_or_404(Tag, pk=pk) if pk is not None else None
    form = NamedTagForm(
        request.POST or None, initial={"name": found.name, "colour": found.colour} if found else {}
    )
    if request.method == "POST" and form.is_valid():
        try:
            tag_actions.save(actor=request.user, tag=found, **form.cleaned_data)
        except Refused as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved"))
            return redirect("settings-tags")
    heading = found.name if found else _("New tag")
    back = reverse("settings-tags")
    return show.page(request, "tag", section="tags", heading=heading, back=back, form=form, tag=found)


@require_POST
@managers_only
def delete_tag(request: AgentRequest, pk: int) -> HttpResponse:
    """Throw a tag away."""
    tag_actions.delete(actor=request.user, tag=get_object_or_404(Tag, pk=pk))
    messages.success(request, _("Deleted"))
    return redirect("settings-tags")
