"""What the stand-in keeps: one number with its messages, files, templates and people. The rules for a new message: rules.py."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

WINDOW = 24 * 3600


def wamid() -> str:
    return f"wamid.{secrets.token_hex(16).upper()}"


@dataclass
class Sent:
    """One message of ours. `lost`: taken, and never delivered nor reported (a user id in `to`)."""

    id: str
    to: str
    content: dict[str, Any]
    status: str = "accepted"
    named: str = ""
    lost: bool = False
    at: float = field(default_factory=time.time)


@dataclass
class Person:
    """A customer: `number` without its plus sign; with `hidden`, webhooks name only the user id."""

    number: str
    user_id: str
    name: str
    hidden: bool = False
    on_whatsapp: bool = True
    last_wrote: float = 0

    @property
    def may_be_answered(self) -> bool:
        return time.time() - self.last_wrote < WINDOW


@dataclass
class Account:
    """Locked by `lock`: requests come in threads."""

    phone_number_id: str
    waba_id: str
    portfolio_id: str
    number: str
    people: list[Person] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    templates: list[dict[str, Any]] = field(default_factory=list)
    subscribed: set[str] = field(default_factory=set)
    webhooks: dict[str, str] = field(default_factory=dict)
    read: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def person(self, number: str, name: str = "") -> Person:
        """Whoever has this number, met for the first time if need be."""
        digits = number.removeprefix("+")
        found = self.find(digits)
        if found is None:
            found = Person(digits, f"GB.{int(digits):020}", name or digits)
            self.people.append(found)
        return found

    def find(self, who: str) -> Person | None:
        """By number or user id."""
        return next(
            (each for each in self.people if who.removeprefix("+") in {each.number, each.user_id}), None
        )

    def knows(self, message_id: str) -> bool:
        return any(message_id == each.id for each in self.sent) or any(
            message_id == each["id"] for each in self.written
        )

    def add_media(self, content_type: str, content: bytes) -> str:
        media_id = str(10**14 + secrets.randbelow(10**14))
        self.media[media_id] = (content_type, content)
        return media_id

    def fate(self, sent: Sent) -> tuple[str, int]:
        """Where a message ends, and the error it fails with: Meta finds this out after it has accepted it."""
        person = self.find(sent.to)
        if person is None or not person.on_whatsapp:
            return "failed", 131026
        if sent.content["type"] != "template" and not person.may_be_answered:
            return "failed", 131047
        return "read", 0
