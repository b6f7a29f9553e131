"""Files as a bubble shows them: pictures and films together in a grid, sound to listen to, the rest as cards."""

from __future__ import annotations

from dataclasses import dataclass

from django import template

from inbox.models import Attachment, Message
from inbox.models.files import AttachmentState

register = template.Library()

MOST = 4
"""So many of an album are in view at first; the last of them says how many more there are."""


@dataclass(frozen=True, slots=True)
class Files:
    """seen: pictures and films; heard: sound; others: whatever is only to be downloaded, or has not come (yet)."""

    seen: list[Attachment]
    heard: list[Attachment]
    others: list[Attachment]

    @property
    def in_grid(self) -> int:
        """How many places the grid has."""
        return min(len(self.seen), MOST)

    @property
    def beyond(self) -> int:
        """How many are not in view at first."""
        return max(0, len(self.seen) - MOST)


@register.filter
def sorted_files(message: Message) -> Files | None:
    """Its files by what one does with them; None without any."""
    found = Files([], [], [])
    for file in message.attachments.all():
        ready = file.state == AttachmentState.READY
        if ready and ((file.is_image and not file.content_id) or file.is_video):
            found.seen.append(file)
        elif ready and file.is_audio:
            found.heard.append(file)
        else:
            found.others.append(file)
    return found if found.seen or found.heard or found.others else None


@register.filter
def sticker(message: Message) -> Attachment | None:
    """A sticker: one WebP and nothing else. It stands on no ground."""
    files = list(message.attachments.all())
    alone = len(files) == 1 and not (message.text or message.cards or message.subject)
    drawn = alone and files[0].content_type == "image/webp" and files[0].state == AttachmentState.READY
    return files[0] if drawn else None
