"""Facts of the thread as one line of words each, and their pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agents.composing import readable
from agents.templatetags.channels import space_label
from inbox.events import Kind
from inbox.models import Purpose
from inbox.models.conversations import Priority
from inbox.timeline import EventEntry

register = template.Library()

ICONS: Mapping[str, str] = {
    Kind.CONVERSATION_OPENED: "circle-dot",
    Kind.ASSIGNED: "user-round",
    Kind.STATUS_CHANGED: "circle-check",
    Kind.TAGS_CHANGED: "tag",
    Kind.PRIORITY_CHANGED: "chevrons-up",
    Kind.MESSAGE_MOVED: "corner-up-right",
    Kind.CONVERSATION_SPLIT: "split",
    Kind.CONVERSATION_MERGED: "git-merge",
    Kind.CONVERSATION_PROMOTED: "bell-ring",
    Kind.SPAM_REPORTED: "shield-alert",
    Kind.CUSTOMER_MARKED: "user-round-cog",
    Kind.IDENTITY_ADDED: "link",
    Kind.IDENTITY_CHANGED: "badge-check",
    Kind.CUSTOMERS_MERGED: "git-merge",
    Kind.CUSTOMERS_SEPARATED: "split",
}
BY_STATUS = {"open": "rotate-ccw", "snoozed": "alarm-clock", "resolved": "circle-check"}


@register.filter
def event_icon(entry: EventEntry) -> str:
    """The name of a fact's picture."""
    icon = ICONS.get(entry.event.kind, "circle")
    if entry.event.kind == Kind.STATUS_CHANGED:
        icon = BY_STATUS.get(entry.event.data.get("to", ""), icon)
    return icon


@register.simple_tag
def event_line(entry: EventEntry) -> SafeString:
    """What happened, in words; who did it is an element that becomes "You" for whoever it was."""
    line = LINES.get(entry.event.kind)
    return line(entry) if line else format_html("{}", entry.event.kind)


def _who(entry: EventEntry) -> SafeString:
    actor = entry.event.actor
    if actor is None:
        return format_html("{}", _("Onethread"))
    return format_html('<agent-name data-agent="{}">{}</agent-name>', actor.pk, actor.name)


def _say(entry: EventEntry, words: str, **values: object) -> SafeString:
    return format_html(words, who=_who(entry), **values)


def _opened(entry: EventEntry) -> SafeString:
    if entry.event.actor_id:
        return _say(entry, _("{who} began this matter"))
    return _say(entry, _("New matter"))


def _assigned(entry: EventEntry) -> SafeString:
    before, after = entry.event.data.get("before", {}), entry.event.data.get("after", {})
    assignee = entry.names.agents.get(after.get("assignee") or 0)
    team = entry.names.teams.get(after.get("team") or 0)
    if before.get("assignee") == after.get("assignee") and team is not None:
        return _say(entry, _("{who} moved it to <b>{team}</b>"), team=team.name)
    if assignee is None:
        return _say(entry, _("{who} put it back, nobody has it now"))
    if assignee.pk == entry.event.actor_id:
        return _say(entry, _("{who} took it"))
    name = format_html('<agent-name data-agent="{}">{}</agent-name>', assignee.pk, assignee.name)
    return _say(entry, _("{who} gave it to <b>{name}</b>"), name=name)


def _status(entry: EventEntry) -> SafeString:
    data = entry.event.data
    if data.get("by") == "undo":
        return _say(entry, _("{who} took that back"))
    if data.get("to") == "resolved":
        return _say(entry, _("{who} resolved it"))
    if data.get("to") == "snoozed":
        return _snoozed(entry, (data.get("after") or {}).get("snoozed_until"))
    if entry.event.actor_id:
        return _say(entry, _("{who} opened it again"))
    if data.get("by") == "clock":
        return _say(entry, _("The snooze is over"))
    if data.get("by") == "delivery":
        return _say(entry, _("Open again: an answer did not get through"))
    return _say(entry, _("Open again: they wrote"))


def _snoozed(entry: EventEntry, until: str | None) -> SafeString:
    if not until:
        return _say(entry, _("{who} snoozed it until they write"))
    at = datetime.fromisoformat(until)
    when = format_html(
        '<relative-time datetime="{}" format="until">{}</relative-time>', at.isoformat(), f"{at:%d %b %H:%M}"
    )
    return _say(entry, _("{who} snoozed it until {when}"), when=when)


def _tags(entry: EventEntry) -> SafeString:
    added, removed = (_tag_names(entry, entry.event.data.get(key, [])) for key in ("added", "removed"))
    if added and removed:
        return _say(entry, _("{who} put on {added} and took off {removed}"), added=added, removed=removed)
    if added:
        return _say(entry, _("{who} put on {added}"), added=added)
    return _say(entry, _("{who} took off {removed}"), removed=removed)


def _tag_names(entry: EventEntry, ids: list[int]) -> SafeString:
    known = [entry.names.tags[pk].name for pk in ids if pk in entry.names.tags]
    return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in known))


def _priority(entry: EventEntry) -> SafeString:
    value = entry.event.data.get("after")
    label = Priority(value).label if value in Priority.values else value
    return _say(entry, _("{who} set the priority to <b>{label}</b>"), label=label)


IDENTITY_CHANGES: Mapping[str, Callable[[], str]] = {
    "verified": lambda: _("<b>{address}</b> is proven to be theirs"),
    "released": lambda: _("<b>{address}</b> was only claimed here: its holder wrote, and is kept apart"),
    "opted_out": lambda: _("<b>{address}</b> asked for no more messages"),
    "opted_in": lambda: _("<b>{address}</b> allows messages again"),
    "shared": lambda: _("{who} marked <b>{address}</b> as shared by several people"),
    "not_shared": lambda: _("{who} marked <b>{address}</b> as one person’s"),
}


def _identity_changed(entry: EventEntry) -> SafeString:
    if entry.event.data.get("change") == "consent":
        return _consent(entry)
    words = IDENTITY_CHANGES.get(str(entry.event.data.get("change")))
    return _say(entry, words() if words else _("<b>{address}</b> changed"), address=_address(entry))


def _consent(entry: EventEntry) -> SafeString:
    data = entry.event.data
    purpose = data.get("purpose")
    label = Purpose(purpose).label if purpose in Purpose.values else purpose
    if entry.event.actor_id:
        words = _("{who} noted that <b>{address}</b> allows “{purpose}”")
        if not data.get("allowed"):
            words = _("{who} noted that <b>{address}</b> does not want “{purpose}”")
    else:
        words = _("<b>{address}</b> allows “{purpose}”")
        if not data.get("allowed"):
            words = _("<b>{address}</b> does not want “{purpose}”")
    return _say(entry, words, address=_address(entry), purpose=label)


MARKS: Mapping[tuple[str, bool], Callable[[], str]] = {
    ("vip", True): lambda: _("{who} marked them as VIP"),
    ("vip", False): lambda: _("{who} took off the VIP mark"),
    ("blocked", True): lambda: _("{who} blocked them: what they write stays in Quiet"),
    ("blocked", False): lambda: _("{who} unblocked them"),
}


def _marked(entry: EventEntry) -> SafeString:
    words = MARKS.get((str(entry.event.data.get("mark")), bool(entry.event.data.get("after"))))
    return _say(entry, words() if words else _("{who} changed the customer"))


def _address(entry: EventEntry) -> Any:
    identity = entry.names.identities.get(entry.event.data.get("identity") or 0)
    if identity is None:
        return _("An address")
    # A provider's id says nothing to a person: then the channel's name does, and what they are called there.
    if readable(identity):
        return identity.value
    label = space_label(identity.space)
    return f"{label} ({identity.name})" if identity.name else label


LINES: Mapping[str, Callable[[EventEntry], SafeString]] = {
    Kind.CONVERSATION_OPENED: _opened,
    Kind.ASSIGNED: _assigned,
    Kind.STATUS_CHANGED: _status,
    Kind.TAGS_CHANGED: _tags,
    Kind.PRIORITY_CHANGED: _priority,
    Kind.MESSAGE_MOVED: lambda entry: _say(entry, _("{who} moved a message here")),
    Kind.CONVERSATION_SPLIT: lambda entry: _say(entry, _("{who} made another matter of it")),
    Kind.CONVERSATION_MERGED: lambda entry: _say(entry, _("{who} brought two matters together")),
    Kind.CONVERSATION_PROMOTED: lambda entry: _say(entry, _("{who} opened it from Quiet")),
    Kind.SPAM_REPORTED: lambda entry: _say(entry, _("{who} reported it as spam")),
    Kind.CUSTOMER_MARKED: _marked,
    Kind.IDENTITY_ADDED: lambda entry: _say(entry, _("<b>{address}</b> was added"), address=_address(entry)),
    Kind.IDENTITY_CHANGED: _identity_changed,
    Kind.CUSTOMERS_MERGED: lambda entry: _say(entry, _("Two customers were brought together")),
    Kind.CUSTOMERS_SEPARATED: lambda entry: _say(entry, _("Two customers were taken apart")),
}
