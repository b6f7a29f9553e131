"""Slack's events → contract values. Pure. Events: docs.slack.dev/reference/events; what people do with buttons is in pressing.py."""

from __future__ import annotations

from collections.abc import Callable

from connectors.slack import content, pressing, rooms
from connectors.slack.envelope import Envelope
from connectors.slack.payload import Json, digest, first, table, text
from connectors.slack.settings import SlackSettings
from connectors.slack.wording import plain, symbol
from inbox.contract import (
    AgentActed,
    BadPayload,
    Delete,
    Edit,
    Ignored,
    InboundEvent,
    InboundMessage,
    Nature,
    Proof,
    Reaction,
)

# Where a line for one colleague goes when there is no response_url: channel, thread, user.
WHISPER = "slack-whisper:"
SLACKBOT = "USLACKBOT"


def events(payload: Json, settings: SlackSettings) -> list[InboundEvent]:
    """One request. Raises BadPayload for an event we know that lacks what it must have."""
    kind = text(payload, "type")
    if kind == "event_callback":
        return [_event(Envelope.of(payload, settings))]
    if kind in pressing.READERS:
        return pressing.events(payload, settings)
    if kind == "url_verification":
        return [Ignored(event_key=digest(payload), reason="Slack checked that this address is ours.")]
    if kind == "app_rate_limited":
        reason = "Slack held events back: there were more than 30,000 in an hour."
        return [Ignored(event_key=digest(payload), reason=reason)]
    return [Ignored(event_key=digest(payload), reason=f"Unknown kind of request “{kind[:60]}”.")]


def ignored(e: Envelope, reason: str) -> Ignored:
    return Ignored(event_key=e.key, occurred_at=e.occurred_at, reason=reason)


def _event(e: Envelope) -> InboundEvent:
    kind = text(e.event, "type")
    read = READERS.get(kind) or rooms.READERS.get(kind)
    return read(e) if read else ignored(e, f"Unknown event type “{kind[:60]}”.")


def _message(e: Envelope) -> InboundEvent:
    subtype = text(e.event, "subtype")
    if subtype == "message_changed":
        return _edit(e)
    if subtype == "message_deleted":
        return _delete(e)
    if subtype not in content.WRITTEN and subtype not in content.SHOWN_AS:
        return ignored(e, f"Not a message of anybody: “{subtype[:60]}”.")
    unwanted = _unwanted(e, e.event)
    if unwanted:
        return _note(e) or ignored(e, unwanted)
    if text(e.event, "user") == SLACKBOT:
        return ignored(e, "Slack itself wrote it.")
    return _written(e)


def _unwanted(e: Envelope, message: Json) -> str:
    """Why a message does not belong into a customer's thread, or ""."""
    if e.is_ours(message):
        return "Our own app posted it."
    if e.channel == e.settings.notice_channel and e.channel:
        return "Colleagues talk in the channel for notices."
    colleague = e.is_colleague(message)
    if colleague and e.direct:
        return "A colleague wrote to the app."
    if colleague and not e.shared and e.channel not in e.settings.rooms:
        return "A colleague wrote in a channel that belongs to no customer."
    return ""


def _note(e: Envelope) -> AgentActed | None:
    """A colleague's plain answer in the thread of what our app posted in the notices' channel, or to them: never for a customer."""
    ts, root = text(e.event, "ts"), text(e.event, "thread_ts")
    under_ours = root and root != ts and text(e.event, "parent_user_id") == e.bot and e.bot
    said = plain(text(e.event, "text"))
    if not under_ours or not said or text(e.event, "bot_id") or not e.is_our_people(e.event):
        return None
    return AgentActed(
        event_key=e.key,
        occurred_at=e.occurred_at,
        who=e.author(e.event),
        act="note",
        notice=e.message_id(root),
        text=said,
        answer_url=f"{WHISPER}{e.channel}/{root}/{text(e.event, 'user')}",
    )


def _written(e: Envelope) -> InboundMessage:
    """In a channel each thread is a conversation of its own; with the app alone all is one, and an answer goes into their thread."""
    ts, root = text(e.event, "ts"), text(e.event, "thread_ts")
    external_id, threaded = e.message_id(ts), root not in {"", ts}
    echo = not e.direct and e.is_colleague(e.event)
    room = None if e.direct else e.room(e.channel)
    return InboundMessage(
        event_key=e.key,
        occurred_at=e.occurred_at,
        external_id=external_id,
        author=e.author(e.event),
        nature=Nature.AUTO if text(e.event, "bot_id") else Nature.PERSON,
        # Slack signs the request and knows its own users.
        proof=Proof.PROVEN,
        text=plain(text(e.event, "text")),
        files=content.files(e.event),
        cards=content.cards(e.event),
        references=(e.message_id(root),) if threaded else (),
        in_reply_to=e.message_id(root) if threaded and e.direct else "",
        reply_handle=root if threaded and e.direct else "",
        thread_key="" if e.direct else e.message_id(root or ts),
        customer=room,
        to=(room,) if room and echo else (),
        group=room is not None,
        company="" if e.direct else e.settings.company(e.channel),
        echo=echo,
    )


def _edit(e: Envelope) -> InboundEvent:
    message = table(e.event, "message")
    unwanted = _unwanted(e, message)
    if unwanted:
        return ignored(e, unwanted)
    external_id = e.message_id(text(message, "ts"))
    if text(message, "subtype") == "tombstone":
        # A deleted message that others have answered stays as the head of its thread.
        return Delete(event_key=e.key, occurred_at=e.occurred_at, external_id=external_id)
    if not table(message, "edited"):
        return ignored(e, "Slack added a preview or counted answers.")
    return Edit(
        event_key=e.key,
        occurred_at=e.occurred_at,
        external_id=external_id,
        text=plain(text(message, "text")),
    )


def _delete(e: Envelope) -> InboundEvent:
    before = table(e.event, "previous_message")
    unwanted = _unwanted(e, before)
    if unwanted:
        return ignored(e, unwanted)
    ts = first(text(e.event, "deleted_ts"), text(before, "ts"))
    return Delete(event_key=e.key, occurred_at=e.occurred_at, external_id=e.message_id(ts))


def _reaction(e: Envelope) -> InboundEvent:
    channel, ts = text(e.event, "item", "channel"), text(e.event, "item", "ts")
    if text(e.event, "item", "type") != "message" or not channel or not ts:
        return ignored(e, "A reaction to something that is no message.")
    if e.is_ours(e.event):
        return ignored(e, "Our own app reacted.")
    if channel == e.settings.notice_channel:
        return ignored(e, "Colleagues react in the channel for notices.")
    added = text(e.event, "type") == "reaction_added"
    if not text(e.event, "reaction"):
        raise BadPayload("This reaction of Slack's has no name.")
    return Reaction(
        event_key=e.key,
        occurred_at=e.occurred_at,
        external_id=f"{channel}/{ts}",
        author=e.author(e.event),
        emoji=symbol(text(e.event, "reaction")) if added else "",
    )


READERS: dict[str, Callable[[Envelope], InboundEvent]] = {
    "message": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
}
