"""Who was seen lately: workers and beat leave a mark in the cache, /readyz reads it."""

import time
from typing import Any

from celery import Celery, bootsteps
from django.core.cache import cache

EVERY = 5.0
LATELY = 30


def seen(name: str) -> None:
    """Marks NAME (`beat`, `worker:inbound`) as alive for the next LATELY seconds."""
    cache.set(f"seen:{name}", int(time.time()), LATELY)


def forget(names: list[str]) -> None:
    cache.delete_many([f"seen:{name}" for name in names])


def missing(names: list[str]) -> list[str]:
    """Those of NAMES that left no mark lately."""
    found = cache.get_many([f"seen:{name}" for name in names])
    return [name for name in names if f"seen:{name}" not in found]


class WorkerHeartbeat(bootsteps.StartStopStep):
    """Marks each queue that this worker serves, from the worker's own timer."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        self.timer = parent.timer.call_repeatedly(EVERY, mark_queues, (parent.app,))
        mark_queues(parent.app)

    def stop(self, parent: Any) -> None:
        self.timer.cancel()


def mark_queues(app: Celery) -> None:
    for queue in app.amqp.queues.consume_from:
        seen(f"worker:{queue}")
