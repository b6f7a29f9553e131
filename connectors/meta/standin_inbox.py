"""A stand-in for Messenger's and Instagram's messages: people, windows, the Send API with what it refuses, and the webhooks."""

from __future__ import annotations

import itertools
import secrets
import threading
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors.meta.reading import mapping, rows, text
from connectors.meta.standin import GraphRefusal, GraphStandIn
from connectors.meta.standin_wall import Comment, Wall
from connectors.standin.wire import Answer, Asked, as_json

WINDOW, LONG_WINDOW = timedelta(hours=24), timedelta(days=7)
ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})
ATTACHMENTS = frozenset({"image", "audio", "video", "file"})
UNAVAILABLE = GraphRefusal(551, "This person isn't available right now.", subcode=1545041)


@dataclass
class Person:
    """`id` is theirs in messages. Who has never written (`wrote_at`) can be reached only by a private answer to a comment."""

    id: str
    name: str = ""
    wrote_at: datetime | None = None
    by_advert: bool = False
    blocked: bool = False


@dataclass
class Sent:
    """One message of ours as it was taken."""

    mid: str
    to: str
    message: Mapping[str, Any]
    late: bool = False


@dataclass(frozen=True)
class Line:
    """What was said in one conversation, for whoever plays the customer."""

    ours: bool
    text: str


class InboxStandIn(GraphStandIn):
    """One page or account. `ahead` moves its clock; `human_agent`: whether Meta's review has given the app that feature; `automatic`:
    what we send comes back and is read by itself, a moment later."""

    topic: ClassVar[str]
    text_limit: ClassVar[int]
    outside: ClassVar[GraphRefusal]
    twice: ClassVar[GraphRefusal]
    wall: Wall

    def __init__(self, *, app_id: str, app_secret: str, account_id: str, token: str, port: int = 0) -> None:
        super().__init__(app_id=app_id, app_secret=app_secret, port=port)
        self.account_id, self.token = account_id, token
        self.people: dict[str, Person] = {}
        self.sent: list[Sent] = []
        self.acts: list[tuple[str, str]] = []
        self.subscribed: list[str] = []
        self.ahead = timedelta()
        self.human_agent = True
        self.automatic = False
        self.lines: dict[str, list[Line]] = {}
        self._mids = itertools.count(1)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    @abstractmethod
    def edge(self) -> str:
        """Whose messages they are, as the path says it."""

    @abstractmethod
    def receipts(self, sent: Sent) -> list[Mapping[str, Any]]:
        """The messaging events that tell that it was read."""

    @abstractmethod
    def comments(self, user: str, name: str, written: str, *, parent: str = "") -> Comment:
        """Somebody comments on our post, or under a comment."""

    @abstractmethod
    def other(self, asked: Asked, path: str) -> Answer:
        """What is not a message: profiles, comments, subscriptions."""

    def graph(self, asked: Asked, path: str) -> Answer:
        if path == f"/{self.edge}/messages" and asked.method == "POST":
            return as_json(self._messages(asked.json))
        if path == f"/{self.edge}/subscribed_apps":
            return self._subscriptions(asked)
        return self.other(asked, path)

    def unknown(self, path: str) -> GraphRefusal:
        return GraphRefusal(
            100,
            f"Unsupported request. Object with ID '{path.strip('/')}' does not exist",
            subcode=33,
            kind="GraphMethodException",
        )

    def _subscriptions(self, asked: Asked) -> Answer:
        if asked.method == "POST":
            self.subscribed = asked.query.get("subscribed_fields", "").split(",")
            return as_json({"success": True})
        listed = [{"id": self.app_id, "subscribed_fields": self.subscribed}] if self.subscribed else []
        return as_json({"data": listed})

    # ------------------------------------------------------------ the Send API

    def _messages(self, data: Mapping[str, Any]) -> dict[str, str]:
        to = mapping(data.get("recipient"))
        if not to:
            raise GraphRefusal(100, "The parameter recipient is required")
        if "sender_action" in data:
            return self._act(self._person(to), data)
        message = mapping(data.get("message"))
        self._check(message)
        if "id" in to:
            person = self._person(to)
            self._check_window(person, data)
            return self._take(person, message, late=data.get("tag") == "HUMAN_AGENT")
        under = text(to.get("comment_id")) or text(to.get("post_id"))
        author = self.wall.answer_privately(under, self.now, twice=self.twice, late=self.outside)
        return self._take(self.reached(author), message)

    def reached(self, author: str) -> Person:
        """Who wrote a comment, as the person they are in messages."""
        return self.people.setdefault(f"8{author}", Person(f"8{author}"))

    def _person(self, to: Mapping[str, Any]) -> Person:
        found = self.people.get(text(to.get("id")))
        if found is None:
            raise GraphRefusal(100, "No matching user found", subcode=2018001)
        if found.blocked:
            raise UNAVAILABLE
        return found

    def _check_window(self, person: Person, data: Mapping[str, Any]) -> None:
        since = self.now - person.wrote_at if person.wrote_at else None
        tag = data.get("tag")
        if tag not in {None, "HUMAN_AGENT"} or (tag and data.get("messaging_type") != "MESSAGE_TAG"):
            raise GraphRefusal(100, "Invalid message tag")
        if tag and not self.human_agent:
            raise GraphRefusal(10, "The app lacks the Human Agent feature", status=403)
        open_for = LONG_WINDOW if person.by_advert or tag else WINDOW
        if since is None or since > open_for:
            raise self.outside

    def _check(self, message: Mapping[str, Any]) -> None:
        written, attachment = message.get("text"), mapping(message.get("attachment"))
        if bool(written) == bool(attachment):
            raise GraphRefusal(100, "Param message must have text or an attachment, and not both")
        if isinstance(written, str) and self.length(written) > self.text_limit:
            raise GraphRefusal(100, f"Length of param message[text] must be at most {self.text_limit}")
        if attachment:
            url = text(mapping(attachment.get("payload")).get("url"))
            if attachment.get("type") not in ATTACHMENTS:
                raise GraphRefusal(100, "Unknown attachment type", subcode=2018047)
            if not url.startswith(("http://", "https://")):
                raise GraphRefusal(100, "Failed to fetch the file from the url", subcode=2018008)
        replies = message.get("quick_replies", [])
        if len(replies) > 13 or any(not 0 < len(text(each.get("title"))) <= 20 for each in rows(replies)):
            raise GraphRefusal(100, "Invalid quick replies")

    def length(self, written: str) -> int:
        """Of a text, in what the limit counts."""
        return len(written)

    def _take(self, person: Person, message: Mapping[str, Any], *, late: bool = False) -> dict[str, str]:
        mid = f"m_standin{next(self._mids)}{secrets.token_hex(6)}"
        self.sent.append(Sent(mid, person.id, message, late=late))
        shown = text(message.get("text")) or text(
            mapping(mapping(message.get("attachment")).get("payload")).get("url")
        )
        self.lines.setdefault(person.id, []).append(Line(ours=True, text=shown))
        if self.automatic:
            later = threading.Timer(0.5, self.is_read, [self.sent[-1]])
            later.daemon = True
            later.start()
        return {"recipient_id": person.id, "message_id": mid}

    def _act(self, person: Person, data: Mapping[str, Any]) -> dict[str, str]:
        action = text(data.get("sender_action"))
        if action not in ACTIONS or "message" in data:
            raise GraphRefusal(100, "Cannot send both message and state at the same time.", subcode=2018003)
        if action in {"react", "unreact"} and not mapping(data.get("payload")).get("message_id"):
            raise GraphRefusal(100, "A reaction needs a message_id")
        self.acts.append((person.id, action))
        return {"recipient_id": person.id}

    # ------------------------------------------------------------ what people do

    def meet(self, name: str, **more: Any) -> Person:
        """Somebody new."""
        person = Person(f"70{secrets.randbelow(10**12):012}", name, **more)
        self.people[person.id] = person
        return person

    def says(self, person: Person, written: str = "", **more: Any) -> str:
        """They write; the id of their message. `more` are fields of the message."""
        person.wrote_at = self.now
        mid = f"m_theirs{next(self._mids)}{secrets.token_hex(6)}"
        self.lines.setdefault(person.id, []).append(Line(ours=False, text=written))
        said = {"mid": mid} | ({"text": written} if written else {}) | more
        self.happens(person, {"message": said})
        return mid

    def happens(self, person: Person, part: Mapping[str, Any]) -> int:
        """One messaging event of theirs, delivered; the status that came back."""
        at = int(self.now.timestamp() * 1000)
        event = {"sender": {"id": person.id}, "recipient": {"id": self.account_id}, "timestamp": at, **part}
        return self.tells({"messaging": [event]})

    def echoes(self, sent: Sent, **more: Any) -> int:
        """What our side sent comes back."""
        at = int(self.now.timestamp() * 1000)
        said = {"mid": sent.mid, "is_echo": True, **sent.message, **more}
        event = {"sender": {"id": self.account_id}, "recipient": {"id": sent.to}, "timestamp": at}
        return self.tells({"messaging": [event | {"message": said}]})

    def is_read(self, sent: Sent) -> None:
        """It comes back, arrives and is read."""
        self.echoes(sent, app_id=int(self.app_id))
        for part in self.receipts(sent):
            self.happens(self.people[sent.to], part)

    def tells(self, entry: Mapping[str, Any]) -> int:
        stamped = {"id": self.account_id, "time": int(self.now.timestamp() * 1000), **entry}
        return self.deliver({"object": self.topic, "entry": [stamped]})
