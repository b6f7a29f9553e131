"""The stand-in's HTTP side: /bot<token>/<method>, files, the customer's page, and updates posted to our webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx

from connectors.standin import server
from connectors.standin.wire import Answer, Asked, as_json
from connectors.telegram.connector import HEADER
from connectors.telegram.standin import page
from connectors.telegram.standin.bot import Bot, Fields, Files
from connectors.telegram.standin.records import Refusal, Upload


class StandIn(server.StandIn):
    """One running stand-in of one bot's Telegram. `answers` are what our webhook said to the updates."""

    def __init__(self, bot: Bot, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.bot = bot
        self.answers: list[httpx.Response] = []
        self.ids = count(int(datetime.now(UTC).timestamp()))

    def respond(self, asked: Asked) -> Answer:
        if asked.path == "/" or asked.path.startswith("/app"):
            return page.respond(self, asked)
        return super().respond(asked)

    def answer(self, asked: Asked) -> Answer:
        """What Telegram would say (docs: Making requests)."""
        token, _slash, rest = asked.path.removeprefix("/file").removeprefix("/bot").partition("/")
        try:
            self._check(token)
            if asked.path.startswith("/file/"):
                return self._file(rest)
            return as_json({"ok": True, "result": self.bot.call(rest, *_read(asked))})
        except Refusal as refusal:
            return refused(refusal)

    def _check(self, token: str) -> None:
        if ":" not in token:
            raise Refusal(404, "Not Found")
        if token != self.bot.token:
            raise Refusal(401, "Unauthorized")

    def _file(self, path: str) -> Answer:
        found = self.bot.stored.get(path.rpartition("/")[2])
        if found is None:
            raise Refusal(404, "Not Found")
        return Answer(200, found.content, "application/octet-stream")

    def update(self, **content: Any) -> httpx.Response | None:
        """Post one update to the webhook, with its secret; None if there is no webhook."""
        url = self.bot.webhook.get("url", "")
        if not url:
            return None
        headers = {HEADER: self.bot.webhook.get("secret_token", "")}
        with httpx.Client(timeout=10, trust_env=False) as client:
            answer = client.post(url, json={"update_id": next(self.ids), **content}, headers=headers)
        self.answers.append(answer)
        return answer

    def say(self, chat: int, text: str = "", upload: Upload | None = None) -> httpx.Response | None:
        """The customer of a private chat writes, or sends a picture."""
        message = self.bot.add(chat, ours=False, text=text, files=[upload] if upload else [])
        person = self.bot.chats[chat]
        said: dict[str, Any] = {
            "message_id": message.id,
            "from": {"id": chat, "is_bot": False, "first_name": person.name, "language_code": "en"},
            "chat": person.json(),
            "date": int(message.at.timestamp()),
        }
        if upload:
            file_id = f"file{message.id}"
            self.bot.stored[file_id] = upload
            size = {"file_id": file_id, "width": 100, "height": 100, "file_size": len(upload.content)}
            return self.update(message={**said, "photo": [size], "caption": text})
        return self.update(message={**said, "text": text})

    def press(self, message_id: int, data: str) -> httpx.Response | None:
        """The customer presses a button under one of the bot's messages."""
        message = next(each for each in self.bot.messages if each.id == message_id)
        person = self.bot.chats[message.chat]
        under = {
            "message_id": message.id,
            "chat": person.json(),
            "date": int(message.at.timestamp()),
            "reply_markup": message.fields.get("reply_markup", {}),
        }
        who = {"id": person.id, "is_bot": False, "first_name": person.name}
        return self.update(
            callback_query={
                "id": f"{message_id}{next(self.ids)}",
                "from": who,
                "message": under,
                "data": data,
            }
        )


def refused(refusal: Refusal) -> Answer:
    """Telegram's error document (docs: Making requests, ResponseParameters)."""
    said: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": str(refusal)}
    if refusal.parameters:
        said["parameters"] = refusal.parameters
    return as_json(said, refusal.status)


def _read(asked: Asked) -> tuple[Fields, Files]:
    """The fields and files of JSON or multipart; in the latter all but texts is JSON."""
    kind = asked.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return dict(asked.json), {}
    fields: Fields = {}
    files: Files = {}
    boundary = b"--" + kind.partition("boundary=")[2].encode()
    for part in asked.body.split(boundary)[1:-1]:
        head, _blank, content = part[2:-2].partition(b"\r\n\r\n")
        told = dict(re.findall(r'(\w+)="([^"]*)"', head.decode()))
        if "filename" in told:
            declared = head.decode().partition("Content-Type: ")[2].partition("\r\n")[0]
            files[told["name"]] = Upload(told["filename"], declared, content)
        else:
            fields[told["name"]] = _value(told["name"], content.decode())
    return fields, files


def _value(name: str, text: str) -> Any:
    return text if name in {"text", "caption"} else json.loads(text)


@contextmanager
def running(bot: Bot, *, port: int = 0) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(bot, port=port).running() as standin:
        yield standin
