"""What a provider allows towards one address now: a free answer, a late one, a template only, or nothing. Read model of ReplyWindow.

What the holder of the address allows is permission.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import registry
from inbox.models import Channel, Identity, Message, ReplyWindow
from inbox.models.messages import Direction


class Mode(StrEnum):
    """free: write · late: a person may still answer, marked as such · template: only an approved text · closed: nothing goes."""

    FREE = "free"
    LATE = "late"
    TEMPLATE = "template"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Reach:
    """Until when that holds (None: without end), and why no free answer goes, as one sentence ("" if it does)."""

    mode: Mode
    until: datetime | None = None
    reason: str = ""
    handle: str = ""


def of(channel: Channel, identity: Identity) -> Reach:
    """For one pair: one query, or two for channels on which we cannot begin."""
    held = ReplyWindow.objects.filter(channel=channel, identity=identity).first()
    return _judge(channel, held, lambda: _has_written(channel, identity))


def of_all(pairs: Iterable[tuple[Channel, Identity]]) -> dict[tuple[int, int], Reach]:
    """For several pairs, by (channel id, identity id)."""
    listed = list(pairs)
    rows = ReplyWindow.objects.filter(
        channel__in={channel.pk for channel, _identity in listed},
        identity__in={identity.pk for _channel, identity in listed},
    )
    held = {(row.channel_id, row.identity_id): row for row in rows}
    return {
        (channel.pk, identity.pk): _judge(
            channel,
            held.get((channel.pk, identity.pk)),
            lambda channel=channel, identity=identity: _has_written(channel, identity),
        )
        for channel, identity in listed
    }


def _judge(channel: Channel, held: ReplyWindow | None, has_written: object) -> Reach:
    can, now = registry.capabilities(channel.kind), timezone.now()
    handle = held.handle if held else ""
    if can.reply_window is None:
        if can.can_start or can.live or held is not None or (callable(has_written) and has_written()):
            return Reach(Mode.FREE, handle=handle)
        return Reach(Mode.CLOSED, reason=_("They have not written here yet, and only they can begin."))
    if held is not None and held.is_open(now):
        return Reach(Mode.FREE, until=held.until, handle=handle)
    if held is not None and can.late_window and held.wrote_at and held.wrote_at + can.late_window > now:
        return Reach(Mode.LATE, until=held.wrote_at + can.late_window)
    if can.templates:
        return Reach(Mode.TEMPLATE, reason=_template_only(held))
    if held is None:
        return Reach(Mode.CLOSED, reason=_("They have not written here yet, and only they can begin."))
    return Reach(
        Mode.CLOSED,
        reason=_("The time to answer here is over. Choose another channel, or wait until they write."),
    )


def _template_only(held: ReplyWindow | None) -> str:
    if held is None:
        return _("They have not written here yet. Only an approved template can begin.")
    return _("The time to answer here is over. Send an approved template, or choose another channel.")


def _has_written(channel: Channel, identity: Identity) -> bool:
    written = Message.objects.filter(channel=channel, identity=identity)
    return written.filter(direction=Direction.INBOUND).exists()


def fits(channel: Channel, identity: Identity) -> bool:
    """Whether this channel can write to an address of this space and account at all."""
    known = registry.kinds().get(channel.kind)
    if known is None or not known.reaches(identity.space):
        return False
    # Numbers and mail addresses are nobody's in particular; a provider's ids begin with the account they are known to.
    return "/" not in identity.value or identity.value.startswith(channel.scope)
