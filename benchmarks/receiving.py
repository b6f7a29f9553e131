"""a2, a3: messages that are already read into values → the thread, by one worker on one connection."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import psycopg
from django.utils import timezone

from benchmarks import batches, steps
from benchmarks.crowd import Crowd, Saying
from benchmarks.rounds import interleaved, rate
from benchmarks.sizes import Size
from benchmarks.table import Result
from connectors.locks import connection_params
from inbox.actions.receive import Inbound, receive
from inbox.contract import Address, InboundMessage, Proof
from inbox.models import Channel, Desk

BATCH = 50


def one_at_a_time(size: Size) -> list[Result]:
    """a3: receive([one]) beside the plain statements, the same mix of known and new people."""
    ours, theirs = Crowd("a3", size.regulars), Crowd("a3", size.regulars)
    channel = bench_channel()
    with raw() as connection:
        steps.prepare(connection)
        _receive_all(channel, ours.regulars(), BATCH)
        _step_all(connection, theirs.regulars())
        found = interleaved(
            size.rounds,
            {
                "ours": lambda: _timed_ours(channel, list(ours.sayings(size.messages)), 1),
                "limit": lambda: _timed_steps(connection, list(theirs.sayings(size.messages))),
            },
        )
    return [
        Result(
            work="a3",
            measure="one message at a time / raw statements",
            ours=found["ours"],
            limit=found["limit"],
            unit="/s",
            floor=0.5,
            stretch=1.0,
        )
    ]


def backlog(size: Size) -> list[Result]:
    """a2: receive() of fifty beside one set-based statement for fifty."""
    ours, theirs = Crowd("a2", size.regulars), Crowd("a2", size.regulars)
    channel = bench_channel()
    amount = max(1, size.messages // BATCH) * BATCH * 2
    with raw() as connection:
        steps.prepare(connection)
        _receive_all(channel, ours.regulars(), BATCH)
        _batch_all(connection, theirs.regulars())
        found = interleaved(
            size.rounds,
            {
                "ours": lambda: _timed_ours(channel, list(ours.sayings(amount)), BATCH),
                "limit": lambda: _timed_batches(connection, list(theirs.sayings(amount))),
            },
        )
    return [
        Result(
            work="a2",
            measure="a backlog by fifties / raw set-based statement",
            ours=found["ours"],
            limit=found["limit"],
            unit="/s",
            floor=0.15,
            stretch=0.4,
        )
    ]


def bench_channel(kind: str = "sandbox", **settings: str) -> Channel:
    """A channel of its own for a measure."""
    desk, _made = Desk.objects.get_or_create(name="Support")
    number = Channel.objects.count()
    return Channel.objects.create(
        kind=kind, name=f"Bench {number}", desk=desk, settings=settings or {"secret": "a long secret"}
    )


@contextlib.contextmanager
def raw() -> Iterator[steps.Connection]:
    """A connection of psycopg to the same database, with its own default settings."""
    params = {
        name: value for name, value in connection_params().items() if name in {"host", "dbname", "user"}
    }
    with psycopg.connect(**params) as connection:
        yield connection


def inbound(channel: Channel, saying: Saying) -> Inbound:
    """What somebody says, on this channel."""
    return Inbound(
        channel=channel,
        received_at=timezone.now(),
        event=InboundMessage(
            event_key=saying.external_id,
            external_id=saying.external_id,
            author=Address(space="sandbox", value=saying.who, name=saying.who),
            text=saying.text,
            proof=Proof.PROVEN,
        ),
    )


def _receive_all(channel: Channel, sayings: Sequence[Saying], batch: int) -> None:
    for start in range(0, len(sayings), batch):
        receive([inbound(channel, saying) for saying in sayings[start : start + batch]])


def _step_all(connection: steps.Connection, sayings: Sequence[Saying]) -> None:
    for saying in sayings:
        steps.take(connection, value=saying.who, external_id=saying.external_id, text=saying.text)


def _batch_all(connection: steps.Connection, sayings: Sequence[Saying]) -> None:
    for start in range(0, len(sayings), BATCH):
        batches.take(connection, sayings[start : start + BATCH])


def _timed_ours(channel: Channel, sayings: list[Saying], batch: int) -> float:
    return rate(len(sayings), lambda: _receive_all(channel, sayings, batch))


def _timed_steps(connection: steps.Connection, sayings: list[Saying]) -> float:
    return rate(len(sayings), lambda: _step_all(connection, sayings))


def _timed_batches(connection: steps.Connection, sayings: list[Saying]) -> float:
    return rate(len(sayings), lambda: _batch_all(connection, sayings))
