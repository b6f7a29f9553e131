"""The rows and counts of many agents' lists at once: each row rendered once for all who see the same, each count from one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from agents import rail
from agents.live.feed import Change
from inbox import counts, queue_rows, queues
from inbox.models import Agent, Conversation, Mention
from inbox.models.conversations import UNRESOLVED
from inbox.queue_rows import Mark, Row

MOST = 100
"""Rows sent at once; a list in which more has changed is opened anew."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at which list. `view` is a key of inbox.queues, or "" on a page without a list."""

    agent: Agent
    desks: frozenset[int]
    language: str
    view: str = ""

    @property
    def slug(self) -> str:
        """The view as it stands in the page."""
        return self.view.replace(":", "-")


Frame = dict[str, Any]


def touched(changes: Iterable[Change]) -> list[int]:
    """The conversations whose rows these events may have changed: those they are about, and the same customer's open ones."""
    listed = [change for change in changes if change.conversations or change.every_row]
    named = {pk for change in listed for pk in change.conversations}
    customers = {change.customer_id for change in listed}
    wholly = {change.customer_id for change in listed if change.every_row}
    rows = Conversation.objects.filter(
        Q(pk__in=named) | UNRESOLVED & Q(customer__in=customers) | Q(customer__in=wholly)
    )
    return list(rows.order_by("-last_activity").values_list("pk", flat=True)[: MOST + 1])


def frames(viewers: Sequence[Viewer], conversation_ids: Collection[int]) -> list[Frame]:
    """For each viewer, in order: `rows` (of their view; without html if it no longer stands in it) and `counts`."""
    lookers = [viewer for viewer in viewers if viewer.view]
    rows: list[Frame]
    if len(conversation_ids) > MOST:
        rows = [{"reload_list": True} if viewer.view else {} for viewer in viewers]
    else:
        drawn = _Drawn(lookers, conversation_ids)
        rows = [{"rows": drawn.for_viewer(viewer)} if viewer.view else {} for viewer in viewers]
    return [row | {"counts": number} for row, number in zip(rows, _counts(viewers), strict=True)]


class _Drawn:
    """The rows of some conversations for some viewers; equal ones are read and rendered once."""

    def __init__(self, viewers: Sequence[Viewer], conversation_ids: Collection[int]) -> None:
        self.rows = {
            desks: queue_rows.shared(desks, conversation_ids)
            for desks in {viewer.desks for viewer in viewers}
        }
        self.marks = queue_rows.marks({viewer.agent.pk for viewer in viewers}, conversation_ids)
        self.html: dict[tuple[object, ...], str] = {}

    def for_viewer(self, viewer: Viewer) -> list[Frame]:
        listed = []
        for row in self.rows[viewer.desks]:
            pk = row.conversation.pk
            mark = self.marks.get((viewer.agent.pk, pk)) or Mark()
            if stands_in(row, viewer, mark):
                listed.append({"id": pk, "html": self._html(queue_rows.own(row, mark), viewer)})
            else:
                listed.append({"id": pk})
        return listed

    def _html(self, row: Row, viewer: Viewer) -> str:
        key = (row.conversation.pk, viewer.desks, viewer.language, viewer.view, row.unread, row.why)
        if key not in self.html:
            view = {"key": viewer.view, "slug": viewer.slug}
            with translation.override(viewer.language):
                self.html[key] = render_to_string("agents/_row.html", {"row": row, "view": view}).strip()
        return self.html[key]


def stands_in(row: Row, viewer: Viewer, mark: Mark) -> bool:
    """Whether the row is in the viewer's list."""
    return (
        mark.named
        if viewer.view == "mentions"
        else queues.belongs(row.conversation, viewer.view, viewer.agent)
    )


def _counts(viewers: Sequence[Viewer]) -> list[dict[str, int]]:
    """Each viewer's counts by the slug of the view."""
    tallies = counts.tallies()
    mentions = _mentions(viewers)
    per_reader: dict[tuple[int, frozenset[int]], dict[str, int]] = {}
    for viewer in viewers:
        key = (viewer.agent.pk, viewer.desks)
        if key not in per_reader:
            readable = [tally for tally in tallies if tally.desk_id in viewer.desks]
            numbers = counts.counts_from(readable, viewer.agent.pk) | {"mentions": mentions.get(key, 0)}
            per_reader[key] = {name.replace(":", "-"): number for name, number in numbers.items()}
    return [per_reader[viewer.agent.pk, viewer.desks] for viewer in viewers]


def _mentions(viewers: Sequence[Viewer]) -> dict[tuple[int, frozenset[int]], int]:
    """In how many conversations each viewer is named and has not read it: inbox.queue_rows.unread_mentions for many at once."""
    unread = Mention.objects.filter(queue_rows.UNREAD, agent__in={viewer.agent.pk for viewer in viewers})
    named: dict[int, set[tuple[int, int]]] = {}
    for agent, desk, conversation in unread.values_list(
        "agent_id", "message__conversation__desk_id", "message__conversation_id"
    ):
        named.setdefault(agent, set()).add((desk, conversation))
    return {
        (viewer.agent.pk, viewer.desks): len(
            {conversation for desk, conversation in named.get(viewer.agent.pk, ()) if desk in viewer.desks}
        )
        for viewer in viewers
    }


def view_of(agent: Agent, slug: str) -> str:
    """The key of the view with this slug; "" if there is none for this agent."""
    try:
        return rail.named(slug, agent).key if slug else ""
    except queues.UnknownView:
        return ""
