"""Files a visitor sends, taken within limits, and the bytes behind a link. The links themselves: links.py."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from connectors.sniff import sniff
from connectors.visitors import feed, limits, links
from connectors.visitors.models import VisitorSession
from inbox import blobs, registry
from inbox.actions import files as actions
from inbox.contract import File
from inbox.models import Attachment

_REF = signing.Signer(salt="connectors.visitors.upload")

# By the name's ending; what the browser calls it is not believed. Nothing a browser would run.
TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "heic": "image/heic", "pdf": "application/pdf", "txt": "text/plain", "log": "text/plain", "csv": "text/csv",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf", "zip": "application/zip", "eml": "message/rfc822", "ics": "text/calendar",
    "vcf": "text/vcard", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
}  # fmt: skip


class FileRefused(Exception):  # reads as what happened
    """The file is not taken; `str(error)` is the short word the widget has a sentence for, `wait` the seconds until it may be."""

    def __init__(self, word: str, wait: int = 0) -> None:
        super().__init__(word)
        self.wait = wait


def take(session: VisitorSession, upload: UploadedFile[Any], ip: str) -> dict[str, Any]:
    """Keep an uploaded file until a message refers to it. Raises FileRefused; OSError when the disk is full."""
    rules = registry.capabilities(session.channel.kind).files
    name, size = actions.clean_name(upload.name or ""), upload.size or 0
    content_type = TYPES.get(PurePosixPath(name).suffix.lower().lstrip("."))
    if content_type is None:
        raise FileRefused("type")
    if not 0 < size <= rules.max_bytes:
        raise FileRefused("size")
    for limit, who, amount in (
        (limits.UPLOADS, session.sid, 1),
        (limits.UPLOADED_BYTES, session.sid, size),
        (limits.UPLOADS_OF_IP, limits.network(ip), 1),
    ):
        wait = limits.spend(limit, who, amount)
        if wait:
            raise FileRefused("quota", wait)
    content = upload.read()
    # A picture is shown inline only if its bytes are one.
    if content_type.startswith("image/"):
        content_type = sniff(content, content_type)
    kept = actions.upload(agent=None, file=File(name=name, content_type=content_type, content=content))
    return {"ref": _REF.sign(json.dumps([session.sid, kept.public_id])), **links.shown(session, kept)}


def claimed(session: VisitorSession, references: list[str]) -> list[dict[str, Any]] | None:
    """What a message frame refers to, as stored frames name it; None if any was not uploaded in this session or is gone."""
    ids = [_uploaded_id(session, reference) for reference in references]
    found = Attachment.objects.filter(public_id__in=filter(None, ids), message=None).in_bulk(
        field_name="public_id"
    )
    if any(each not in found for each in ids):
        return None
    listed = [found[each] for each in ids if each]
    return [
        {"ref": f.public_id, "name": f.name, "content_type": f.content_type, "size": f.size} for f in listed
    ]


def _uploaded_id(session: VisitorSession, reference: str) -> str | None:
    try:
        sid, public_id = json.loads(_REF.unsign(reference))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return public_id if sid == session.sid else None


def fetch(file: File) -> File:
    """The bytes of an uploaded file, for the connector's `fetch`. Raises FileNotFoundError if it is gone."""
    kept = Attachment.objects.select_related("blob").filter(public_id=file.url).first()
    if kept is None or kept.blob is None:
        raise FileNotFoundError(file.name)
    return File(name=file.name, content_type=kept.content_type, content=blobs.read(kept.blob), size=kept.size)


def linked(kind: str, channel: str, token: str) -> Attachment | None:
    """The file of a link, or None if the link is forged or over, its session has ended, or the message is not theirs to see."""
    named = links.read(token)
    if named is None:
        return None
    public_id, sid = named
    live = VisitorSession.objects.filter(
        channel__kind=kind, channel__public_id=channel, sid=sid, ended_at=None
    )
    session = live.select_related("channel").first()
    attachment = Attachment.objects.select_related("blob").filter(public_id=public_id).first()
    if session is None or attachment is None:
        return None
    # Not sent yet: only the session that uploaded it was told of it.
    mine = attachment.message_id is None or feed.may_see(session, attachment.message_id)
    return attachment if mine else None
