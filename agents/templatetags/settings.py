"""The settings' side navigation, for every page that has it: `{% settings_nav "channels" %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from agents import sections

register = template.Library()


@register.inclusion_tag("agents/settings/_nav.html", takes_context=True)
def settings_nav(context: RequestContext, here: str) -> dict[str, Any]:
    """The sections the reader may open, with the current one marked."""
    return {"sections": sections.of(context["request"].user), "here": here}
