"""A chat channel of a shop, and a browser's calls without a ana."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from connectors import reader
from inbox.models import Channel
from tests import factories

SHOP = "https://www.shop.example"
SECRET = "a-secret-of-the-shop-that-is-long-enough-0001"


@pytest.fixture
def channel(db: None) -> Channel:
    """The shop's chat: its website may show it, its server may vouch."""
    return factories.channel(
        "webchat", name="Northwool", settings={"origins": [SHOP], "identity_secret": SECRET}
    )


@dataclass
class Browser:
    """One visitor's browser on the shop's website: keeps its token, as the widget does."""

    channel: Channel
    origin: str = SHOP
    ip: str = "203.0.113.7"
    token: str = ""
    visitor: str = ""
    client: Client = field(default_factory=Client)

    @property
    def base(self) -> str:
        return f"/c/webchat/{self.channel.public_id}"

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        return self.client.post(
            f"{self.base}/{path}",
            json.dumps(body or {}),
            content_type="application/json",
            REMOTE_ADDR=self.ip,
            headers={"Origin": self.origin, **self.bearer, **headers},
        )

    def get(self, path: str, **query: str) -> HttpResponse:
        return self.client.get(
            f"{self.base}/{path}", query, REMOTE_ADDR=self.ip, headers={"Origin": self.origin, **self.bearer}
        )

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def begin(self, **fields: Any) -> HttpResponse:
        """Ask for a session, and keep what the server answers."""
        answer = self.post("session", {"token": self.token, **fields})
        if answer.status_code == 200 and "token" in answer.json():
            self.token, self.visitor = answer.json()["token"], answer.json()["visitor"]
        return answer

    def frame(self, **frame: Any) -> dict[str, Any]:
        """Send one frame by HTTP; gives its answer."""
        (answer,) = self.post("frames", {"frames": [frame]}).json()["frames"]
        return dict(answer)

    def say(self, text: str, client_id: str = "message-0001", **more: Any) -> list[dict[str, Any]]:
        """Send one message by HTTP, and have it read into the thread."""
        answer = self.post("frames", {"frames": [{"t": "msg", "id": client_id, "text": text, **more}]})
        assert answer.status_code == 200, answer.content
        reader.drain()
        return list(answer.json()["frames"])

    def sees(self) -> list[str]:
        """The texts the visitor is shown."""
        frame = self.get("events").json()["frames"][0]
        return [item["text"] for item in frame["items"]]


@pytest.fixture
def ana(channel: Channel) -> Browser:
    """Ana's, before she has said a word."""
    return Browser(channel)
