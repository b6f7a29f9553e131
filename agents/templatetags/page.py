"""Small tags every page uses: the stylesheet's address, stable hues, sizes a person can read, text with links."""

from __future__ import annotations

import re

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from agents import stylesheet

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
            format_html('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>', found.group())
        )
        position = found.end()
    parts.append(conditional_escape(text[position:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


@register.filter
def only_emoji(text: str) -> bool:
    """Whether a message is one to three emoji and nothing else: shown large, without a bubble."""
    stripped = re.sub(r"[\s\u200d\ufe0f\U0001f3fb-\U0001f3ff]", "", text)
    return 0 < len(stripped) <= 3 and all(ord(char) >= 0x2190 and not char.isalnum() for char in stripped)
