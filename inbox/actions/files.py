"""Keeping files: bytes become blobs, blobs become attachments; what waits at a provider is copied to our own storage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import IO

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from inbox import blobs, queueing
from inbox.actions import lock, record, rows
from inbox.contract import File
from inbox.events import Kind
from inbox.models import Agent, Attachment, Blob, Channel, Import, Message, Original
from inbox.models.files import AttachmentState
from inbox.text import storable

MAX_TRIES = 8
LOOSE_DAYS = 7
AGAIN_DAYS = 30
AGAIN_MOST = 500
AT_ONCE = 50
INLINE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def store(content: bytes) -> Blob:
    """The blob with these bytes, written first if it is new. Raises OSError when the disk is full: nothing is referred to then."""
    sha256 = blobs.digest(content)
    known = Blob.objects.filter(sha256=sha256).first()
    return known if known is not None else _keep(sha256, blobs.put(content), len(content))


def store_file(file: IO[bytes]) -> Blob:
    """The same for a large file that is never whole in memory."""
    return _keep(*blobs.put_file(file))


def _keep(sha256: str, name: str, size: int) -> Blob:
    rows.insert(
        Blob,
        ("sha256", "size", "file", "created_at"),
        [(sha256, size, name, timezone.now())],
        skip_conflicts=True,
    )
    blob = Blob.objects.get(sha256=sha256)
    if blob.file != name:
        blobs.drop(name)
    return blob


def clean_name(name: str) -> str:
    """A file name without path, control and direction characters, at most 200 long."""
    last = storable(name).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:200].strip() or "file"


def attach(
    message_id: int,
    files: Iterable[tuple[File, Blob | None]],
    *,
    external_id: str = "",
    position: int = 0,
) -> list[int]:
    """Hang files on a message. Those without bytes wait to be fetched. Gives the ids of the waiting ones.

    external_id, position: of an album, the message they came with and its place.
    """
    made = [
        Attachment(
            message_id=message_id,
            external_id=external_id,
            position=position,
            blob=blob,
            name=clean_name(file.name),
            content_type=file.content_type[:120],
            size=blob.size if blob else file.size or 0,
            content_id=storable(file.content_id)[:255],
            inline=file.inline,
            state=AttachmentState.READY if blob else AttachmentState.WAITING,
            source="" if blob else file.url,
        )
        for file, blob in files
    ]
    Attachment.objects.bulk_create(made)
    return [item.pk for item in made if item.state == AttachmentState.WAITING]


def upload(*, agent: Agent | None, file: File) -> Attachment:
    """Keep a file for a message that is still being written. Loose ones are dropped after a week."""
    blob = store(file.content or b"")
    return Attachment.objects.create(
        blob=blob,
        uploaded_by=agent,
        name=clean_name(file.name),
        content_type=file.content_type[:120],
        size=blob.size,
        inline=file.inline,
    )


def bring_back(*, agent: Agent, message: Message) -> list[Attachment]:
    """The files of a message that was taken back, as uploads of this agent for the next one. The message keeps its own."""
    ready = message.attachments.filter(state=AttachmentState.READY).exclude(blob=None)
    return [
        Attachment.objects.create(
            blob=each.blob,
            uploaded_by=agent,
            name=each.name,
            content_type=each.content_type,
            size=each.size,
            inline=each.inline,
        )
        for each in ready
    ]


def fetched(attachment_id: int, file: File) -> None:
    """The bytes of a waiting attachment have come."""
    blob = store(file.content or b"")
    _settle(
        attachment_id,
        state=AttachmentState.READY,
        blob=blob,
        content_type=file.content_type[:120],
        name=file.name,
        reason="",
    )


def not_fetched(attachment_id: int, reason: str, *, final: bool) -> None:
    """Fetching failed: tried again until MAX_TRIES, then shown as a placeholder with the reason."""
    tries = Attachment.objects.filter(pk=attachment_id).values_list("tries", flat=True).first()
    if tries is None:
        return
    over = final or tries + 1 >= MAX_TRIES
    _settle(
        attachment_id,
        state=AttachmentState.FAILED if over else AttachmentState.WAITING,
        reason=reason[:300],
        tries=tries + 1,
    )


def fetch_again(*, channel: Channel) -> int:
    """Try once more, with all their tries, what could not be fetched in the last thirty days; gives how many files. For a channel
    whose credentials were refused for a while."""
    missing = Attachment.objects.filter(
        message__channel=channel,
        state__in=(AttachmentState.FAILED, AttachmentState.WAITING),
        created_at__gte=timezone.now() - timedelta(days=AGAIN_DAYS),
    ).exclude(source="")
    found = list(missing.order_by("-pk").values_list("pk", flat=True)[:AGAIN_MOST])
    for attachment_id in found:
        _settle(attachment_id, state=AttachmentState.WAITING, reason="", tries=0)
    if found:
        # The first at once, the others by the sweeper.
        queueing.after_commit("inbox.tasks.fetch_attachments", found[:AT_ONCE])
    return len(found)


@transaction.atomic
def _settle(attachment_id: int, **values: object) -> None:
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None or attachment.message_id is None or attachment.state == AttachmentState.READY:
        return
    message = lock.message(attachment.message_id)
    blob = values.get("blob")
    if isinstance(blob, Blob):
        values["size"] = blob.size
    name = values.pop("name", "")
    if name and attachment.name in ("", "file"):
        values["name"] = clean_name(str(name))
    Attachment.objects.filter(pk=attachment_id).update(**values)
    record.of_conversation(Kind.ATTACHMENT_CHANGED, message.conversation, message_id=message.pk)


def drop_loose() -> int:
    """Delete uploads that never became part of a message, and blobs nobody refers to; gives how many blobs went."""
    horizon = timezone.now() - timedelta(days=LOOSE_DAYS)
    Attachment.objects.filter(message=None, created_at__lt=horizon).delete()
    unused = Blob.objects.filter(
        ~Exists(Attachment.objects.filter(blob=OuterRef("pk"))),
        ~Exists(Original.objects.filter(raw=OuterRef("pk"))),
        ~Exists(Import.objects.filter(blob=OuterRef("pk"))),
        created_at__lt=horizon,
    )[:500]
    gone = 0
    for blob in unused:
        with transaction.atomic():
            Blob.objects.filter(pk=blob.pk).delete()
            transaction.on_commit(lambda name=blob.file: blobs.drop(name))  # type: ignore[misc]
        gone += 1
    return gone
