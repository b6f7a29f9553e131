"""The channels the door knows: connectors with their secrets, in memory, so that checking a signature needs no query.

A receipt is only stored for the version of the channel that was checked (storage.py), so a changed secret counts at once.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection

from connectors.door.wire import secrets_of
from inbox import registry
from inbox.actions.channels import stop_broken
from inbox.contract import ChannelBroken, Connector, ContractError
from inbox.models import Channel

log = structlog.get_logger(__name__)

# How long a list may serve before it is read again, and how often strangers can make us read it.
FRESH_SECONDS = 30.0
LEAST_SECONDS = 1.0
# A frozen database must not keep a provider waiting; the reading itself is left to end.
SECONDS = 4.0


class NotReadable(Exception):
    """Nobody can tell now whether a request is genuine (the database does not answer, or the channel's secrets are lost):
    answered 503, so that the provider tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One channel. `version` is its changed_at."""

    id: int
    version: datetime
    connector: Connector
    secrets: tuple[str, ...]


class Directory:
    """All channels by public id. Read as a whole, so that guessing public ids costs one query a second at most."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.broken: frozenset[str] = frozenset()
        self.read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def find(self, public_id: str) -> Known | None:
        """The channel, or None if there is none. Raises NotReadable if it cannot be looked up, or its settings cannot be used."""
        if public_id not in self.known:
            # Perhaps it is new. Strangers wait for their turn, together.
            await asyncio.sleep(self.read_at + LEAST_SECONDS - time.monotonic())
            if public_id not in self.known:
                await self.refresh()
        elif time.monotonic() - self.read_at > FRESH_SECONDS:
            self._begin()
        if public_id in self.broken:
            raise NotReadable
        return self.known.get(public_id)

    async def newer_than(self, known: Known, *, at_once: bool) -> Known | None:
        """The channel as it is now if it has changed since, else None. Raises NotReadable.

        `at_once` reads the list even if that was done within the last second.
        """
        if at_once or time.monotonic() - self.read_at > LEAST_SECONDS:
            await self.refresh()
        now = self.known.get(known.connector.channel.public_id)
        return now if now is not None and now.version != known.version else None

    async def refresh(self) -> None:
        """Read the list again; callers at the same time share one reading. Raises NotReadable."""
        reading = self._begin()
        await asyncio.wait({reading}, timeout=SECONDS)
        if not reading.done() or reading.exception() is not None:
            raise NotReadable

    def _begin(self) -> asyncio.Task[None]:
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
            self._reading.add_done_callback(self._ended)
        return self._reading

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._reading = None
        if not task.cancelled() and task.exception() is not None:
            log.warning("The list of channels could not be read.", error=type(task.exception()).__name__)

    async def _read(self) -> None:
        begun = time.monotonic()
        self.known, self.broken = await asyncio.to_thread(read_all, self.known)
        self.read_at = begun


def read_all(known: dict[str, Known]) -> tuple[dict[str, Known], frozenset[str]]:
    """All channels, what has not changed as it is; and those (by public id) whose settings do not fit or cannot be read."""
    try:
        versions = dict(Channel.objects.values_list("public_id", "changed_at"))
        same = {key: one for key, one in known.items() if versions.get(key) == one.version}
        changed = Channel.objects.filter(public_id__in=versions.keys() - same.keys())
        new: dict[str, Known] = {}
        broken: set[str] = set()
        for channel in changed:
            try:
                new[channel.public_id] = _known(channel)
            except ChannelBroken as error:
                broken.add(channel.public_id)
                stop_broken(channel_id=channel.pk, reason=error.reason)
            except ContractError as error:
                log.warning("A channel cannot take anything in.", channel=channel.pk, reason=error.reason)
        return same | new, frozenset(broken)
    finally:
        connection.close()


def _known(channel: Channel) -> Known:
    """Raises ContractError."""
    connector = registry.connector_for(channel)
    return Known(
        id=channel.pk, version=channel.changed_at, connector=connector, secrets=secrets_of(connector.settings)
    )
