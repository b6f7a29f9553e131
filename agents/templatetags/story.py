"""Touchpoints in words: what was done, its picture, its amount, its stars, and what else was told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from inbox.actions.told import is_web_address
from inbox.models import Touchpoint
from inbox.models.story import ByHand, TouchpointKind

register = template.Library()

ICONS: Mapping[str, str] = {
    TouchpointKind.PAGE: "eye",
    TouchpointKind.SEARCH: "search",
    TouchpointKind.CART: "shopping-cart",
    TouchpointKind.ORDER: "package",
    TouchpointKind.READY: "package-check",
    TouchpointKind.DELIVERY: "truck",
    TouchpointKind.REVIEW: "star",
    TouchpointKind.VISIT: "store",
    TouchpointKind.CAMPAIGN: "megaphone",
    TouchpointKind.APP: "smartphone",
}
WORDS: Mapping[str, Any] = {
    TouchpointKind.PAGE: _("Viewed"),
    TouchpointKind.SEARCH: _("Searched for"),
    TouchpointKind.CART: _("Cart"),
    TouchpointKind.ORDER: _("Order"),
    TouchpointKind.READY: _("Ready for pickup"),
    TouchpointKind.DELIVERY: _("Delivery"),
    TouchpointKind.REVIEW: _("Review"),
    TouchpointKind.VISIT: _("In the store"),
    TouchpointKind.CAMPAIGN: _("Campaign"),
    TouchpointKind.APP: _("App"),
}
STANDING: Mapping[str, Any] = {
    TouchpointKind.ORDER: _("ordered"),
    TouchpointKind.READY: _("ready for pickup"),
    TouchpointKind.DELIVERY: _("delivered"),
}
SIGNS = {"EUR": "€", "GBP": "£"}
MOST_FACTS = 20
MOST_LETTERS = 300


@register.filter
def story_icon(kind: str) -> str:
    """The name of a touchpoint's picture, by its kind."""
    return ICONS.get(kind, "circle")


@register.filter
def story_word(kind: str) -> str:
    """What was done, by its kind: "Viewed", "Order"."""
    return str(WORDS.get(kind, kind))


@register.filter
def standing(touchpoint: Touchpoint) -> str:
    """How an order stands, by the last that was told of it: the state in its own words if it has one."""
    state = touchpoint.data.get("state")
    return state[:60] if isinstance(state, str) and state.strip() else STANDING[touchpoint.kind]


@register.filter
def by_hand(kind: str) -> str:
    """What is called a visit, a call, a letter."""
    return str(dict(ByHand.choices).get(kind, kind))


@register.filter
def amount(touchpoint: Touchpoint) -> str:
    """Its amount as people write it: "€249.90", "1,200.00 SEK"; "" for none."""
    return money(touchpoint.value, touchpoint.currency)


def money(value: Decimal | None, currency: str) -> str:
    if value is None:
        return ""
    number = number_format(value, 2, use_l10n=True, force_grouping=True)
    sign = SIGNS.get(currency)
    if sign is None:
        return f"{number}\u00a0{currency}"
    return f"-{sign}{number.removeprefix('-')}" if value < 0 else sign + number


@register.filter
def web_address(touchpoint: Touchpoint) -> str:
    """Where its link goes; "" if it has none that is safe to offer."""
    return touchpoint.url if is_web_address(touchpoint.url) else ""


@register.filter
def told_by(touchpoint: Touchpoint) -> str:
    """Who says so, for a person: the website of a page viewed, else the source as it calls itself."""
    host = urlsplit(touchpoint.url).hostname if touchpoint.source == "web" and web_address(touchpoint) else ""
    return host.removeprefix("www.") if host else touchpoint.source


@register.filter
def stars(touchpoint: Touchpoint) -> int:
    """1 to 5 if it says how many stars were given; else 0."""
    rating = touchpoint.data.get("rating")
    whole = isinstance(rating, int | float) and not isinstance(rating, bool)
    return round(rating) if whole and 0.5 <= rating <= 5 else 0


@register.filter
def told_facts(touchpoint: Touchpoint) -> list[tuple[str, str]]:
    """The rest of what was told, as (what, how) in plain text; cut to what a card can show."""
    shown = {
        key: value for key, value in touchpoint.data.items() if not (key == "rating" and stars(touchpoint))
    }
    return [
        (key, said[:MOST_LETTERS])
        for key, value in list(shown.items())[:MOST_FACTS]
        if (said := _said(value))
    ]


def _said(value: object) -> str:
    """A JSON value in one line."""
    if isinstance(value, dict):
        return ", ".join(_pairs(value))
    if isinstance(value, list):
        return "; ".join(filter(None, (_said(each) for each in value)))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "" if value is None else str(value)


def _pairs(value: dict[str, object]) -> Iterator[str]:
    for key, each in value.items():
        if said := _said(each):
            yield said if key in ("name", "title") else f"{key} {said}"
