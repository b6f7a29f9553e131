"""Handing work to Celery after commit, by the task's name. Rows are the truth: a lost hand-over is found by a sweeper.

Not here: the tasks themselves (tasks.py), which import the actions, so the actions cannot import them.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def after_commit(task: str, *args: Any, countdown: float | None = None) -> None:
    """Queue a task once the transaction has committed. A broker that is down is logged, never raised.

    countdown: seconds; keep it below the broker's visibility timeout.
    """
    transaction.on_commit(lambda: _send(task, args, countdown))


def _send(task: str, args: tuple[Any, ...], countdown: float | None) -> None:
    try:
        current_app.send_task(task, args=args, countdown=countdown, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("The broker did not take %s (%s); the sweeper will.", task, error)
