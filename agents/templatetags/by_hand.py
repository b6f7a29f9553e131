"""What was noted by hand, in words: its picture, what it was and which way it went, how long it took."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.models import Message
from inbox.models.story import ByHand

register = template.Library()

ICONS: Mapping[str, str] = {
    ByHand.VISIT: "store",
    ByHand.CALL: "phone",
    ByHand.LETTER: "mail-open",
    ByHand.FAX: "printer",
}
CAME: Mapping[str, Promise] = {
    ByHand.VISIT: _("Visit"),
    ByHand.CALL: _("Call from them"),
    ByHand.LETTER: _("Letter from them"),
    ByHand.FAX: _("Fax from them"),
}
WENT: Mapping[str, Promise] = {
    ByHand.VISIT: _("We visited them"),
    ByHand.CALL: _("We called them"),
    ByHand.LETTER: _("Letter to them"),
    ByHand.FAX: _("Fax to them"),
}


@register.filter
def by_hand_icon(kind: str) -> str:
    """The name of its picture."""
    return ICONS.get(kind, "notebook-pen")


@register.filter
def by_hand_word(message: Message) -> str:
    """What it was, and which way it went."""
    words = WENT if message.is_outbound else CAME
    return str(words.get(message.kind, message.kind))


@register.filter
def in_minutes(seconds: int) -> int:
    """Whole minutes, at least one."""
    return max(1, round(seconds / 60))
