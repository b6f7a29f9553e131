"""Recording what happened: events of the thread, and audit facts. Called by the other actions, inside their transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import Jsonb
from django.utils import timezone

from inbox import live
from inbox.actions import rows
from inbox.events import Kind
from inbox.models import Agent, Audit, Conversation, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event about to be recorded. data: ids and enumerated values only, never names or text."""

    kind: Kind
    customer_id: int
    desk_id: int | None = None
    conversation_id: int | None = None
    message_id: int | None = None
    channel_id: int | None = None
    actor_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    batch: str = ""


_COLUMNS = (
    "kind",
    "customer_id",
    "desk_id",
    "conversation_id",
    "message_id",
    "channel_id",
    "actor_id",
    "data",
    "batch",
    "undone",
    "at",
)


def facts(listed: Sequence[Fact]) -> list[int]:
    """Record several facts in one statement, in order, and ring the doorbell on commit. Gives their ids."""
    return announce(listed, rows.together([insertion(listed)])[0])


def insertion(listed: Sequence[Fact]) -> rows.Statement | None:
    """The statement that records these facts, for those who have more to write in the same round trip; then `announce`."""
    now = timezone.now()
    values = [
        (
            str(fact.kind),
            fact.customer_id,
            fact.desk_id,
            fact.conversation_id,
            fact.message_id,
            fact.channel_id,
            fact.actor_id,
            Jsonb(fact.data),
            fact.batch,
            False,
            fact.at or now,
        )
        for fact in listed
    ]
    return rows.insertion(Event, _COLUMNS, values, returning="id")


def announce(listed: Sequence[Fact], recorded: Sequence[tuple[int]]) -> list[int]:
    """Ring the doorbell for recorded facts on commit. Gives their ids, in order."""
    ids = sorted(row[0] for row in recorded)
    live.ring((fact.customer_id, fact.desk_id, event_id) for fact, event_id in zip(listed, ids, strict=True))
    return ids


def of_conversation(
    kind: Kind,
    conversation: Conversation,
    *,
    actor: Agent | None = None,
    message_id: int | None = None,
    data: dict[str, Any] | None = None,
    batch: str = "",
) -> int:
    """Record one fact about a conversation; gives its id."""
    fact = Fact(
        kind=kind,
        customer_id=conversation.customer_id,
        desk_id=conversation.desk_id,
        conversation_id=conversation.pk,
        message_id=message_id,
        actor_id=actor.pk if actor else None,
        data=data or {},
        batch=batch,
    )
    return facts([fact])[0]


def audit(
    action: str,
    *,
    actor: Agent | None,
    about: object = None,
    data: dict[str, Any] | None = None,
    ip: str | None = None,
) -> None:
    """Write one security fact: login, export, change of rights or of a channel, reading a restricted desk.

    What belongs to a desk is noted with it, so that the log itself tells nobody of a desk they may not read.
    """
    desk_id = getattr(about, "desk_id", None)
    Audit.objects.create(
        actor=actor,
        action=action,
        object_type=type(about).__name__.lower() if about is not None else "",
        object_id=str(getattr(about, "pk", "")) if about is not None else "",
        data={**({"desk": desk_id} if desk_id else {}), **(data or {})},
        ip=ip or None,
        at=timezone.now(),
    )
