"""What the stand-in remembers: people, channels, messages and files of one workspace. No HTTP here."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

TEAM, APP, BOT, BOT_ID = "T0SHOP", "A0INBOX", "U0BOT", "B0BOT"


class Refusal(Exception):
    """A method's documented error, by its code, with what else Slack answers."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


@dataclass
class Person:
    """`team` is another one for somebody of another company (Slack Connect)."""

    id: str
    name: str
    email: str = ""
    team: str = TEAM
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Channel:
    id: str
    name: str = ""
    shared: bool = False
    member: bool = True
    archived: bool = False
    restricted: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)

    def find(self, ts: str) -> dict[str, Any]:
        """Raises Refusal."""
        for each in self.messages:
            if each["ts"] == ts:
                return each
        raise Refusal("message_not_found")


@dataclass
class Workspace:
    """Locked by `lock`: requests come in threads. `forgetful`: the demo's, which starts anew and takes answers in threads it forgot."""

    bot_token: str
    app_token: str = ""
    scopes: set[str] = field(default_factory=set)
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    content: dict[str, bytes] = field(default_factory=dict)
    forms: list[dict[str, Any]] = field(default_factory=list)
    whispers: list[dict[str, Any]] = field(default_factory=list)
    triggers: set[str] = field(default_factory=set)
    revoked: bool = False
    forgetful: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add_person(self, id_: str, name: str, **more: Any) -> Person:
        self.people[id_] = Person(id_, name, **more)
        return self.people[id_]

    def add_channel(self, id_: str, name: str = "", **more: Any) -> Channel:
        self.channels[id_] = Channel(id_, name, **more)
        return self.channels[id_]

    def channel(self, id_: str) -> Channel:
        """The channel our app may write in; a person's id is the direct one with them. Raises Refusal."""
        if id_ in self.people:
            return self.channels.setdefault(f"D{id_[1:]}", Channel(f"D{id_[1:]}"))
        found = self.channels.get(id_)
        if found is None:
            raise Refusal("channel_not_found")
        if found.archived:
            raise Refusal("is_archived")
        if not found.member:
            raise Refusal("not_in_channel")
        if found.restricted:
            raise Refusal(found.restricted)
        return found

    def ts(self) -> str:
        """A new one: now, and a counter, since no two messages share one."""
        return f"{int(time.time())}.{next(self.numbers):06d}"

    def post(self, channel: Channel, message: dict[str, Any]) -> dict[str, Any]:
        """Keep a message. Raises Refusal for a thread that is not there."""
        root = message.get("thread_ts")
        if root and not any(each["ts"] == root for each in channel.messages):
            if not self.forgetful:
                raise Refusal("thread_not_found")
            channel.messages.append({"type": "message", "ts": root, "text": "…"})
        kept = {"type": "message", "ts": self.ts(), **{n: v for n, v in message.items() if v is not None}}
        channel.messages.append(kept)
        return kept

    def thread(self, channel: Channel, ts: str) -> list[dict[str, Any]]:
        """The root and its answers. Raises Refusal."""
        found = [each for each in channel.messages if ts in {each["ts"], each.get("thread_ts")}]
        if not found:
            raise Refusal("thread_not_found")
        return found
