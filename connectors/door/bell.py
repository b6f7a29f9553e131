"""Tells the workers that there is something to read: at most one call under way per process, and it may fail.

The rows are the truth: what nobody was told about is found by the sweeper (connectors/tasks.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


# A call costs more than storing a request, and a worker takes fifty at once.
REST_SECONDS = 0.02


class Bell:
    """`ring` returns at once. What rings while a call is under way causes one more call after it, so that none is missed."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.rung = False
        self.task: asyncio.Task[None] | None = None

    def ring(self) -> None:
        self.rung = True
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self.rung:
            self.rung = False
            try:
                await asyncio.to_thread(self.call)
            except (OperationalError, OSError) as error:
                log.warning(
                    "The broker does not answer; receipts wait for the sweeper.", error=type(error).__name__
                )
