"""One line of a list: what it shows, why it is there, and what tells one reader's from another's. Reads only."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from inbox.models import Agent, Conversation, Customer, Mention, Message, ReadMark, Tag
from inbox.models.conversations import UNRESOLVED
from inbox.models.messages import NOT_SENT, ORDER
from inbox.why import Why, why

MOST_SIBLINGS = 10
"""As many are counted. A machine sender (one matter per mail) may have thousands of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `siblings` are the customer's other unresolved matters that the reader may see, newest first:
    MOST_SIBLINGS, and one more if there are more."""

    conversation: Conversation
    why: Why
    unread: bool
    siblings: Sequence[Conversation] = field(default=())

    @property
    def customer(self) -> Customer:
        return self.conversation.customer

    @property
    def others(self) -> str:
        """How many siblings there are: "+2", or "10+" if more than are counted; "" for none."""
        number = len(self.siblings)
        if number > MOST_SIBLINGS:
            return f"{MOST_SIBLINGS}+"
        return f"+{number}" if number else ""

    @property
    def tags(self) -> Iterable[Tag]:
        return self.conversation.tags.all()


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reader has seen of a conversation, and whether (and by whom) a note not yet read names them."""

    seen: int = 0
    named: bool = False
    named_by: int | None = None


def conversations(desks: Collection[int]) -> QuerySet[Conversation]:
    """Conversations of these desks, with what a row shows."""
    return (
        Conversation.objects.filter(desk__in=desks)
        .select_related("customer__company", "assignee", "team", "last_channel")
        .defer("last_channel__settings", "last_channel__cursor")  # secrets, decrypted when read
        .prefetch_related(Prefetch("tags", Tag.objects.order_by("name")))
    )


UNREAD = ~Exists(
    ReadMark.objects.filter(
        agent=OuterRef("agent"),
        conversation=OuterRef("message__conversation"),
        message_id__gte=OuterRef("message"),
    )
)
"""Mentions past what the named agent has read."""


def unread_mentions(reader: Agent) -> QuerySet[Mention]:
    """Where colleagues named the reader, in notes past what the reader has read."""
    visible = Conversation.objects.visible_to(reader).values("pk")
    return Mention.objects.filter(UNREAD, agent=reader, message__conversation__in=visible)


def shared(desks: Collection[int], conversation_ids: Collection[int]) -> list[Row]:
    """These rows as all who may read exactly these desks see them; `own` makes them one reader's. For agents/live."""
    return rows_of(desks, list(conversations(desks).filter(pk__in=conversation_ids)))


def marks(reader_ids: Collection[int], conversation_ids: Collection[int]) -> dict[tuple[int, int], Mark]:
    """By (reader, conversation): what tells one reader's row from another's. Two queries, however many there are."""
    read = ReadMark.objects.filter(agent__in=reader_ids, conversation__in=conversation_ids)
    seen = {
        (agent, conversation): message
        for agent, conversation, message in read.values_list("agent_id", "conversation_id", "message_id")
    }
    named: dict[tuple[int, int], int | None] = {}
    mentions = Mention.objects.filter(agent__in=reader_ids, message__conversation__in=conversation_ids)
    for agent, conversation, message, author in mentions.order_by("message").values_list(
        "agent_id", "message__conversation", "message_id", "message__author"
    ):
        if message > seen.get((agent, conversation), 0):
            named[agent, conversation] = author
    return {key: Mark(seen.get(key, 0), key in named, named.get(key)) for key in itertools.chain(seen, named)}


def own(row: Row, mark: Mark | None) -> Row:
    """A shared row as the reader with this mark sees it."""
    mark = mark or Mark()
    reason = Why("mentioned", agent_id=mark.named_by) if mark.named else row.why
    return replace(row, unread=is_unread(row.conversation, mark.seen), why=reason)


def rows_of(desks: Collection[int], found: Sequence[Conversation]) -> list[Row]:
    siblings = _siblings(desks, found)
    natures = _natures(conversation.pk for conversation in found if conversation.quiet)
    unsent = _unsent(conversation.pk for conversation in found if conversation.waiting_since is not None)
    now = timezone.now()
    return [
        Row(
            conversation,
            why(
                conversation,
                now=now,
                nature=natures.get(conversation.pk, ""),
                not_sent=conversation.pk in unsent,
            ),
            unread=False,
            siblings=[
                other for other in siblings.get(conversation.customer_id, []) if other.pk != conversation.pk
            ][: MOST_SIBLINGS + 1],
        )
        for conversation in found
    ]


def is_unread(conversation: Conversation, seen: int) -> bool:
    """Whether something came in after message `seen`. What is resolved is done with, whoever has read it."""
    return conversation.unresolved and (conversation.last_inbound_id or 0) > seen


def neighbours(customer_ids: Collection[int]) -> QuerySet[Conversation]:
    """Unresolved matters of these customers: per desk, as many of the newest as it takes for every row to count its siblings.

    A change in one of a customer's matters may change the rows of these and of no others: where there are more, they all say so.
    """
    nth = Window(
        RowNumber(),
        partition_by=[F("customer"), F("desk")],
        order_by=[F("last_activity").desc(), F("pk").desc()],
    )
    unresolved = Conversation.objects.filter(UNRESOLVED, customer__in=customer_ids)
    return unresolved.alias(nth=nth).filter(nth__lte=MOST_SIBLINGS + 2)


def _siblings(desks: Collection[int], found: Sequence[Conversation]) -> dict[int, list[Conversation]]:
    others = neighbours({conversation.customer_id for conversation in found}).filter(desk__in=desks)
    by_customer: dict[int, list[Conversation]] = {}
    for other in others.select_related("team").order_by("-last_activity", "-pk"):
        by_customer.setdefault(other.customer_id, []).append(other)
    return by_customer


def _natures(conversation_ids: Iterable[int]) -> dict[int, str]:
    """The nature of the last message of these conversations."""
    ids = list(conversation_ids)
    if not ids:
        return {}
    last = Message.objects.filter(conversation=OuterRef("pk")).order_by(*ORDER).values("nature")[:1]
    return dict(Conversation.objects.filter(pk__in=ids).values_list("pk", Subquery(last)))


def _unsent(conversation_ids: Iterable[int]) -> set[int]:
    """Those of these conversations that wait for an answer of ours which failed, or whose fate is unknown."""
    ids = list(conversation_ids)
    lost = Message.objects.filter(conversation__in=ids, delivery__status__in=NOT_SENT, nature="person")
    since = lost.filter(received_at__gte=F("conversation__waiting_since"))
    return set(since.values_list("conversation_id", flat=True)) if ids else set()
