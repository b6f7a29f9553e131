"""Albums: what a provider sends as several messages with one name is one bubble here, whichever of them comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inbox import queueing
from inbox.actions import files, lock, record, rows
from inbox.events import Kind
from inbox.models import Arrival, Message
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving

_BEGUN = (
    "SELECT m.channel_id, m.album, m.id FROM inbox_message m"
    " JOIN unnest(%s::bigint[], %s::text[]) AS w(channel_id, album) ON m.channel_id = w.channel_id AND m.album = w.album"
)


@dataclass(slots=True)
class Page:
    """A message that becomes part of a bubble: one that is stored already, or one that is being stored in the same batch."""

    item: Arriving
    message_id: int | None
    first: Arriving | None


def asking(messages: Sequence[Arriving]) -> rows.Statement | None:
    """The question whose answer `sort` takes: which of these albums have begun."""
    named = [item for item in messages if item.album]
    return (_BEGUN, [[item.channel.pk for item in named], [item.album for item in named]]) if named else None


def sort(fresh: Sequence[Arriving], begun: Sequence[rows.Row]) -> dict[int, Page]:
    """By their order, those of these messages that are no bubble of their own."""
    here = {(channel_id, album): message_id for channel_id, album, message_id in begun}
    first: dict[tuple[int, str], Arriving] = {}
    pages: dict[int, Page] = {}
    for item in fresh:
        name = (item.channel.pk, item.album)
        if not item.album:
            continue
        if name in here:
            pages[item.order] = Page(item, here[name], None)
        elif name in first:
            pages[item.order] = Page(item, None, first[name])
        else:
            first[name] = item
    return pages


def add(page: Page) -> int:
    """Put its files, its words and its name to the bubble; gives the bubble's id."""
    message_id = page.message_id or (page.first.id if page.first else 0)
    message, item = lock.message(message_id), page.item
    Arrival.objects.bulk_create(
        [Arrival(message=message, channel=item.channel, external_id=item.external_id)], ignore_conflicts=True
    )
    text = storable(item.event.text)
    if text and text != message.text:
        message.text = f"{message.text}\n{text}".strip() if message.text else text
        message.html = storable(item.event.html) if not message.html else message.html
        message.save(update_fields=["text", "html"])
    waiting = files.attach(message_id, item.files, external_id=item.external_id, position=item.event.sequence)
    if waiting:
        queueing.after_commit("inbox.tasks.fetch_attachments", waiting)
    record.of_conversation(Kind.ATTACHMENT_CHANGED, message.conversation, message_id=message.pk)
    return message.pk


def without(message: Message, external_id: str) -> bool:
    """One message of an album was taken back: its files go. False if nothing of the bubble is left, or it is no album."""
    if not message.album:
        return False
    message.attachments.filter(external_id=external_id).delete()
    return message.attachments.exists()
