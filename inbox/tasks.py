"""Celery's entry points into the domain: each loads and calls one action, no more. Their queues are in config/celery.py."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from celery import shared_task

from inbox import asking, fetching, gesturing, noticing, sending
from inbox.actions import codes, deliver, files, importing, links, status, surfaces, touchpoints
from inbox.contract import Address, PermanentFailure, Status, TemporaryFailure
from inbox.models import Channel, Conversation
from inbox.models.channels import ChannelState

log = logging.getLogger(__name__)

# Seconds; config/schedule.py sends them.
PERIODIC = {
    "sweep_deliveries": 15.0,
    "wake_snoozed": 15.0,
    "sweep_attachments": 60.0,
    "perform_gestures": 30.0,
    "sweep_acts": 60.0,
    "ask_names": 60.0,
    "sync_templates": 3600.0,
    "check_channels": 24 * 3600.0,
    "sweep_imports": 15.0,
    "purge_imports": 6 * 3600.0,
    "purge_proofs": 6 * 3600.0,
    "purge_touchpoints": 6 * 3600.0,
}


# A batch that begins in the last of these seconds ends within sending.SEND_WITHIN, well before the task's own limits.
SENDING = timedelta(seconds=10)


@shared_task(soft_time_limit=110, time_limit=120)
def send_due() -> None:
    """Send until nothing is due; after a while another task goes on, so that none comes near its time limit."""
    end = time.monotonic() + SENDING.total_seconds()
    while sending.send_due():
        if time.monotonic() >= end:
            send_due.apply_async()
            break
    else:
        if deliver.paced():
            send_due.apply_async(countdown=1, expires=15)


@shared_task(
    autoretry_for=(TemporaryFailure,),
    retry_backoff=2,
    retry_backoff_max=60,
    max_retries=5,
    soft_time_limit=110,
)
def send_code(code_id: int, desk_id: int) -> None:
    """Bring a one-time code to its address. What can never arrive is not tried again; the visitor asks for another."""
    try:
        codes.send(code_id, desk_id)
    except PermanentFailure as error:
        log.warning("A code could not be delivered: %s", error.reason)


@shared_task(
    autoretry_for=(TemporaryFailure,),
    retry_backoff=2,
    retry_backoff_max=60,
    max_retries=5,
    soft_time_limit=110,
)
def send_link(space: str, value: str, channel_id: int) -> None:
    """Bring a link to whoever asked for one in the chat. What can never arrive is not tried again."""
    try:
        links.send_own(author=Address(space=space, value=value), channel_id=channel_id)
    except PermanentFailure as error:
        log.warning("A link could not be delivered: %s", error.reason)


@shared_task
def purge_proofs() -> None:
    """Forget codes and links that have ended."""
    codes.purge()
    links.purge()


@shared_task
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
        send_due.apply_async(expires=15)


@shared_task
def wake_snoozed() -> None:
    """Wake conversations whose time has come."""
    for conversation_id in status.due_to_wake():
        status.wake(conversation_id=conversation_id)


@shared_task
def fetch_attachments(attachment_ids: list[int]) -> None:
    """Copy files from the provider to our own storage."""
    for attachment_id in attachment_ids:
        fetching.fetch(attachment_id)


@shared_task
def perform_gestures() -> None:
    """Make at the providers' what agents did to messages."""
    for order_id in gesturing.due():
        gesturing.perform(order_id)


@shared_task
def notify_team(message_ids: list[int]) -> None:
    """Tell colleagues in the provider's own app that somebody waits."""
    noticing.notify_team(message_ids)


@shared_task(autoretry_for=(TemporaryFailure,), retry_backoff=2, max_retries=3)
def carry_out_act(act_id: int) -> None:
    """Do what a colleague did in the provider's own app."""
    noticing.carry_out(act_id)


@shared_task
def sweep_acts() -> None:
    """Those whose task was lost."""
    for act_id in surfaces.waiting():
        carry_out_act.apply_async((act_id,), expires=60)


@shared_task
def tell_read(conversation_id: int) -> None:
    """Tell the customer that their message was read."""
    found = Conversation.objects.select_related("last_channel").filter(pk=conversation_id).first()
    if found is not None:
        asking.tell_read(found)


@shared_task
def sync_templates(channel_id: int | None = None) -> None:
    """Ask the provider for the templates of one channel, or of all that have any."""
    wanted = [channel_id] if channel_id is not None else asking.with_templates()
    for channel in Channel.objects.filter(pk__in=wanted):
        asking.sync_templates(channel)


@shared_task(soft_time_limit=110)
def ask_names() -> None:
    """Ask what people are called whose addresses came without a name."""
    asking.names()


@shared_task(soft_time_limit=280, time_limit=300)
def check_channels() -> None:
    """Once a day: does every channel still work, and for how long."""
    for channel in Channel.objects.exclude(state=ChannelState.PAUSED).order_by("pk"):
        asking.check(channel)


@shared_task
def sweep_attachments() -> None:
    """Try again what could not be fetched, and drop uploads nobody used."""
    fetch_attachments.run(fetching.waiting())
    files.drop_loose()


@shared_task(soft_time_limit=110, time_limit=120)
def run_import(import_id: int) -> None:
    """Go on with an import for a while; then another task does, so that others get their turn."""
    if importing.work(import_id):
        run_import.apply_async((import_id,))


@shared_task
def sweep_imports() -> None:
    """Go on with imports whose worker has died."""
    for import_id in importing.stuck():
        run_import.apply_async((import_id,), expires=15)


@shared_task
def purge_imports() -> None:
    """Forget the files and reports of imports that are over for long."""
    importing.purge()


@shared_task(soft_time_limit=290, time_limit=300)
def purge_touchpoints() -> None:
    """Forget views of pages of long ago."""
    touchpoints.purge()
