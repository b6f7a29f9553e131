"""The stand-in's HTTP side: the Messaging API, content, the customer's page, and events posted to our webhook, signed."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx

from connectors.line.connector import HEADER, signature
from connectors.line.standin import page
from connectors.line.standin.account import Account, Refusal
from connectors.standin import server
from connectors.standin.wire import Answer, Asked, as_json

CONTENT = re.compile(r"/v2/bot/message/(\d+)/content")
PROFILE = re.compile(r"/v2/bot/profile/(U[0-9a-f]{32})|/v2/bot/group/(C[0-9a-f]{32})/summary")


class StandIn(server.StandIn):
    """One running stand-in of one account's LINE. `ids` count messages."""

    def __init__(self, account: Account, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.account = account
        self.ids = count(time.time_ns() // 1000)

    def respond(self, asked: Asked) -> Answer:
        if asked.path == "/" or asked.path.startswith("/app"):
            return page.respond(self, asked)
        return super().respond(asked)

    def answer(self, asked: Asked) -> Answer:
        """What LINE would say (docs: Status codes, Error responses)."""
        if asked.bearer != self.account.token:
            return as_json(
                {
                    "message": "Authentication failed. Confirm that the access token in the authorization header is valid."
                },
                401,
            )
        try:
            if found := CONTENT.fullmatch(asked.path):
                return self._content(found[1])
            return as_json(self._call(asked))
        except Refusal as refusal:
            return as_json(refusal.body, refusal.status)

    def _call(self, asked: Asked) -> Mapping[str, Any]:
        if found := PROFILE.fullmatch(asked.path):
            return self._name(found[1] or found[2], group=bool(found[2]))
        calls: dict[tuple[str, str], Callable[[], Mapping[str, Any]]] = {
            ("POST", "message/reply"): lambda: self.account.reply(asked.json),
            ("POST", "message/push"): lambda: self.account.push(
                asked.json, asked.headers.get("x-line-retry-key", "")
            ),
            ("POST", "chat/loading/start"): lambda: self._loading(asked.json),
            ("GET", "info"): self._info,
            ("GET", "message/quota"): self._quota,
            ("GET", "message/quota/consumption"): lambda: {"totalUsage": self.account.used},
            ("GET", "channel/webhook/endpoint"): self._endpoint,
            ("PUT", "channel/webhook/endpoint"): lambda: self._set_endpoint(asked.json),
        }
        wanted = asked.method, asked.path.removeprefix("/v2/bot/")
        if wanted not in calls:
            raise Refusal(404, "Not found")
        return calls[wanted]()

    def _info(self) -> Mapping[str, Any]:
        own = {"userId": self.account.user_id, "basicId": self.account.basic_id, "displayName": "Northwool"}
        return own | {"chatMode": "bot", "markAsReadMode": "auto"}

    def _quota(self) -> Mapping[str, Any]:
        quota = self.account.quota
        return {"type": "none"} if quota is None else {"type": "limited", "value": quota}

    def _endpoint(self) -> Mapping[str, Any]:
        if not self.account.endpoint:
            raise Refusal(404, "Not found")
        return {"endpoint": self.account.endpoint, "active": self.account.active}

    def _set_endpoint(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self.account.endpoint = str(body["endpoint"])
        return {}

    def _name(self, who: str, *, group: bool) -> Mapping[str, Any]:
        if who not in self.account.names or who in self.account.blocked:
            raise Refusal(404, "Not found")
        name = self.account.names[who]
        return {"groupId": who, "groupName": name} if group else {"userId": who, "displayName": name}

    def _loading(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        if body.get("loadingSeconds", 20) % 5 or not 5 <= body.get("loadingSeconds", 20) <= 60:
            raise Refusal(400, "loadingSeconds must be a multiple of 5 between 5 and 60")
        self.account.loading.append(str(body.get("chatId")))
        return {}

    def _content(self, message_id: str) -> Answer:
        if message_id not in self.account.contents:
            raise Refusal(404, "Not found")
        kept = self.account.contents[message_id]
        return Answer(202, b"{}") if kept is None else Answer(200, kept[1], kept[0])

    def say(self, user: str, text: str) -> httpx.Response | None:
        """A customer writes; the reply token is theirs."""
        message = {
            "id": str(next(self.ids)),
            "type": "text",
            "text": text,
            "quoteToken": secrets.token_urlsafe(48),
        }
        return self.event(user, {"type": "message", "message": message})

    def event(self, user: str, content: Mapping[str, Any]) -> httpx.Response | None:
        """Post one event to the webhook, signed; None if no address is set."""
        if not self.account.endpoint:
            return None
        token = secrets.token_hex(16)
        self.account.reply_tokens[token] = user
        event = {
            "webhookEventId": secrets.token_hex(13).upper(),
            "deliveryContext": {"isRedelivery": False},
            "timestamp": time.time_ns() // 1_000_000,
            "source": {"type": "user", "userId": user},
            "replyToken": token,
            "mode": "active",
            **content,
        }
        body = json.dumps({"destination": self.account.user_id, "events": [event]}).encode()
        headers = {HEADER: signature(self.account.secret, body).decode(), "Content-Type": "application/json"}
        with httpx.Client(timeout=10, trust_env=False) as client:
            return client.post(self.account.endpoint, content=body, headers=headers)


@contextmanager
def running(account: Account, *, port: int = 0) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(account, port=port).running() as standin:
        yield standin
