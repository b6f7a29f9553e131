"""Small tags every page uses: the stylesheet's address, stable hues, sizes a person can read, text with links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, gettext

from agents import mail_frame, stylesheet
from inbox import keyset
from inbox.actions import links
from inbox.models import Conversation, Message
from inbox.models.messages import Direction
from inbox.text import to_html

register = template.Library()

HUES = 8
# What is put in a link: an http(s) address up to white space, without the punctuation that ends a sentence.
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")


@register.simple_tag
def stylesheet_url() -> str:
    """The address of the one stylesheet; it changes with its content, so browsers may keep it for ever."""
    return reverse("stylesheet", args=[stylesheet.digest()])


@register.filter
def hue(pk: int | None) -> int:
    """Which of the face colours belongs to this id: 1–8, the same for ever."""
    return (pk or 0) % HUES + 1


@register.filter
def with_links(text: str) -> SafeString:
    """Plain text, escaped, its web addresses made links that tell the target nothing about us."""
    parts: list[str] = []
    position = 0
    for found in LINK.finditer(text):
        parts.append(conditional_escape(text[position : found.start()]))
        parts.append(
            format_html(
                '<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>', found.group()
            )
        )
        position = found.end()
    parts.append(conditional_escape(text[position:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


@register.filter
def only_emoji(text: str) -> bool:
    """Whether a message is one to three emoji and nothing else: shown large, without a bubble."""
    stripped = re.sub(r"[\s\u200d\ufe0f\U0001f3fb-\U0001f3ff]", "", text)
    return 0 < len(stripped) <= 3 and all(ord(char) >= 0x2190 and not char.isalnum() for char in stripped)


@register.filter
def said(message: Message) -> str:
    """The text as the thread shows it: a link made for the addressee alone is named, never shown."""
    return links.shown(message.text) if message.direction == Direction.OUTBOUND else message.text


@register.filter
def rich(text: str) -> SafeString:
    """What an agent wrote, with its markdown: rendered anew and cleaned each time, never taken from what is stored."""
    return mark_safe(to_html(text))  # noqa: S308 - to_html lets only harmless tags through


@register.filter
def newest_key(conversation: Conversation) -> str:
    """Sorts a row among the newest first: descending."""
    return keyset.sort_key(keyset.micros(conversation.last_activity), conversation.pk)


@register.filter
def waiting_key(conversation: Conversation) -> str:
    """Sorts a row among the longest waiting first: ascending; those in which nobody waits follow, newest first."""
    if conversation.waiting_since is not None:
        return keyset.sort_key(0, keyset.micros(conversation.waiting_since), conversation.pk)
    return keyset.sort_key(1, -keyset.micros(conversation.last_activity), -conversation.pk)


@register.filter
def at(mapping: Mapping[int, str] | None, key: int) -> str:
    """The value at the key, or ""."""
    return (mapping or {}).get(key, "")


@register.filter
def first_word(name: str) -> str:
    """How colleagues call each other."""
    return name.split(" ", 1)[0]


@register.filter
def is_past(at: datetime) -> bool:
    """Whether the moment is over."""
    return at <= timezone.now()


@register.filter
def older_than_hours(at: datetime, hours: int) -> bool:
    """Whether the moment is more than so many hours ago."""
    return timezone.now() - at > timedelta(hours=hours)


@register.filter
def matter_name(conversation: Conversation) -> str:
    """The title of a matter; without one, what it is under a public post, or its number."""
    if conversation.public and not conversation.title:
        return gettext("Public comment")
    return conversation.title or gettext("Conversation %(number)d") % {"number": conversation.pk}


@register.filter
def language_name(code: str) -> str:
    """The language's own name for a code ("es" → "español"); the code itself if we do not know it."""
    try:
        return str(get_language_info(code)["name_translated"]) if code else ""
    except KeyError:
        return code


@register.filter
def remote_images(markup: str) -> bool:
    """Whether a mail wants pictures from elsewhere."""
    return mail_frame.has_remote_images(markup)
