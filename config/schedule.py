"""What runs periodically, and the scheduler that sends it: exactly one at a time, with a heartbeat.

A task module declares its own periods, in seconds: `PERIODIC = {"wake_snoozed": 15.0}`.
"""

import time
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import structlog
from celery import beat
from django.core.cache import cache

from config import heartbeat
from connectors.discovery import kinds_with

log = structlog.get_logger(__name__)

MODULES = ("inbox.tasks", "connectors.tasks", "agents.tasks")
LOCK = "beat:lock"
LOCK_SECONDS = 12


def entries() -> dict[str, dict[str, Any]]:
    """Celery's beat_schedule, out of the PERIODIC of every task module that has one."""
    modules = [*MODULES, *(f"connectors.{kind}.tasks" for kind in kinds_with("tasks"))]
    return {
        f"{module}.{name}": {
            "task": f"{module}.{name}",
            "schedule": seconds,
            # One that waited longer than its period is superseded by the next.
            "options": {"expires": seconds},
        }
        for module in modules
        if find_spec(module)
        for name, seconds in getattr(import_module(module), "PERIODIC", {}).items()
    }


class Scheduler(beat.Scheduler):
    """Keeps its schedule in memory: nothing on disk to spoil, and after a start everything is due once.

    A second beat finds the lock taken, says so and sends nothing; when the first is gone it takes over.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.token = f"{time.time_ns()}"
        self.leading: bool | None = None
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        self.update_from_dict(entries())

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if not self.holds_lock():
            return 2.0
        heartbeat.seen("beat")
        delay: float = super().tick(*args, **kwargs)
        return delay

    def holds_lock(self) -> bool:
        """Takes or renews the lock; without the broker nothing could be sent anyway."""
        holder = cache.get_or_set(LOCK, self.token, LOCK_SECONDS)
        leads = holder == self.token
        if leads:
            cache.touch(LOCK, LOCK_SECONDS)
        elif self.leading is not False:
            log.warning("Another beat is running; this one waits. Run exactly one: see docs/operations.md.")
        self.leading = leads
        return leads

    def close(self) -> None:
        """Gives the lock back, so that the next beat need not wait for it to expire."""
        super().close()
        if self.leading:
            cache.delete(LOCK)
