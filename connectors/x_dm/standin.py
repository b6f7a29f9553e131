"""X on this machine: the part of its API that we use, its check of our secret, and its signed events."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from oauthlib.oauth1 import SIGNATURE_TYPE_AUTH_HEADER, Client
from oauthlib.oauth1.rfc5849 import utils

from connectors.standin import server
from connectors.standin.wire import Answer, Asked, as_json
from connectors.x_dm import signature
from connectors.x_dm.settings import XSettings

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


class StandIn(server.StandIn):
    """`sent` are the direct messages it took, (person, body); `closed` take none from us."""

    def __init__(self, settings: XSettings, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.settings = settings
        self.sent: list[tuple[str, dict[str, object]]] = []
        self.posts: list[dict[str, object]] = []
        self.media: set[str] = set()
        self.closed: set[str] = set()

    def answer(self, asked: Asked) -> Answer:
        """What X would say."""
        if not self._is_signed(asked):
            return _problem(401, "Unauthorized", "Unauthorized")
        if (asked.method, asked.path) == ("GET", "/2/users/me"):
            return as_json({"data": {"id": self.settings.user_id, "username": "shop", "name": "Shop"}})
        if asked.method == "GET" and asked.path.startswith("/1.1/ton/"):
            return Answer(200, PICTURE, "image/png")
        if (asked.method, asked.path) == ("POST", "/2/media/upload"):
            self.media.add(number := str(1000 + len(self.media)))
            return as_json({"data": {"id": number, "media_key": f"3_{number}"}})
        if (asked.method, asked.path) == ("POST", "/2/tweets"):
            return self._post(asked)
        parts = asked.path.split("/")
        if asked.method == "POST" and asked.path.startswith("/2/dm_conversations/with/") and len(parts) == 6:
            return self._message(parts[4], asked)
        return _problem(404, "Not Found", "There is no such endpoint.")

    def _message(self, person: str, asked: Asked) -> Answer:
        body = asked.json
        media = [each.get("media_id") for each in body.get("attachments", [])]
        if not (body.get("text") or media) or len(str(body.get("text", ""))) > 10_000:
            return _problem(400, "Invalid Request", "One or more parameters to your request was invalid.")
        if len(media) > 1 or not set(media) <= self.media:
            return _problem(400, "Invalid Request", "Your media IDs are invalid.")
        if person in self.closed:
            return _problem(403, "Forbidden", "You do not have permission to DM one or more participants.")
        self.sent.append((person, body))
        number = str(1_900_000_000_000_000_000 + len(self.sent))
        conversation = f"{self.settings.user_id}-{person}"
        return as_json({"data": {"dm_conversation_id": conversation, "dm_event_id": number}}, 201)

    def _post(self, asked: Asked) -> Answer:
        if len(str(asked.json.get("text", ""))) > 280:
            return _problem(403, "Forbidden", "Your post is too long.")
        self.posts.append(asked.json)
        return as_json(
            {"data": {"id": str(1_800_000_000_000_000_000 + len(self.posts)), "text": asked.json["text"]}},
            201,
        )

    def _is_signed(self, asked: Asked) -> bool:
        """Computed anew with the keys of the account (RFC 5849 §3.4), over the address without any body."""
        try:
            given = dict(utils.parse_authorization_header(asked.headers.get("authorization", "")))
        except ValueError:
            return False
        client = Client(
            self.settings.consumer_key,
            self.settings.consumer_secret,
            self.settings.access_token,
            self.settings.access_token_secret,
            signature_type=SIGNATURE_TYPE_AUTH_HEADER,
            nonce=given.get("oauth_nonce"),
            timestamp=given.get("oauth_timestamp"),
        )
        _, headers, _ = client.sign(
            self.base + asked.target, http_method="POST" if asked.method == "POST" else "GET"
        )
        expected = dict(utils.parse_authorization_header(headers["Authorization"]))
        return secrets.compare_digest(expected["oauth_signature"], given.get("oauth_signature", ""))

    def ask(self, url: str) -> bool:
        """X's check that we hold the secret."""
        token = secrets.token_urlsafe(24)
        query = f"crc_token={token}&nonce={secrets.token_urlsafe(12)}"
        headers = {signature.HEADER: signature.digest(self.settings.consumer_secret, query.encode())}
        with httpx.Client(timeout=10, trust_env=False) as client:
            answer = client.get(f"{url}?{query}", headers=headers)
        wanted = signature.digest(self.settings.consumer_secret, token.encode())
        return bool(answer.is_success and answer.json()["response_token"] == wanted)

    def post(self, url: str, event: object) -> int:
        """An event to a channel's hook, signed; the status."""
        body = json.dumps(event).encode()
        headers = {signature.HEADER: signature.digest(self.settings.consumer_secret, body)}
        with httpx.Client(timeout=10, trust_env=False) as client:
            return client.post(url, content=body, headers=headers).status_code


def _problem(status: int, title: str, detail: str) -> Answer:
    """X's error document (docs: response codes and errors)."""
    return as_json({"title": title, "detail": detail, "type": "about:blank", "status": status}, status)


@contextmanager
def running(settings: XSettings, *, port: int = 0) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(settings, port=port).running() as standin:
        yield standin
