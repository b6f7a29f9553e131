"""The bot the stand-in keeps, and the methods of the Bot API with the rules that Telegram documents. No HTTP here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.telegram.standin.records import Chat, Message, Refusal, Upload, bad_request
from connectors.telegram.standin.rules import (
    REACTIONS,
    check_keyboard,
    check_media,
    check_text,
    check_upload,
)

Fields = dict[str, Any]
Files = dict[str, Upload]
SENDS = {
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendDocument": "document",
}


@dataclass
class Bot:
    """Locked by `lock`: requests come in threads. `spoilt`: names of files that Telegram cannot read as pictures."""

    token: str
    username: str = "northwool_bot"
    webhook: Fields = field(default_factory=dict)
    info: Fields = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    stored: dict[str, Upload] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    reads_all: bool = False
    plain_webhooks: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add_chat(self, chat_id: int, name: str, state: str | int = "open") -> Chat:
        self.chats[chat_id] = Chat(chat_id, name, state)
        return self.chats[chat_id]

    def call(self, method: str, fields: Fields, files: Files) -> Any:
        """The result of a method. Raises Refusal."""
        with self.lock:
            if method in SENDS:
                return self._json(self._file(SENDS[method], fields, files))
            known: dict[str, Callable[[Fields, Files], Any]] = {
                "getMe": self._me,
                "getWebhookInfo": self._webhook_info,
                "setWebhook": self._set_webhook,
                "getFile": self._get_file,
                "sendMessage": self._text,
                "sendMediaGroup": self._group,
                "sendChatAction": self._action,
                "editMessageText": self._edit,
                "editMessageCaption": self._edit_caption,
                "deleteMessage": self._delete,
                "setMessageReaction": self._react,
                "answerCallbackQuery": lambda _fields, _files: True,
            }
            if method not in known:
                raise Refusal(404, "Not Found")
            return known[method](fields, files)

    def add(self, chat: int, *, ours: bool, **content: Any) -> Message:
        """A message in a chat, by the bot or by the customer."""
        with self.lock:
            message = Message(len(self.messages) + 1, chat, ours, **content)
            self.messages.append(message)
            return message

    def find(self, fields: Fields, called: str) -> Message:
        wanted = (int(fields.get("chat_id", 0)), int(fields.get("message_id", 0)))
        for each in self.messages:
            if (each.chat, each.id) == wanted:
                return each
        raise bad_request(f"message to {called} not found")

    def _me(self, _fields: Fields, _files: Files) -> Any:
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Northwool",
            "username": self.username,
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all,
            "supports_inline_queries": False,
        }

    def _webhook_info(self, _fields: Fields, _files: Files) -> Any:
        url = self.webhook.get("url", "")
        return {"url": url, "has_custom_certificate": False, "pending_update_count": 0, **self.info}

    def _set_webhook(self, fields: Fields, _files: Files) -> Any:
        if not fields.get("url", "").startswith("https://") and not self.plain_webhooks:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = fields
        return True

    def _get_file(self, fields: Fields, _files: Files) -> Any:
        found = self.stored.get(fields.get("file_id", ""))
        if found is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(found.content) > 20_000_000:
            raise bad_request("file is too big")
        return {
            "file_id": fields["file_id"],
            "file_size": len(found.content),
            "file_path": f"documents/{fields['file_id']}",
        }

    def _place(self, fields: Fields) -> Chat:
        chat = self.chats.get(int(fields.get("chat_id", 0)))
        if chat is None:
            raise bad_request("chat not found")
        chat.check()
        reply = fields.get("reply_parameters") or {}
        known = any(each.id == reply.get("message_id") for each in self.messages)
        if reply and not known and not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        check_keyboard(fields.get("reply_markup") or {}, group=chat.group)
        return chat

    def _text(self, fields: Fields, _files: Files) -> Any:
        chat = self._place(fields)
        check_text(fields.get("text", ""))
        return self._json(self.add(chat.id, ours=True, text=fields["text"], fields=fields))

    def _file(self, kind: str, fields: Fields, files: Files) -> Message:
        chat = self._place(fields)
        upload = files.get(kind)
        check_upload(kind, upload, fields.get("caption", ""), spoilt=self.spoilt)
        return self.add(
            chat.id,
            ours=True,
            kind=kind,
            caption=fields.get("caption", ""),
            files=[upload],
            fields=fields,
        )

    def _group(self, fields: Fields, files: Files) -> Any:
        self._place(fields)
        media = fields.get("media") or []
        check_media(media)
        made = []
        for each in media:
            upload = files.get(each["media"].removeprefix("attach://"))
            check_upload(each["type"], upload, each.get("caption", ""), spoilt=self.spoilt)
        for each in media:
            upload = files[each["media"].removeprefix("attach://")]
            one = {**fields, "caption": each.get("caption", "")}
            made.append(self._json(self._file(each["type"], one, {each["type"]: upload})))
        return made

    def _action(self, fields: Fields, _files: Files) -> Any:
        self._place(fields)
        return True

    def _own(self, fields: Fields) -> Message:
        found = self.find(fields, "edit")
        if not found.ours:
            raise bad_request("message can't be edited")
        return found

    def _edit(self, fields: Fields, _files: Files) -> Any:
        found = self._own(fields)
        if found.kind != "text":
            raise bad_request("there is no text in the message to edit")
        check_text(fields.get("text", ""))
        self._changed(found.text, fields["text"])
        found.text = fields["text"]
        return self._json(found)

    def _edit_caption(self, fields: Fields, _files: Files) -> Any:
        found = self._own(fields)
        check_text(fields.get("caption", ""), caption=True)
        self._changed(found.caption, fields.get("caption", ""))
        found.caption = fields.get("caption", "")
        return self._json(found)

    def _changed(self, before: str, now: str) -> None:
        if before == now:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )

    def _delete(self, fields: Fields, _files: Files) -> Any:
        found = self.find(fields, "delete")
        if datetime.now(UTC) - found.at > timedelta(hours=48):
            raise bad_request("message can't be deleted for everyone")
        self.messages[found.id - 1].chat = 0
        return True

    def _react(self, fields: Fields, _files: Files) -> Any:
        found = self.find(fields, "react")
        wanted = [each.get("emoji", "") for each in fields.get("reaction") or []]
        if any(each not in REACTIONS for each in wanted):
            raise bad_request("REACTION_INVALID")
        found.reaction = wanted[0] if wanted else ""
        return True

    def _json(self, message: Message) -> dict[str, Any]:
        written: dict[str, Any] = {
            "message_id": message.id,
            "from": {"id": int(self.token.partition(":")[0]), "is_bot": True, "first_name": "Northwool"},
            "chat": self.chats[message.chat].json(),
            "date": int(message.at.timestamp()),
        }
        return written | ({"text": message.text} if message.text else {})
