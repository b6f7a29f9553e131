"""Telegram by a bot of one's own. Set-up: README.md beside this file."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from connectors.telegram import checking, gestures, reading, sending
from connectors.telegram.api import fetch
from connectors.telegram.errors import Refused, error_of
from connectors.telegram.people import SPACE
from connectors.telegram.settings import TOKEN, TelegramSettings
from inbox.contract import (
    Accepted,
    Address,
    BadPayload,
    BadSignature,
    Capabilities,
    ChannelBroken,
    Connector,
    File,
    FileRules,
    Gesture,
    Health,
    InboundEvent,
    OutboundMessage,
    OutcomeUnknown,
    Request,
    Response,
    TemporaryFailure,
)

# Bot API, setWebhook: sent with each update if a secret was given.
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class TelegramConnector(Connector):
    kind = "telegram"
    label = "Telegram"
    space = SPACE
    capabilities = Capabilities(
        text_limit=4096,
        files=FileRules(max_bytes=50_000_000, total_bytes=50_000_000, max_count=10),
        typing=True,
        edits=True,
        reactions=True,
        own_edits=True,
        own_deletes=True,
        own_reactions=True,
        own_delete_window=timedelta(hours=48),
        quotes=True,
        choices=10,
        groups=True,
        can_start=False,
        # From Telegram's FAQ for bots. Groups take 20 a minute; beyond it Telegram says how long to wait.
        most_per_second=30,
        gap=timedelta(seconds=1),
    )
    Settings = TelegramSettings
    settings: TelegramSettings

    @property
    def address(self) -> str:
        return f"@{self.settings.username}" if self.settings.username else self.channel.name

    @property
    def scope(self) -> str:
        """A person is known to one bot only: no other can write to them before they have written to it."""
        found = TOKEN.match(self.settings.bot_token)
        return f"{found[1]}/" if found else ""

    def verify(self, request: Request) -> None:
        """The secret given to setWebhook comes back in a header. It signs nothing: a replay is stopped by the update's id."""
        sent, secret = request.header(HEADER).encode(errors="replace"), self.settings.hook_secret.encode()
        if not secret or not hmac.compare_digest(sent, secret):
            raise BadSignature(
                "The secret is not the one we gave to Telegram. Use “Check connection” to give it anew."
            )

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        try:
            return reading.events(json.loads(request.body), self.settings.bot)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            OverflowError,
            OSError,
            RecursionError,
        ) as error:
            raise BadPayload("This is not an update as Telegram writes it.") from error

    def answer(self, request: Request) -> Response | None:
        """A pressed button waits until it is acknowledged, which the answer to the webhook can do (docs: Making requests when
        getting updates)."""
        pressed = _pressed(request.body)
        if not pressed:
            return None
        told = json.dumps({"method": "answerCallbackQuery", "callback_query_id": pressed}).encode()
        return Response(body=told, content_type="application/json")

    def send(self, message: OutboundMessage) -> Accepted:
        return sending.send(message, self.settings)

    def perform(self, gesture: Gesture) -> None:
        gestures.perform(gesture, self.settings)

    def show_typing(self, to: Address, active: bool, *, last: str = "") -> None:
        if active:
            sending.show_typing(to, self.settings)

    def fetch(self, file: File) -> File:
        try:
            return fetch(file, self.settings)
        except Refused as refused:
            error = error_of(refused)
            if isinstance(error, ChannelBroken):
                raise TemporaryFailure(error.reason, code=error.code) from refused
            raise error from refused
        except (OutcomeUnknown, ChannelBroken) as error:
            # Asking again for a file does no harm, and a new token may come.
            raise TemporaryFailure(error.reason, code=error.code) from error

    def check(self) -> Health:
        return checking.check(self.settings, self.channel)


def _pressed(body: bytes) -> str:
    """The id of the pressed button's query, "" if the update is about something else."""
    if b"callback_query" not in body:
        return ""
    try:
        data: Any = json.loads(body)
        return str(data["callback_query"]["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
