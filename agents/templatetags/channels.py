"""What templates ask of a channel: its icon, its name, and what it can do. No kind is named here."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

from agents.composing import shown
from agents.templatetags.page import HUES
from inbox import registry
from inbox.models import Channel, Identity

register = template.Library()

TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
UNKNOWN_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2">'
    '<circle cx="12" cy="12" r="8"/></svg>'
)


@register.simple_tag
def channel_icon(channel: Channel | None) -> SafeString:
    """The connector's own picture, inline, so that it takes the colour of its place and needs no request."""
    return _icon(channel.icon if channel else "")


@register.filter
def channel_label(channel: Channel | None) -> str:
    """What people call this kind of channel: the connector's label."""
    known = registry.kinds().get(channel.kind) if channel else None
    return known.label if known else ""


@register.filter
def can(channel: Channel | None, what: str) -> bool:
    """Whether the channel has a capability, by its name in inbox.contract.Capabilities."""
    return channel is not None and bool(getattr(registry.capabilities(channel.kind), what))


@register.filter
def kind_hue(kind: str) -> int:
    """Which of the eight hues stands for a kind of channel: its place among all kinds, so that none looks like another."""
    kinds = sorted(registry.kinds())
    return (kinds.index(kind) if kind in kinds else len(kinds)) % HUES + 1


@cache
def _icon(path: str) -> SafeString:
    found = finders.find(path) if path else None
    if not isinstance(found, str):
        return mark_safe(UNKNOWN_ICON)  # noqa: S308 - our own constant
    svg = Path(found).read_text(encoding="utf-8")
    # The file is part of the connector's code, reviewed like it; it is not something anybody uploads.
    shape = TITLE.sub("", svg[svg.index("<svg") :])
    return mark_safe(shape.replace("<svg", '<svg aria-hidden="true"', 1))  # noqa: S308


@register.simple_tag
def space_icon(space: str) -> SafeString:
    """The picture of an address space: that of the first connector that meets people there."""
    first = next(
        (kind for kind, connector in sorted(registry.kinds().items()) if connector.space == space), ""
    )
    return _icon(f"{first}/icon.svg" if first else "")


@register.filter
def shown_address(identity: Identity) -> str:
    """The address as people know it; an id nobody would recognise is given as the name that came with it."""
    return shown(identity, space_label(identity.space))


def space_label(space: str) -> str:
    """What the address space is called: the label of the first connector that meets people there."""
    return next((item.label for item in registry.kinds().values() if item.space == space), space)
