"""The rail, for every page that has one: `{% rail %}` reads and renders it, so that no view has to think of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agents import rail as rails
from inbox.models.staff import Presence

register = template.Library()

THEMES = (("light", _("Light"), "sun"), ("dark", _("Dark"), "moon"), ("system", _("System"), "monitor"))


@register.inclusion_tag("agents/_rail.html", takes_context=True)
def rail(context: RequestContext) -> dict[str, Any]:
    """Views with counts, teams, and me. The page says where it is by `here` (a page's name) or `view` (a queue)."""
    request = context["request"]
    shown = rails.of(request.user)
    view = context.get("view")
    return {
        "agent": request.user,
        "views": shown.views,
        "teams": shown.teams,
        "here": context.get("here") or getattr(view, "key", ""),
        "presences": Presence.choices,
        "themes": THEMES,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def script_words() -> SafeString:
    """The words the page's scripts say, in the reader's language (js/words.js reads them)."""
    words = {
        "choose_pair": _("Choose how to reach them"),
        "copied": _("Copied"),
        "customer_typing": _("{name} is writing"),
        "draft_local": _("Kept on this device only"),
        "draft_saved": _("Draft saved"),
        "failed": _("That did not work. Nothing was changed; try again."),
        "gone": _("It is no longer here."),
        "new_message": _("New message"),
        "not_sent": _("It was not sent."),
        "not_sent_offline": _("Not sent: there is no connection. Your text is still here."),
        "not_sent_signed_out": _("Not sent: you are logged out. Log in again; your text is kept."),
        "not_sent_to": _("Your message to {name} was not sent. It is kept as a draft."),
        "not_uploaded": _("could not be uploaded"),
        "offline": _("No connection. Try again in a moment."),
        "open": _("Open"),
        "remove": _("Remove"),
        "reply_to_many": _("Reply to {count} people"),
        "segments": _("{units} · {segments} segments"),
        "sending_in": _("Sending in {seconds} seconds"),
        "sent": _("Sent"),
        "signed_out": _("You are logged out. Open the page again."),
        "since_you_looked": _("Since you last looked"),
        "too_large": _("is too large for this channel"),
        "too_late": _("Too late to undo: it is already on its way."),
        "undo": _("Undo"),
        "you": _("You"),
    }
    return json_script(words, "words")
