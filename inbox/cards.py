"""Cards as the database keeps them (JSON), and in few words for lists and previews. How they look: templates/agents/_card.html."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

from inbox.contract import Card, CardKind, Template, TemplateStatus, TemplateUse
from inbox.text import storable

LONGEST = 2000
MOST_LINES = 50


def to_json(card: Card) -> dict[str, Any]:
    """Only what differs from the default, within what the database and a screen can hold."""
    plain: dict[str, Any] = {"kind": str(card.kind)}
    for name in ("title", "text", "url"):
        if value := storable(getattr(card, name))[:LONGEST]:
            plain[name] = value
    if card.lines:
        plain["lines"] = [storable(line)[:LONGEST] for line in card.lines[:MOST_LINES]]
    if _on_earth(card):
        plain |= {"latitude": card.latitude, "longitude": card.longitude}
    return plain


def _on_earth(card: Card) -> bool:
    here = (card.latitude, card.longitude)
    return all(value is not None and math.isfinite(value) for value in here) and (
        abs(card.latitude or 0) <= 90 and abs(card.longitude or 0) <= 180
    )


def from_json(plain: Mapping[str, Any]) -> Card:
    """The value again. A kind that is gone counts as unsupported."""
    known = {field.name for field in dataclasses.fields(Card)}
    values = {name: value for name, value in plain.items() if name in known}
    kind = values.pop("kind", "")
    values["lines"] = tuple(values.get("lines", ()))
    return Card(kind=CardKind(kind) if kind in set(CardKind) else CardKind.UNSUPPORTED, **values)


def words(cards: Iterable[Mapping[str, Any]]) -> str:
    """What a list shows of a message that has neither text nor file."""
    return ", ".join(card.get("title") or card.get("text") or card["kind"] for card in cards)


def use_to_json(use: TemplateUse) -> dict[str, Any]:
    """A template as it was sent: whatever becomes of it later, this is what they got."""
    return {"template": dataclasses.asdict(use.template), "values": dict(use.values)}


def use_from_json(plain: Mapping[str, Any]) -> TemplateUse:
    template = dict(plain["template"])
    for name in ("buttons", "variables"):
        template[name] = tuple(template[name])
    template["status"] = TemplateStatus(template["status"])
    return TemplateUse(template=Template(**template), values=plain["values"])
