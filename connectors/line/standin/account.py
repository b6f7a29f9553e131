"""The Official Account the stand-in keeps, and LINE's rules for a message. No HTTP here."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PUBLIC = ("https://",)


class Refusal(Exception):
    """LINE's error document: `message`, and `details` for single fields."""

    def __init__(
        self, status: int, said: str, details: list[dict[str, str]] | None = None, **more: Any
    ) -> None:
        super().__init__(said)
        self.status = status
        self.body: dict[str, Any] = {"message": said, **({"details": details} if details else {}), **more}


@dataclass
class Sent:
    """One call that was taken: its messages, and whether it cost one of the month's."""

    to: str
    messages: list[Mapping[str, Any]]
    ids: list[str]
    free: bool


@dataclass
class Account:
    """Locked by `lock`: requests come in threads. `story` is what the page shows, theirs as texts; `contents`: message id → type and bytes, None while it is prepared."""

    secret: str
    token: str
    user_id: str = "U" + "0" * 31 + "1"
    basic_id: str = "@northwool"
    endpoint: str = ""
    active: bool = True
    names: dict[str, str] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    reply_tokens: dict[str, str] = field(default_factory=dict)
    retry_keys: dict[str, list[str]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    story: list[Sent | str] = field(default_factory=list)
    contents: dict[str, tuple[str, bytes] | None] = field(default_factory=dict)
    loading: list[str] = field(default_factory=list)
    quota: int | None = 200
    used: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Once for each token. Raises Refusal."""
        with self.lock:
            check_messages(body.get("messages") or [])
            to = self.reply_tokens.pop(str(body.get("replyToken")), "")
            if not to:
                raise Refusal(400, "Invalid reply token")
            return self._take(to, body, free=True)

    def push(self, body: Mapping[str, Any], retry_key: str) -> dict[str, Any]:
        """Once for each retry key. Raises Refusal."""
        with self.lock:
            if retry_key in self.retry_keys:
                ids = [{"id": each} for each in self.retry_keys[retry_key]]
                raise Refusal(409, "The retry key is already accepted", sentMessages=ids)
            check_messages(body.get("messages") or [])
            to = str(body.get("to") or "")
            if to not in self.names:
                raise Refusal(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
            if to in self.blocked:
                raise Refusal(400, "Failed to send messages")
            if self.quota is not None and self.used >= self.quota:
                raise Refusal(429, "You have reached your monthly limit.")
            self.used += 1
            told = self._take(to, body, free=False)
            if retry_key:
                self.retry_keys[retry_key] = self.sent[-1].ids
            return told

    def _take(self, to: str, body: Mapping[str, Any], *, free: bool) -> dict[str, Any]:
        ids = [str(secrets.randbelow(9 * 10**17) + 10**17) for _ in body["messages"]]
        self.sent.append(Sent(to, list(body["messages"]), ids, free))
        self.story.append(self.sent[-1])
        return {"sentMessages": [{"id": each, "quoteToken": f"quote-{each}"} for each in ids]}


def check_messages(messages: list[Mapping[str, Any]]) -> None:
    """One to five, each whole. Raises Refusal as the reference words it."""
    if not messages:
        raise _wrong("May not be empty", "messages")
    if len(messages) > 5:
        raise _wrong("Size must be between 1 and 5", "messages")
    for index, each in enumerate(messages):
        _check(each, f"messages[{index}]")


def _check(message: Mapping[str, Any], place: str) -> None:
    kind = message.get("type")
    if kind == "text":
        if not message.get("text", "").strip():
            raise _wrong("May not be empty", f"{place}.text")
        if len(message["text"].encode("utf-16-le")) // 2 > 5000:
            raise _wrong("Length must be between 0 and 5000", f"{place}.text")
    elif kind in {"image", "video"}:
        for name in ("originalContentUrl", "previewImageUrl"):
            if not message.get(name, "").startswith(PUBLIC):
                raise _wrong("Invalid HTTPS URL", f"{place}.{name}")
    else:
        raise _wrong("Must be one of the following values: [text, image, video]", f"{place}.type")
    items = (message.get("quickReply") or {}).get("items") or []
    if len(items) > 13:
        raise _wrong("Size must be between 1 and 13", f"{place}.quickReply.items")
    for number, item in enumerate(items):
        if not 1 <= len(item["action"].get("label", "")) <= 20:
            raise _wrong(
                "Length must be between 1 and 20", f"{place}.quickReply.items[{number}].action.label"
            )


def _wrong(said: str, place: str) -> Refusal:
    return Refusal(400, "The request body has 1 error(s)", [{"message": said, "property": place}])
