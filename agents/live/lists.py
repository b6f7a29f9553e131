"""The rows and counts of many agents' lists at once: each row rendered once for all who see the same, each count from one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from agents import rail
from agents.live.feed import Change
from inbox import counts, queue_rows, queues
from inbox.models import Agent, Conversation, Mention
from inbox.queue_rows import Mark, Row

MOST = 100
"""Rows sent at once; a list in which more has changed is opened anew."""


PLACE = ("status", "desk", "assignee", "team", "waiting_since", "quiet")
"""What decides in which views a conversation stands."""


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
    """The conversations whose rows these events may have changed: those they are about, and those that count them as siblings."""
    listed = [change for change in changes if change.conversations or change.every_row]
    named = {pk for change in listed for pk in change.conversations}
    customers = {change.customer_id for change in listed}
    wholly = {change.customer_id for change in listed if change.every_row}
    rows = Conversation.objects.filter(
        Q(pk__in=named) | Q(pk__in=queue_rows.neighbours(customers).values("pk")) | Q(customer__in=wholly)
    )
    return list(rows.order_by("-last_activity").values_list("pk", flat=True)[: MOST + 1])


def frames(
    viewers: Sequence[Viewer],
    conversation_ids: Collection[int],
    *,
    before: Mapping[int, Conversation] | None = None,
) -> tuple[list[Frame], dict[int, Conversation]]:
    """For each viewer, in order: `rows` (of their view; without html if it no longer stands in it) and `counts`.

    before  the conversations as they were when lists were last told: a row that stood in no view then and stands in it neither
            now is not spoken of. Also gives the conversations as they are now.
    """
    told: list[Frame] = [{"reload_list": True} if viewer.view else {} for viewer in viewers]
    now: dict[int, Conversation] = {}
    if len(conversation_ids) <= MOST:
        now = Conversation.objects.only(*PLACE).in_bulk(conversation_ids)
        drawn = _Drawn(viewers, now, before or {})
        told = [{"rows": drawn.for_viewer(viewer)} if viewer.view else {} for viewer in viewers]
    counts = _counts(viewers)
    return [rows | {"counts": number} for rows, number in zip(told, counts, strict=True)], now


class _Drawn:
    """The rows of some conversations for some viewers; equal ones are read and rendered once, those nobody shows never."""

    def __init__(
        self, viewers: Sequence[Viewer], now: Mapping[int, Conversation], before: Mapping[int, Conversation]
    ) -> None:
        self.now, self.before = now, before
        self.marks: dict[tuple[int, int], Mark] = {}
        lookers = {viewer.agent.pk for viewer in viewers if viewer.view}
        if lookers:
            self.marks = queue_rows.marks(lookers, now)
        named_by = {mark.named_by for mark in self.marks.values() if mark.named_by}
        self.mentioners = first_names(named_by) if named_by else {}
        wanted: dict[frozenset[int], set[int]] = {}
        for viewer in viewers:
            wanted.setdefault(viewer.desks, set()).update(pk for pk in now if self._stands(viewer, now[pk]))
        self.rows = {
            (desks, row.conversation.pk): row
            for desks, ids in wanted.items()
            if ids
            for row in queue_rows.shared(desks, ids)
        }
        self.html: dict[tuple[object, ...], str] = {}

    def for_viewer(self, viewer: Viewer) -> list[Frame]:
        listed: list[Frame] = []
        for pk, conversation in self.now.items():
            if conversation.desk_id not in viewer.desks:
                continue
            row = self.rows.get((viewer.desks, pk))
            if row is not None and self._stands(viewer, conversation):
                mark = self.marks.get((viewer.agent.pk, pk))
                listed.append({"id": pk, "html": self._html(queue_rows.own(row, mark), viewer)})
            elif pk not in self.before or self._stands(viewer, self.before[pk]):
                listed.append({"id": pk})
        return listed

    def _stands(self, viewer: Viewer, conversation: Conversation) -> bool:
        """Whether the conversation is in the viewer's list."""
        if conversation.desk_id not in viewer.desks:
            return False
        if viewer.view == "mentions":
            mark = self.marks.get((viewer.agent.pk, conversation.pk))
            return mark is not None and mark.named
        return queues.belongs(conversation, viewer.view, viewer.agent)

    def _html(self, row: Row, viewer: Viewer) -> str:
        key = (row.conversation.pk, viewer.desks, viewer.language, viewer.view, row.unread, row.why)
        if key not in self.html:
            view = {"key": viewer.view, "slug": viewer.slug}
            with translation.override(viewer.language):
                self.html[key] = render_to_string(
                    "agents/_row.html", {"row": row, "view": view, "mentioners": self.mentioners}
                ).strip()
        return self.html[key]


def first_names(agent_ids: Collection[int]) -> dict[int, str]:
    """What a row calls the colleagues who mentioned its reader, by id."""
    named = Agent.objects.filter(pk__in=agent_ids).values_list("pk", "name")
    return {pk: name.split(" ")[0] for pk, name in named}


def _counts(viewers: Sequence[Viewer]) -> list[dict[str, int]]:
    """Each viewer's counts by the slug of the view."""
    board = counts.Board(counts.tallies())
    mentions = _mentions(viewers)
    per_reader: dict[tuple[int, frozenset[int]], dict[str, int]] = {}
    for viewer in viewers:
        key = (viewer.agent.pk, viewer.desks)
        if key not in per_reader:
            numbers = board.counts(*key) | {"mentions": mentions.get(key, 0)}
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
