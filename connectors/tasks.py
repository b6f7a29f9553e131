"""Celery's entry points for what came in. Each finds its work in the rows, so that losing or doubling a task changes nothing.

Their queues are in config/celery.py.
"""

from __future__ import annotations

from celery import shared_task

from connectors import once, reader
from connectors.models import KEPT, Receipt

# Seconds; config/schedule.py sends them.
PERIODIC = {"sweep_receipts": 20.0, "purge_receipts": 3600.0}

# A call that waits longer is superseded by the sweeper's. Below the broker's visibility timeout.
SOON = 60.0


def ring() -> None:
    """Have the receipts read. Call it after the commit. Raises kombu's OperationalError at once if the broker is away."""
    drain.apply_async(retry=False, expires=120)


@shared_task
def drain() -> None:
    """Read what is due, and come again for what is not due yet."""
    again = reader.drain()
    if again is not None and again.total_seconds() < SOON:
        drain.apply_async(countdown=again.total_seconds(), expires=again.total_seconds() + 120, retry=False)


@shared_task
def sweep_receipts() -> None:
    """Nothing is forgotten: what a dead worker holds is freed, and what is due is read, whoever was not told."""
    reader.take_back_abandoned()
    if Receipt.objects.due().exists():
        drain.apply_async(expires=20)


@shared_task
def purge_receipts() -> None:
    """Receipts are kept for 30 days; those not done until somebody has dealt with them."""
    Receipt.objects.outlived().purge()
    once.forget(KEPT)
