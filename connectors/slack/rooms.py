"""What happens to the channels themselves, and to our app: renamed, archived, left, shared no more. Pure."""

from __future__ import annotations

from collections.abc import Callable

from connectors.slack.envelope import Envelope
from connectors.slack.payload import text
from inbox.contract import AddressChanged, Identified, Ignored, InboundEvent


def _renamed(e: Envelope) -> InboundEvent:
    """A room is called by its company if the settings name one, else by the channel's name."""
    name = text(e.event, "channel", "name")
    if not name or e.settings.company(e.channel):
        return Ignored(event_key=e.key, occurred_at=e.occurred_at, reason="The channel has another name now.")
    room = e.room(e.channel, name=f"#{name}")
    return Identified(event_key=e.key, occurred_at=e.occurred_at, author=room, name=room.name)


def _other_id(e: Envelope) -> InboundEvent:
    """A channel gets another id when it is shared with or taken from another company (event channel_id_changed)."""
    old, new = text(e.event, "old_channel_id"), text(e.event, "new_channel_id")
    if not old or not new:
        return Ignored(event_key=e.key, occurred_at=e.occurred_at, reason="The channel has another id now.")
    return AddressChanged(event_key=e.key, occurred_at=e.occurred_at, old=e.room(old), new=e.room(new))


def _told(reason: str) -> Callable[[Envelope], InboundEvent]:
    def read(e: Envelope) -> InboundEvent:
        return Ignored(event_key=e.key, occurred_at=e.occurred_at, reason=reason)

    return read


ARCHIVED = _told("The channel was archived: nobody can write there until it is opened again.")
OPENED = _told("The channel is open again.")
LEFT = _told("Our app was taken out of the channel: invite it again to go on.")
DELETED = _told("The channel was deleted.")
UNSHARED = _told("The channel is no longer shared with the other company.")

READERS: dict[str, Callable[[Envelope], InboundEvent]] = {
    "channel_rename": _renamed,
    "group_rename": _renamed,
    "channel_id_changed": _other_id,
    "channel_archive": ARCHIVED,
    "group_archive": ARCHIVED,
    "channel_unarchive": OPENED,
    "group_unarchive": OPENED,
    "channel_left": LEFT,
    "group_left": LEFT,
    "channel_deleted": DELETED,
    "group_deleted": DELETED,
    "channel_unshared": UNSHARED,
    "channel_shared": _told("The channel is shared with another company now."),
    "member_joined_channel": _told("Somebody joined the channel."),
    "member_left_channel": _told("Somebody left the channel."),
    "app_mention": _told("The same message comes as an event of its own."),
    "app_uninstalled": _told(
        "Our app was removed from the workspace: install it again and enter its new token."
    ),
    "tokens_revoked": _told("Our token was revoked: install the app again and enter its new token."),
}
