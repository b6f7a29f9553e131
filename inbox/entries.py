"""What stands in a thread: messages, touchpoints, facts and the beginnings of past episodes, read with all that their fragments show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from inbox import keyset, names
from inbox.events import LINES
from inbox.models import (
    Arrival,
    Attachment,
    Conversation,
    Event,
    GestureOrder,
    Message,
    Original,
    Participant,
    Reaction,
    Touchpoint,
)
from inbox.models.conversations import State
from inbox.models.pairs import GestureState

Position = tuple[int, int, int, int]
"""(microseconds, rank, sequence, id): at one instant an episode's beginning comes first, then messages, what was done elsewhere, facts."""


@dataclass(frozen=True, slots=True)
class BoundaryEntry:
    """Where a resolved conversation began; the page folds the episode to it."""

    entry_kind: ClassVar[str] = "boundary"
    RANK: ClassVar[int] = 0
    conversation: Conversation

    @property
    def at(self) -> datetime:
        return self.conversation.opened_at

    @property
    def position(self) -> Position:
        return (keyset.micros(self.at), self.RANK, 0, self.conversation.pk)

    @property
    def order(self) -> str:
        return keyset.sort_key(*self.position)


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """A message or a note, with everything its fragment shows already read."""

    entry_kind: ClassVar[str] = "message"
    RANK: ClassVar[int] = 1
    message: Message

    @property
    def at(self) -> datetime:
        return self.message.occurred_at

    @property
    def conversation(self) -> Conversation:
        return self.message.conversation

    @property
    def position(self) -> Position:
        return (keyset.micros(self.at), self.RANK, self.message.sequence, self.message.pk)

    @property
    def order(self) -> str:
        return keyset.sort_key(*self.position)


@dataclass(frozen=True, slots=True)
class TouchpointEntry:
    """Something the customer did elsewhere. It belongs to no conversation and to no desk."""

    entry_kind: ClassVar[str] = "touchpoint"
    RANK: ClassVar[int] = 2
    touchpoint: Touchpoint

    @property
    def at(self) -> datetime:
        return self.touchpoint.occurred_at

    @property
    def conversation(self) -> None:
        return None

    @property
    def position(self) -> Position:
        return (keyset.micros(self.at), self.RANK, 0, self.touchpoint.pk)

    @property
    def order(self) -> str:
        return keyset.sort_key(*self.position)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """A fact that is a line of the thread, with the names of what its ids stand for."""

    entry_kind: ClassVar[str] = "event"
    RANK: ClassVar[int] = 3
    event: Event
    names: names.Names

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def conversation(self) -> Conversation | None:
        return self.event.conversation

    @property
    def position(self) -> Position:
        return (keyset.micros(self.at), self.RANK, 0, self.event.pk)

    @property
    def order(self) -> str:
        return keyset.sort_key(*self.position)


Entry = BoundaryEntry | MessageEntry | TouchpointEntry | EventEntry


def messages(ids: Iterable[int]) -> list[MessageEntry]:
    """These messages, ready to be shown, in the thread's order. For agents/live, which itself checks who may read them."""
    found = message_entries(
        shown(Message.objects.filter(pk__in=ids)).order_by("occurred_at", "sequence", "pk")
    )
    read_the_rest(found)
    return found


def events(ids: Iterable[int]) -> list[EventEntry]:
    """Those of these events that are lines of the thread, ready to be shown. For agents/live, likewise."""
    return event_entries(lines(Event.objects.filter(pk__in=ids)).order_by("at", "pk"))


def touchpoints(ids: Iterable[int]) -> list[TouchpointEntry]:
    """These touchpoints. For agents/live, likewise: whoever may see the customer may see them."""
    return touchpoint_entries(Touchpoint.objects.filter(pk__in=ids).order_by("occurred_at", "pk"))


def boundaries(conversation_ids: Iterable[int]) -> list[BoundaryEntry]:
    """The boundaries of those conversations that are past episodes. For agents/live, likewise."""
    return boundary_entries(
        episodes(Conversation.objects.filter(pk__in=conversation_ids)).order_by("opened_at", "pk")
    )


def lines(facts: QuerySet[Event]) -> QuerySet[Event]:
    """What was undone, and the undoing, are no lines: the thread says what holds."""
    lasting = facts.filter(kind__in=LINES, undone=False).exclude(data__has_key="undoes")
    return lasting.select_related("actor", "conversation")


def episodes(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return conversations.filter(status=State.RESOLVED, quiet=False, merged_into=None).select_related("desk")


def shown(written: QuerySet[Message]) -> QuerySet[Message]:
    """With what stands in the same row of the page; `has_quotes` is true if the whole mail can be fetched."""
    related = written.select_related(
        "channel", "identity", "author", "customer", "conversation", "delivery", "encounter__place"
    )
    # A channel's settings are secrets, decrypted when read.
    return related.defer("channel__settings", "channel__cursor").annotate(
        has_quotes=Exists(Original.objects.filter(pk=OuterRef("pk"))),
        **{f"any_{name}": Exists(rows.filter(message=OuterRef("pk"))) for name, rows in HANGING.items()},
    )


def message_entries(rows: QuerySet[Message]) -> list[MessageEntry]:
    return [MessageEntry(message) for message in rows]


def event_entries(rows: QuerySet[Event]) -> list[EventEntry]:
    facts = list(rows)
    known = names.of(facts)
    return [EventEntry(event, known) for event in facts]


def touchpoint_entries(rows: QuerySet[Touchpoint]) -> list[TouchpointEntry]:
    return [TouchpointEntry(touchpoint) for touchpoint in rows]


def boundary_entries(rows: QuerySet[Conversation]) -> list[BoundaryEntry]:
    return [BoundaryEntry(conversation) for conversation in rows]


HANGING: dict[str, QuerySet[Any]] = {
    "attachments": Attachment.objects.all(),
    "reactions": Reaction.objects.exclude(emoji="").select_related("identity", "agent").order_by("pk"),
    "arrivals": Arrival.objects.select_related("channel").defer("channel__settings").order_by("pk"),
    "gestures": GestureOrder.objects.exclude(state=GestureState.DONE).select_related("agent").order_by("pk"),
}
"""What hangs on few messages."""
PEOPLE = Participant.objects.select_related("identity").order_by("pk")
QUOTED = Message.objects.select_related("identity", "author", "customer", "conversation").defer("html")


def read_the_rest(entries: Sequence[Entry]) -> None:
    """What hangs on the messages: one query per kind for the whole page, and none for what hangs on no message of it."""
    written = [entry.message for entry in entries if isinstance(entry, MessageEntry)]
    prefetch_related_objects(written, Prefetch("participants", PEOPLE))
    for name, rows in HANGING.items():
        having = [message for message in written if getattr(message, f"any_{name}")]
        lacking = [message for message in written if not getattr(message, f"any_{name}")]
        prefetch_related_objects(having, Prefetch(name, rows))
        prefetch_related_objects(lacking, Prefetch(name, rows.none()))
    _read_what_they_answer([message for message in written if message.in_reply_to_id])


def _read_what_they_answer(answers: Sequence[Message]) -> None:
    """The bubbles these quote: three queries, none if they quote nothing."""
    prefetch_related_objects(answers, Prefetch("in_reply_to", QUOTED))
    quoted = [each.in_reply_to for each in answers if each.in_reply_to]
    prefetch_related_objects(quoted, Prefetch("participants", PEOPLE))
    wordless = [each for each in quoted if not each.text]
    prefetch_related_objects(wordless, Prefetch("attachments", HANGING["attachments"]))
