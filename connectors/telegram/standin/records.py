"""What the stand-in keeps of chats and messages, and how it refuses. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


class Refusal(Exception):
    """`{"ok": false}` in the words of tdlib/telegram-bot-api."""

    def __init__(self, status: int, said: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.parameters = dict(parameters or {})


def bad_request(said: str) -> Refusal:
    return Refusal(400, f"Bad Request: {said}")


@dataclass
class Upload:
    """A file as multipart brings it, or as a customer sent it."""

    name: str
    content_type: str
    content: bytes


@dataclass
class Message:
    id: int
    chat: int
    ours: bool
    text: str = ""
    caption: str = ""
    files: list[Upload] = field(default_factory=list)
    kind: str = "text"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    reaction: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Chat:
    """`state`: open, blocked, deactivated, not_started, kicked, or the number of the chat it was migrated to."""

    id: int
    name: str
    state: str | int = "open"

    @property
    def group(self) -> bool:
        return self.id < 0

    def json(self) -> dict[str, Any]:
        if self.group:
            return {"id": self.id, "type": "supergroup", "title": self.name}
        return {"id": self.id, "type": "private", "first_name": self.name}

    def check(self) -> None:
        """Raises Refusal unless the bot may write here."""
        if isinstance(self.state, int):
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.state},
            )
        said = {
            "blocked": "bot was blocked by the user",
            "deactivated": "user is deactivated",
            "not_started": "bot can't initiate conversation with a user",
            "kicked": "bot was kicked from the supergroup chat",
        }
        if self.state in said:
            raise Refusal(403, f"Forbidden: {said[self.state]}")
