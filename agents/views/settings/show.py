"""How a settings page is answered: in the frame of the settings, or with the form and what is wrong in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from agents.access import AgentRequest


def page(
    request: AgentRequest, template: str, *, section: str, heading: object, back: str = "", **context: Any
) -> HttpResponse:
    """A page of the section, under its heading. `back`: the address one level up."""
    frame = {"here": "settings", "section": section, "heading": heading, "back": back}
    return render(request, f"agents/settings/{template}.html", {**frame, **context})
