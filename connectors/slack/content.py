"""What a Slack message holds besides its text: files, forwarded messages, and what cannot be shown."""

from __future__ import annotations

from connectors.slack.payload import Json, first, rows, text
from connectors.slack.wording import plain
from inbox.contract import Card, CardKind, File

# Instead of an address, for a file that an event names only by its id: `fetch` asks for the rest (docs: apis/slack-connect).
BY_ID = "slack-file:"
GONE = {"tombstone", "hidden_by_limit"}
# Messages people write; all other subtypes tell what happened to the channel (docs: reference/events/message).
WRITTEN = {"", "file_share", "thread_broadcast", "me_message", "bot_message"}
SHOWN_AS = {"huddle_thread": "a huddle", "reminder_add": "a reminder", "sh_room_created": "a call"}


def files(message: Json) -> tuple[File, ...]:
    """Files kept at Slack. Deleted ones and links to other services are cards."""
    return tuple(_file(each) for each in rows(message, "files") if text(each, "id") and not _elsewhere(each))


def _file(data: Json) -> File:
    size = data.get("size")
    where = first(text(data, "url_private_download"), text(data, "url_private"))
    return File(
        name=first(text(data, "name"), text(data, "title"), "file"),
        content_type=first(text(data, "mimetype"), "application/octet-stream"),
        url=where or BY_ID + text(data, "id"),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None,
    )


def _elsewhere(data: Json) -> bool:
    return data.get("is_external") is True or text(data, "mode") in GONE | {"external"}


def cards(message: Json) -> tuple[Card, ...]:
    """Forwarded messages, links to files elsewhere, and the kinds of message that have no text."""
    subtype = text(message, "subtype")
    made = [_unseen(each) for each in rows(message, "files") if _elsewhere(each)]
    made += [_forwarded(each) for each in rows(message, "attachments") if each.get("is_share") is True]
    if subtype not in WRITTEN:
        made.append(Card(kind=CardKind.UNSUPPORTED, text=SHOWN_AS.get(subtype, subtype)))
    elif not made and not text(message, "text") and not rows(message, "files"):
        made.append(Card(kind=CardKind.UNSUPPORTED, text=_kinds(message)))
    return tuple(made)


def _unseen(data: Json) -> Card:
    what = "a deleted file" if text(data, "mode") in GONE else "a link to a file kept elsewhere"
    return Card(
        kind=CardKind.UNSUPPORTED,
        title=first(text(data, "title"), text(data, "name")),
        text=what,
        url=text(data, "external_url"),
    )


def _forwarded(data: Json) -> Card:
    return Card(
        kind=CardKind.POST,
        title=first(text(data, "author_name"), text(data, "author_subname")),
        text=plain(first(text(data, "text"), text(data, "fallback"))),
        url=text(data, "from_url"),
    )


def _kinds(message: Json) -> str:
    """What Slack calls the parts of a message without text."""
    parts = [text(each, "type") for each in rows(message, "blocks")]
    return ", ".join(dict.fromkeys(filter(None, parts))) or "a message without text"
