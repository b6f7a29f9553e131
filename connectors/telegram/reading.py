"""One update of Telegram → contract values. Pure. Fields: core.telegram.org/bots/api#update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.telegram import content, people
from connectors.telegram.people import Json
from inbox.contract import (
    Address,
    AddressChanged,
    Card,
    CardKind,
    Consent,
    Edit,
    Ignored,
    InboundEvent,
    InboundMessage,
    Nature,
    Proof,
    Reaction,
)

# What we ask Telegram for (docs: setWebhook); reactions come only if named.
WANTED = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
GONE = {"kicked", "left"}


def events(update: Json, bot: str) -> list[InboundEvent]:
    """The events of an update; an unknown kind is Ignored. Raises KeyError, TypeError or ValueError for what cannot be read."""
    key = str(people.number(update["update_id"]))
    for kind, read in READERS.items():
        if kind in update:
            return list(read(update[kind], key, bot))
    kinds = ", ".join(sorted(name for name in update if name != "update_id"))
    return [Ignored(event_key=key, reason=f"An update of a kind we do not read: “{kinds[:80]}”.")]


def _message(message: Json, key: str, bot: str) -> list[InboundEvent]:
    chat = message["chat"]
    if "migrate_to_chat_id" in message:
        now = {**chat, "id": message["migrate_to_chat_id"]}
        return [
            AddressChanged(
                event_key=key,
                occurred_at=people.time(message["date"]),
                old=people.chat(chat, bot),
                new=people.chat(now, bot),
            )
        ]
    if chat.get("type") == "channel":
        return [Ignored(event_key=key, reason="A post in a Telegram channel: nobody is to be answered.")]
    said = content.of(message)
    if not said:
        return [Ignored(event_key=key, reason=f"A service message of Telegram{_named(message)}.")]
    return [_said(message, said, key, bot)]


def _said(message: Json, said: content.Content, key: str, bot: str) -> InboundMessage:
    chat, group = message["chat"], people.is_group(message["chat"])
    quoted = message.get("reply_to_message") or {}
    album = message.get("media_group_id")
    author = message.get("from") or {}
    return InboundMessage(
        event_key=key,
        occurred_at=people.time(message["date"]),
        sequence=people.number(message["message_id"]),
        external_id=people.external_id(chat["id"], message["message_id"]),
        author=people.sender(message, bot),
        # Telegram knows its own users, and only Telegram knows the secret that came with the update.
        proof=Proof.PROVEN,
        nature=_nature(message, said.text),
        text=said.text,
        files=said.files,
        cards=said.cards,
        in_reply_to=people.external_id(chat["id"], quoted["message_id"]) if _quotes(message, quoted) else "",
        thread_key=people.thread_key(message) if group else "",
        group=group,
        customer=people.chat(chat, bot) if group else None,
        album=f"{chat['id']}:{album}" if album else "",
        language=str(author.get("language_code") or ""),
        proofs=_own_phone(message, author),
        notices=tuple(_notices(message)),
    )


def _quotes(message: Json, quoted: Json) -> bool:
    """In a topic every message replies to the one that opened the topic, unless it quotes another (docs: Message)."""
    if not quoted:
        return False
    opened = "forum_topic_created" in quoted
    return not (opened and quoted.get("message_id") == message.get("message_thread_id"))


def _nature(message: Json, text: str) -> Nature:
    """Whoever presses Start, sends “/start” without having written anything; a channel's posts come into its group by themselves."""
    started = text.partition(" ")[0].partition("@")[0] == "/start"
    machine = message.get("is_automatic_forward") or (
        "sender_chat" not in message and (message.get("from") or {}).get("is_bot")
    )
    return Nature.AUTO if started or machine else Nature.PERSON


def _own_phone(message: Json, author: Json) -> tuple[Address, ...]:
    """A shared number is theirs only if Telegram says that the contact is the author. A forwarded one was shared by somebody else."""
    contact = message.get("contact") or {}
    if not contact.get("user_id") or contact["user_id"] != author.get("id") or "forward_origin" in message:
        return ()
    number = content.number_of(contact)
    return (Address(space="phone", value=number),) if number else ()


def _notices(message: Json) -> list[str]:
    notices = []
    if origin := message.get("forward_origin"):
        whom = origin.get("sender_user") or {}
        where = origin.get("chat") or origin.get("sender_chat") or {}
        name = people.shown(whom) or str(origin.get("sender_user_name") or where.get("title") or "")
        notices.append(f"Forwarded from {name}." if name else "Forwarded.")
    if sender := message.get("via_bot"):
        notices.append(f"Sent by way of @{sender.get('username', 'a bot')}.")
    return notices


def _named(message: Json) -> str:
    """The field that says what happened: the last one, as Telegram writes it after what every message has."""
    own = [
        name
        for name in message
        if name not in {"message_id", "from", "chat", "date", "sender_chat", "message_thread_id"}
    ]
    return f": “{own[-1][:60]}”" if own else ""


def _edited(message: Json, key: str, bot: str) -> list[InboundEvent]:
    if "location" in message:
        return [Ignored(event_key=key, reason="A live location has moved.")]
    said = content.of(message)
    if not said or message["chat"].get("type") == "channel":
        return [Ignored(event_key=key, reason="A message was edited in which we keep nothing.")]
    return [
        Edit(
            event_key=key,
            occurred_at=people.time(message.get("edit_date") or message["date"]),
            sequence=people.number(message["message_id"]),
            external_id=people.external_id(message["chat"]["id"], message["message_id"]),
            text=said.text,
        )
    ]


def _pressed(query: Json, key: str, bot: str) -> list[InboundEvent]:
    """A button under one of our messages. The query has no time; the message it is under may be no longer accessible."""
    under = query.get("message")
    if not isinstance(under, dict):
        return [Ignored(event_key=key, reason="A button under a message that is not in a chat.")]
    group = people.is_group(under["chat"])
    return [
        InboundMessage(
            event_key=key,
            external_id=f"button/{query['id']}",
            author=people.user(query["from"], bot),
            proof=Proof.PROVEN,
            cards=(Card(kind=CardKind.CHOICE, title=_label(query, under)),),
            in_reply_to=people.external_id(under["chat"]["id"], under["message_id"]),
            thread_key=people.thread_key(under) if group else "",
            group=group,
            customer=people.chat(under["chat"], bot) if group else None,
            language=str(query["from"].get("language_code") or ""),
        )
    ]


def _label(query: Json, under: Json) -> str:
    """The button's words; if the message is gone, those that fitted into its data (sending.py: “0:Yes, please”)."""
    data = str(query.get("data") or "")
    for row in (under.get("reply_markup") or {}).get("inline_keyboard", ()):
        for button in row:
            if button.get("callback_data") == data:
                return str(button.get("text", ""))
    return data.partition(":")[2] or data


def _reacted(change: Json, key: str, bot: str) -> list[InboundEvent]:
    new, old = _emoji(change.get("new_reaction", ())), _emoji(change.get("old_reaction", ()))
    if not new and not old:
        return [Ignored(event_key=key, reason="A reaction with an emoji that is a picture of Telegram's.")]
    who = change.get("user")
    return [
        Reaction(
            event_key=key,
            occurred_at=people.time(change["date"]),
            external_id=people.external_id(change["chat"]["id"], change["message_id"]),
            author=people.user(who, bot) if who else people.chat(change["actor_chat"], bot),
            emoji=new,
        )
    ]


def _emoji(listed: Any) -> str:
    """The newest; Premium users may put up to three (docs: MessageReactionUpdated)."""
    found = [str(each["emoji"]) for each in listed if each.get("type") == "emoji"]
    return found[-1] if found else ""


def _membership(change: Json, key: str, bot: str) -> list[InboundEvent]:
    """In a private chat: the bot was blocked or unblocked; in a group: it was removed or added."""
    chat, now, before = change["chat"], change["new_chat_member"], change["old_chat_member"]
    gone, was_gone = now["status"] in GONE, before["status"] in GONE
    if chat.get("type") == "channel" or gone == was_gone:
        return [
            Ignored(
                event_key=key,
                reason=f"The bot is now “{str(now['status'])[:20]}” in “{str(chat.get('title', 'a chat'))[:60]}”.",
            )
        ]
    return [
        Consent(
            event_key=key,
            occurred_at=people.time(change["date"]),
            address=people.chat(chat, bot),
            allowed=not gone,
            keyword=str(now["status"])[:40],
        )
    ]


READERS: dict[str, Callable[[Json, str, str], list[InboundEvent]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "message_reaction": _reacted,
    "my_chat_member": _membership,
}
