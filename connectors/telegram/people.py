"""Users, chats and message ids as Telegram writes them → contract addresses and ids, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from inbox.contract import Address

SPACE = "telegram"
Json = Mapping[str, Any]
# More digits are no id (docs: at most 52 significant bits), and Python refuses to read very long ones.
LONGEST = 20


def user(data: Json, bot: str) -> Address:
    """Somebody by their id, which never changes; the @name does, so it is only shown."""
    return Address(space=SPACE, value=f"{bot}/{number(data['id'])}", name=shown(data))


def shown(data: Json) -> str:
    """A user's name, "" if none is given."""
    name = " ".join(part for part in (_text(data, "first_name"), _text(data, "last_name")) if part)
    return name or _text(data, "username")


def chat(data: Json, bot: str) -> Address:
    """A group, a channel, or the chat with one person, whose id is the person's."""
    if data.get("type") == "private":
        return user(data, bot)
    return Address(
        space=SPACE, value=f"{bot}/{number(data['id'])}", name=_text(data, "title") or _text(data, "username")
    )


def is_group(data: Json) -> bool:
    return data.get("type") in {"group", "supergroup"}


def sender(message: Json, bot: str) -> Address:
    """Who wrote it: a person, or a chat in whose name an anonymous admin or a channel writes."""
    said = message.get("sender_chat")
    return chat(said, bot) if isinstance(said, dict) else user(message["from"], bot)


def external_id(chat_id: Any, message_id: Any) -> str:
    """Message ids are counted per chat (docs: Message)."""
    return f"{number(chat_id)}:{number(message_id)}"


def message_of(external: str) -> tuple[int, int] | None:
    """The chat and message of `external_id`; None for an id that is no message's (a pressed button)."""
    chat_id, colon, message_id = external.partition(":")
    if not colon or not _is_id(chat_id) or not _is_id(message_id):
        return None
    return int(chat_id), int(message_id)


def thread_key(message: Json) -> str:
    """A group is one thread, or one for each topic of a forum."""
    key = str(number(message["chat"]["id"]))
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    return key if topic is None else f"{key}/{number(topic)}"


def place_of(key: str) -> tuple[int, int | None] | None:
    """The chat and topic of `thread_key`."""
    chat_id, _slash, topic = key.partition("/")
    if not _is_id(chat_id) or (topic and not _is_id(topic)):
        return None
    return int(chat_id), int(topic) if topic else None


def time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def number(value: Any) -> int:
    """Raises ValueError for what is no id: true is one to Python."""
    if isinstance(value, bool) or not _is_id(str(value)):
        raise ValueError("An id is not a number.")
    return int(value)


def _is_id(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= LONGEST


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
