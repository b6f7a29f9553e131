"""What the ids in events stand for. Events hold no names, so that erasing a person never means rewriting history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from inbox.models import Agent, Event, Identity, Tag, Team

KEYS: Mapping[str, type[Model]] = {
    "assignee": Agent,
    "team": Team,
    "added": Tag,
    "removed": Tag,
    "identity": Identity,
    "recipient": Identity,
}
"""Which of an event's data are ids, and of what. Each may be one id or a list, alone or below "before" and "after"."""


@dataclass(frozen=True, slots=True)
class Names:
    """The rows that events refer to, by id; what is gone is simply not in it."""

    agents: Mapping[int, Agent] = field(default_factory=dict)
    teams: Mapping[int, Team] = field(default_factory=dict)
    tags: Mapping[int, Tag] = field(default_factory=dict)
    identities: Mapping[int, Identity] = field(default_factory=dict)


def of(events: Iterable[Event]) -> Names:
    """The names for these events: at most one query per model, none for a model that no event refers to."""
    wanted: dict[type[Model], set[int]] = {model: set() for model in KEYS.values()}
    for event in events:
        _collect(event.data, wanted)
    return Names(
        agents=Agent.objects.in_bulk(wanted[Agent]),
        teams=Team.objects.in_bulk(wanted[Team]),
        tags=Tag.objects.in_bulk(wanted[Tag]),
        identities=Identity.objects.in_bulk(wanted[Identity]),
    )


def _collect(data: Mapping[str, Any], wanted: dict[type[Model], set[int]]) -> None:
    for key, value in data.items():
        if isinstance(value, dict):
            _collect(value, wanted)
        elif key in KEYS:
            listed = value if isinstance(value, list) else [value]
            wanted[KEYS[key]].update(item for item in listed if type(item) is int)
