"""A stand-in for one Facebook page on this machine: for the tests and the demo. Nothing reaches Facebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.messenger.reading import TOPIC
from connectors.messenger.settings import SCOPES, MessengerSettings
from connectors.meta.standin import GraphRefusal, KnownToken
from connectors.meta.standin_inbox import InboxStandIn, Sent
from connectors.meta.standin_page import PAGE, page
from connectors.meta.standin_wall import Comment, Wall
from connectors.standin.wire import Answer, Asked, as_json

POST = "122098765432109876"
OUTSIDE = "This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview"


class PageStandIn(InboxStandIn):
    """Meta's page, its app and its people."""

    topic = TOPIC
    text_limit = 2000
    open_paths = (PAGE,)
    outside: ClassVar[GraphRefusal] = GraphRefusal(10, OUTSIDE, subcode=2018278)
    twice: ClassVar[GraphRefusal] = GraphRefusal(10900, "Activity already replied to")

    def __init__(self, settings: MessengerSettings, *, port: int = 0) -> None:
        super().__init__(
            app_id=settings.app_id,
            app_secret=settings.app_secret,
            account_id=settings.page_id,
            token=settings.access_token,
            port=port,
        )
        self.tokens[self.token] = KnownToken(scopes=SCOPES)
        self.wall = Wall(f"{POST}_", one_level=False)

    @property
    def edge(self) -> str:
        return self.account_id

    def receipts(self, sent: Sent) -> list[Mapping[str, Any]]:
        watermark = int(self.now.timestamp() * 1000)
        return [
            {"delivery": {"mids": [sent.mid], "watermark": watermark}},
            {"read": {"watermark": watermark}},
        ]

    def open(self, asked: Asked) -> Answer:
        return page(self, asked)

    def other(self, asked: Asked, path: str) -> Answer:
        match asked.method, path.strip("/").split("/"):
            case "GET", ["me"]:
                return as_json({"id": self.account_id, "name": "Stand-in page"})
            case "GET", [app, "subscriptions"] if app == self.app_id:
                hook = {"object": self.topic, "callback_url": self.webhook_url, "active": True}
                return as_json({"data": [hook] if self.webhook_url else []})
            case "GET", [person] if person in self.people:
                first, _, last = self.people[person].name.partition(" ")
                return as_json({"first_name": first, "last_name": last, "id": person})
            case "POST", [under, "comments"]:
                return as_json({"id": self.wall.answer(under, asked.json, self.now).id})
            case "POST", [comment]:
                return self._change(self.wall.find(comment), asked.json)
            case "DELETE", [comment]:
                self.wall.remove(comment)
                return as_json({"success": True})
        raise self.unknown(path)

    def _change(self, comment: Comment, data: dict[str, Any]) -> Answer:
        if "message" in data:
            if comment.author:
                raise GraphRefusal(200, "Permissions error", status=403)
            comment.text = str(data["message"])
        elif isinstance(data.get("is_hidden"), bool):
            comment.hidden = data["is_hidden"]
        else:
            raise GraphRefusal(100, "Nothing to change")
        return as_json({"success": True})

    def comments(self, user: str, name: str, written: str, *, parent: str = "") -> Comment:
        """Somebody comments on the page's post, or under a comment."""
        made = self.wall.add(user, written, self.now, parent=parent)
        value = {
            "from": {"id": user, "name": name},
            "item": "comment",
            "verb": "add",
            "comment_id": made.id,
            "post_id": f"{self.account_id}_{POST}",
            "parent_id": parent or f"{self.account_id}_{POST}",
            "created_time": int(made.at.timestamp()),
            "message": written,
            "post": {"permalink_url": f"https://www.facebook.com/{self.account_id}/posts/{POST}"},
        }
        self.tells({"changes": [{"field": "feed", "value": value}]})
        return made
