"""A stand-in for one Instagram account, connected by Instagram login, on this machine: for the tests and the demo."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.instagram.reading import TOPIC
from connectors.instagram.settings import InstagramSettings
from connectors.meta.standin import GraphRefusal, KnownToken
from connectors.meta.standin_inbox import InboxStandIn, Person, Sent
from connectors.meta.standin_page import PAGE, page
from connectors.meta.standin_wall import Comment, Wall
from connectors.standin.wire import Answer, Asked, as_json

SIXTY_DAYS = 60 * 24 * 3600


class AccountStandIn(InboxStandIn):
    """`token_hours` is the token's age: one younger than a day is not renewed."""

    topic = TOPIC
    text_limit = 1000
    open_paths = ("/refresh_access_token", PAGE)
    proofs = False
    outside: ClassVar[GraphRefusal] = GraphRefusal(
        10, "This message is sent outside of allowed window.", subcode=2534022, status=403
    )
    twice: ClassVar[GraphRefusal] = GraphRefusal(10, "A private reply was sent already.", subcode=2534025)

    def __init__(self, settings: InstagramSettings, *, port: int = 0) -> None:
        super().__init__(
            app_id=settings.app_id,
            app_secret=settings.app_secret,
            account_id=settings.account_id,
            token=settings.access_token,
            port=port,
        )
        self.tokens[self.token] = KnownToken()
        self.token_hours = 48
        self.wall = Wall("178657993480", one_level=True)

    @property
    def edge(self) -> str:
        return "me"

    def receipts(self, sent: Sent) -> list[Mapping[str, Any]]:
        return [{"read": {"mid": sent.mid}}]

    def length(self, written: str) -> int:
        return len(written.encode())

    def reached(self, author: str) -> Person:
        """The same id as in comments."""
        return self.people.setdefault(author, Person(author))

    def open(self, asked: Asked) -> Answer:
        """The renewal, outside the versions, with the token in the query; and the customer's page."""
        if asked.path.startswith(PAGE):
            return page(self, asked)
        known = self.tokens.get(asked.query.get("access_token", ""))
        if known is None or not known.valid or asked.query.get("grant_type") != "ig_refresh_token":
            raise GraphRefusal(190, "Invalid OAuth access token.")
        if self.token_hours < 24:
            raise GraphRefusal(100, "The access token must be at least 24 hours old")
        token = f"renewed-{secrets.token_hex(8)}"
        self.tokens[token] = known
        return as_json({"access_token": token, "token_type": "bearer", "expires_in": SIXTY_DAYS})

    def other(self, asked: Asked, path: str) -> Answer:
        match asked.method, path.strip("/").split("/"):
            case "GET", ["me"]:
                return as_json({"user_id": self.account_id, "username": "standin", "id": "2600"})
            case "GET", [person] if person in self.people:
                return self._profile(self.people[person])
            case "POST", [under, "replies"]:
                return as_json({"id": self.wall.answer(under, asked.json, self.now).id})
            case "POST", [comment]:
                return self._hide(self.wall.find(comment), asked)
            case "DELETE", [comment]:
                self.wall.remove(comment)
                return as_json({"success": True})
        raise self.unknown(path)

    def _profile(self, person: Person) -> Answer:
        if person.wrote_at is None:
            raise GraphRefusal(230, "User consent is required to access user profile", status=403)
        return as_json({"name": person.name, "username": person.name.lower(), "id": person.id})

    def _hide(self, comment: Comment, asked: Asked) -> Answer:
        wanted = asked.query.get("hide")
        if wanted not in {"true", "false"}:
            raise GraphRefusal(100, "The parameter hide is required")
        # Our own stay visible, and no error is given (docs: ig-comment).
        comment.hidden = wanted == "true" and bool(comment.author)
        return as_json({"success": True})

    def comments(self, user: str, name: str, written: str, *, parent: str = "") -> Comment:
        """Somebody comments on a post of the account, or under a comment."""
        made = self.wall.add(user, written, self.now, parent=parent)
        value = {
            "id": made.id,
            "from": {"id": user, "username": name},
            "text": written,
            "media": {"id": "17895695668004550", "media_product_type": "FEED"},
        } | ({"parent_id": parent} if parent else {})
        self.tells({"changes": [{"field": "comments", "value": value}]})
        return made
