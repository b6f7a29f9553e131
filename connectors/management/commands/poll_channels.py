"""`manage.py poll_channels`: fetches all channels that must be asked, until SIGTERM or SIGINT."""

from __future__ import annotations

import signal
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from connectors.polling import Pollers

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
# A connector in the middle of a large mail; the supervisor waits longer than this.
LEAVE_WITHIN = 8.0


class Command(BaseCommand):
    help = "Fetches the channels that must be asked (mailboxes). Run one; a second waits until the first is gone."

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        serve(stopping)


def serve(stopping: threading.Event) -> None:
    """Keep the threads fitting the channels until `stopping` is set; a database that is away is waited for."""
    pollers = Pollers()
    log.info("Fetching channels.")
    while not stopping.is_set():
        close_old_connections()
        try:
            pollers.adjust()
        except DatabaseError as error:
            log.warning("The database does not answer.", error=type(error).__name__)
            connection.close()
        stopping.wait(LOOK_EVERY)
    pollers.stop(within=LEAVE_WITHIN)
    log.info("Fetching has ended.")
