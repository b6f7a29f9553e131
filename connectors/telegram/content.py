"""What is in one Telegram message: its text, files and cards. Pure. Fields: core.telegram.org/bots/api#message."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Any

from connectors.phone import e164
from connectors.telegram.people import Json
from inbox.contract import Card, CardKind, File

# Without the machine's own tables, so that a file has the same name everywhere.
TYPES = mimetypes.MimeTypes()
TYPES.add_type("audio/ogg", ".ogg")
TYPES.add_type("image/webp", ".webp")
# Field → its usual type and name. `photo` and `sticker` are read by themselves.
MEDIA = {
    "animation": ("video/mp4", "animation"),
    "audio": ("audio/mpeg", "audio"),
    "document": ("application/octet-stream", "file"),
    "video": ("video/mp4", "video"),
    "video_note": ("video/mp4", "video-message"),
    "voice": ("audio/ogg", "voice-message"),
}
# What a person can send and we cannot show.
UNSUPPORTED = {
    "checklist": "checklist",
    "gift": "gift",
    "giveaway": "giveaway",
    "giveaway_winners": "giveaway",
    "invoice": "invoice",
    "paid_media": "paid media",
    "passport_data": "passport data",
    "successful_payment": "payment",
    "chat_shared": "shared chat",
    "unique_gift": "gift",
    "users_shared": "shared users",
}
# About the message.
ABOUT = {
    *(
        "message_id",
        "message_thread_id",
        "direct_messages_topic",
        "from",
        "sender_chat",
        "sender_boost_count",
    ),
    *("sender_business_bot", "date", "business_connection_id", "chat", "forward_origin", "is_topic_message"),
    *(
        "is_automatic_forward",
        "reply_to_message",
        "external_reply",
        "quote",
        "reply_to_story",
        "via_bot",
        "edit_date",
    ),
    *(
        "reply_to_checklist_task_id",
        "has_protected_content",
        "is_from_offline",
        "is_paid_post",
        "media_group_id",
    ),
    *(
        "author_signature",
        "paid_star_count",
        "entities",
        "caption_entities",
        "link_preview_options",
        "effect_id",
    ),
    *("show_caption_above_media", "has_media_spoiler", "reply_markup", "suggested_post_info", "sender_tag"),
    *("text", "caption"),
}
# About the chat: somebody joined, a title changed. Told by their beginnings.
SERVICE = (
    *(
        "new_chat",
        "left_chat",
        "delete_chat",
        "group_chat",
        "supergroup_chat",
        "channel_chat",
        "chat_owner",
        "migrate",
    ),
    *(
        "message_auto_delete",
        "pinned_message",
        "forum_topic",
        "general_forum",
        "video_chat",
        "voice_chat",
        "boost_added",
    ),
    *(
        "chat_background",
        "connected_website",
        "write_access",
        "proximity_alert",
        "refunded",
        "giveaway_created",
    ),
    *("giveaway_completed", "gift_upgrade", "checklist_tasks", "paid_message_price", "direct_message_price"),
    *("suggested_post", "poll_option", "managed_bot"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Empty if the message is about the chat and says nothing itself."""

    text: str = ""
    files: tuple[File, ...] = ()
    cards: tuple[Card, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.files or self.cards)


def of(message: Json) -> Content:
    """Raises KeyError, TypeError or ValueError for what cannot be read."""
    files, cards = _files(message), tuple(_cards(message))
    text = message.get("text") or message.get("caption") or ""
    entities = message.get("entities") or message.get("caption_entities") or []
    if not isinstance(text, str):
        raise TypeError("A text is not text.")
    if not text and (message.get("sticker") or {}).get("is_animated"):
        # The file is a Lottie animation that browsers do not play; the emoji says what it shows.
        text = str(message["sticker"].get("emoji") or "")
    return Content(text=with_links(text, entities), files=files, cards=cards)


def with_links(text: str, entities: Any) -> str:
    """The text as it was written; an address hidden behind words is written after them. Offsets are UTF-16 units."""
    hidden = [
        (int(each["offset"]) + int(each["length"]), str(each["url"]))
        for each in entities
        if each.get("type") == "text_link"
    ]
    if not hidden:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    for end, url in sorted(hidden, reverse=True):
        place = min(max(end, 0) * 2, len(units))
        units = units[:place] + f" ({url})".encode("utf-16-le", "surrogatepass") + units[place:]
    return units.decode("utf-16-le", "replace")


def _files(message: Json) -> tuple[File, ...]:
    if sizes := message.get("photo"):
        largest = max(sizes, key=lambda each: int(each.get("width", 0)) * int(each.get("height", 0)))
        return (_file(largest, "image/jpeg", "photo"),)
    if sticker := message.get("sticker"):
        kind = "application/x-tgsticker" if sticker.get("is_animated") else "image/webp"
        ending = ".tgs" if sticker.get("is_animated") else ""
        return (_file(sticker, "video/webm" if sticker.get("is_video") else kind, "sticker", ending),)
    # An animation comes as a document, too, for old clients.
    for field, (kind, name) in MEDIA.items():
        if message.get(field):
            return (_file(message[field], kind, name),)
    return ()


def _file(data: Json, kind: str, name: str, ending: str = "") -> File:
    kind = str(data.get("mime_type") or kind)
    size = data.get("file_size")
    return File(
        name=str(data.get("file_name") or name + (ending or TYPES.guess_extension(kind) or "")),
        content_type=kind,
        url=_required(data["file_id"]),
        size=size if isinstance(size, int) else None,
    )


def _required(file_id: Any) -> str:
    if not isinstance(file_id, str) or not file_id:
        raise TypeError("A file has no id.")
    return file_id


def _cards(message: Json) -> list[Card]:
    if venue := message.get("venue"):
        # A venue's place comes as `location`, too.
        title, text = str(venue.get("title", "")), str(venue.get("address", ""))
        return [_place(venue["location"], title=title, text=text)]
    if place := message.get("location"):
        return [_place(place, title="Live location" if place.get("live_period") else "")]
    if contact := message.get("contact"):
        return [_contact(contact)]
    if poll := message.get("poll"):
        options = tuple(str(each["text"]) for each in poll.get("options", ()))
        return [Card(kind=CardKind.QUESTION, title=str(poll.get("question", "")), lines=options)]
    if story := message.get("story"):
        return [Card(kind=CardKind.STORY, title=str(story.get("chat", {}).get("title") or ""))]
    if pressed := message.get("web_app_data"):
        title, text = str(pressed.get("button_text", "")), str(pressed.get("data", ""))
        return [Card(kind=CardKind.CHOICE, title=title, text=text)]
    return [Card(kind=CardKind.UNSUPPORTED, text=called) for called in _unsupported(message)[:1]]


def _place(location: Json, *, title: str = "", text: str = "") -> Card:
    return Card(
        kind=CardKind.LOCATION,
        title=title,
        text=text,
        latitude=float(location["latitude"]),
        longitude=float(location["longitude"]),
    )


def number_of(contact: Json) -> str:
    """E.164; Telegram leaves out the + at times."""
    written = str(contact.get("phone_number") or "")
    return e164(written if written.startswith("+") else f"+{written}", mobile=True)


def _contact(contact: Json) -> Card:
    name = " ".join(str(contact[part]) for part in ("first_name", "last_name") if contact.get(part))
    return Card(
        kind=CardKind.CONTACT, title=name, lines=(number_of(contact) or str(contact.get("phone_number", "")),)
    )


def _unsupported(message: Json) -> list[str]:
    """What Telegram calls it. A field we have never heard of is something they sent, unless it looks like a service message."""
    if dice := message.get("dice"):
        return [f"dice {dice.get('emoji', '')} {dice.get('value', '')}".strip()]
    if game := message.get("game"):
        return [f"game: {game.get('title', '')}"]
    if found := [called for field, called in UNSUPPORTED.items() if message.get(field)]:
        return found
    known = ABOUT | MEDIA.keys() | {"photo", "sticker"}
    new = [field for field in message if field not in known]
    if "text" in message or "caption" in message or any(field.startswith(SERVICE) for field in new):
        return []
    return [] if known & message.keys() - ABOUT else [field.replace("_", " ")[:60] for field in new]
