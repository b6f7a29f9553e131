"""Counts refused requests: in memory, written once a second at most, so that an attacker cannot make the database work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, connection

from inbox.actions import traffic

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Count:
    """Requests refused on one channel since the last writing; reason and time are the last one's."""

    number: int
    reason: str
    at: datetime


class Rejections:
    """The counts of one server process. What a killed process had not written yet is lost: a second's worth."""

    def __init__(self) -> None:
        self.counts: dict[int, Count] = {}
        self.task: asyncio.Task[None] | None = None

    def add(self, channel_id: int, reason: str, sender: str) -> None:
        """Count one. `sender` is the address it came from, for the admin to see."""
        told = f"{reason} Sent from {sender}." if sender else reason
        before = self.counts.get(channel_id)
        number = before.number + 1 if before else 1
        self.counts[channel_id] = Count(number=number, reason=told, at=datetime.now(UTC))
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self.counts:
            await asyncio.sleep(EVERY_SECONDS)
            counts, self.counts = self.counts, {}
            await asyncio.to_thread(write, counts)


def write(counts: dict[int, Count]) -> None:
    """Add the counts to the channels' health. A database that is away is logged, and they are gone."""
    try:
        for channel_id, count in counts.items():
            traffic.rejected(channel_id=channel_id, number=count.number, reason=count.reason, at=count.at)
    except DatabaseError as error:
        log.warning("Refused requests could not be counted.", error=type(error).__name__)
    finally:
        connection.close()
