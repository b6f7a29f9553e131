"""Copying a provider's file to our own storage through its connector. Called by a task, never inside a transaction."""

from __future__ import annotations

import logging

from django.utils import timezone

from inbox import registry
from inbox.actions import files
from inbox.contract import ContractError, File, TemporaryFailure
from inbox.models import Attachment
from inbox.models.files import AttachmentState

log = logging.getLogger(__name__)

MAX_BYTES = 30_000_000


def waiting(*, limit: int = 50) -> list[int]:
    """Attachments still to be fetched, oldest first, the ones tried least first."""
    rows = Attachment.objects.filter(
        state=AttachmentState.WAITING, message__isnull=False, created_at__lt=timezone.now()
    )
    return list(rows.order_by("tries", "created_at").values_list("pk", flat=True)[:limit])


def fetch(attachment_id: int) -> None:
    """Fetch one file; on failure note the reason so that it is tried again, or shown as missing."""
    attachment = Attachment.objects.select_related("message__channel").filter(pk=attachment_id).first()
    if attachment is None or attachment.state != AttachmentState.WAITING or attachment.message is None:
        return
    channel = attachment.message.channel
    if channel is None:
        return
    wanted = File(name=attachment.name, content_type=attachment.content_type, url=attachment.source)
    try:
        got = registry.connector_for(channel).fetch(wanted)
    except TemporaryFailure as error:
        files.not_fetched(attachment_id, error.reason or "The provider did not answer.", final=False)
    except ContractError as error:
        files.not_fetched(attachment_id, error.reason or "The provider refused the file.", final=True)
    except Exception as error:  # a connector's bug must not keep this file at the head of every sweep
        log.exception("Attachment %s could not be fetched", attachment_id)
        reason = f"It could not be fetched because of a fault of ours ({type(error).__name__})."
        files.not_fetched(attachment_id, reason, final=False)
    else:
        files.fetched(attachment_id, got)
