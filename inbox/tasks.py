"""Celery's entry points into the domain: each loads and calls one action, no more. Periods are in config/celery.py."""

from __future__ import annotations

import logging

from celery import shared_task

from inbox import fetching, sending
from inbox.actions import deliver, files, status
from inbox.contract import Status

log = logging.getLogger(__name__)


@shared_task(queue="outbound")
def send_due() -> None:
    """Send until nothing is due."""
    while sending.send_due():
        pass


@shared_task(queue="periodic")
def sweep_deliveries() -> None:
    """Find what a dead worker left behind, and start the engine for what waits (retries, send later, a lost hand-over)."""
    for delivery_id in deliver.stale():
        deliver.settle(
            delivery_id,
            status=Status.UNKNOWN,
            code="stale",
            reason="The sending was interrupted; it may or may not have arrived. Check, then send again if needed.",
        )
    if deliver.any_due():
        send_due.apply_async()


@shared_task(queue="periodic")
def wake_snoozed() -> None:
    """Wake conversations whose time has come."""
    for conversation_id in status.due_to_wake():
        status.wake(conversation_id=conversation_id)


@shared_task(queue="inbound")
def fetch_attachments(attachment_ids: list[int]) -> None:
    """Copy files from the provider to our own storage."""
    for attachment_id in attachment_ids:
        fetching.fetch(attachment_id)


@shared_task(queue="periodic")
def sweep_attachments() -> None:
    """Try again what could not be fetched, and drop uploads nobody used."""
    fetch_attachments.run(fetching.waiting())
    files.drop_loose()
