"""One message → its calls at Telegram, and what came of them → Accepted or the contract's errors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.telegram.api import LONG, TIMEOUT, Api
from connectors.telegram.errors import Refused, error_of
from connectors.telegram.parcels import Parcel, parcels
from connectors.telegram.people import SPACE, external_id, place_of
from connectors.telegram.settings import TelegramSettings
from inbox.contract import (
    Accepted,
    Address,
    ContractError,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

# A later part of a message that has begun waits this long at most, together, when Telegram asks to slow down.
PATIENCE = timedelta(seconds=20)
# Pictures too long and thin, or broken for Telegram, and customers who take no voice messages: the file goes as a document.
AS_DOCUMENT = (
    "PHOTO_INVALID_DIMENSIONS",
    "IMAGE_PROCESS_FAILED",
    "PHOTO_SAVE_FILE_INVALID",
    "VOICE_MESSAGES_FORBIDDEN",
)


def send(message: OutboundMessage, settings: TelegramSettings) -> Accepted:
    """All parts of the message, one after the other. Telegram has no idempotency key, so nothing that may have gone goes again.

    If a part fails after another has gone, the outcome is unknown: the agent sees which, and what is missing.
    """
    api = Api(settings, timeout=LONG if message.files else TIMEOUT)
    line = Line(api, *chat_of(message, api.bot))
    told: list[int] = []
    main = 0
    for parcel in parcels(message, phone_button=settings.phone_button):
        try:
            got = _sent(line, parcel, first=not told)
        except ContractError as error:
            if told:
                raise OutcomeUnknown(_only_a_part(parcel, error), code=error.code) from error
            raise
        if parcel.says:
            main = len(told)
        told.extend(got)
    ids = [external_id(line.chat, each) for each in told]
    return Accepted(
        external_id=ids.pop(main),
        also=tuple(ids),
        known_as=Address(space=SPACE, value=f"{api.bot}/{line.chat}") if line.moved else None,
    )


def _sent(line: Line, parcel: Parcel, *, first: bool) -> list[int]:
    """The ids. Raises the contract's errors only."""
    try:
        return line.send(parcel, first=first)
    except Refused as refused:
        raise error_of(refused) from refused


def show_typing(to: Address, settings: TelegramSettings) -> None:
    """Shown for five seconds (docs: sendChatAction)."""
    api = Api(settings)
    try:
        api.call("sendChatAction", {"chat_id": chat_id(to, api.bot), "action": "typing"})
    except Refused as refused:
        raise error_of(refused) from refused


class Line:
    """One chat (and topic) that parts are sent to. `moved`: the group has become another chat on the way."""

    def __init__(self, api: Api, chat: int, topic: int | None) -> None:
        self.api = api
        self.chat = chat
        self.topic = topic
        self.moved = False
        self.patience = PATIENCE

    def send(self, parcel: Parcel, *, first: bool) -> list[int]:
        """The ids of what it became. Raises as Api.call."""
        try:
            return self._call(parcel)
        except Refused as refused:
            if parcel.files and refused.says(*AS_DOCUMENT):
                return self._call(parcel.as_documents())
            moved_to = refused.parameters.get("migrate_to_chat_id")
            if isinstance(moved_to, int):
                self.chat, self.topic, self.moved = moved_to, None, True
                return self._call(parcel)
            wait = error_of(refused)
            if first or not isinstance(wait, TemporaryFailure) or not self._waited(wait.retry_after):
                raise
            return self._call(parcel)

    def _call(self, parcel: Parcel) -> list[int]:
        method, fields, files = parcel.call()
        where: dict[str, Any] = {"chat_id": self.chat}
        if self.topic is not None:
            where["message_thread_id"] = self.topic
        return _ids(self.api.call(method, {**where, **fields}, files))

    def _waited(self, wanted: timedelta | None) -> bool:
        if wanted is None or wanted > self.patience:
            return False
        self.patience -= wanted
        pause(wanted)
        return True


def pause(wait: timedelta) -> None:
    time.sleep(wait.total_seconds())


def chat_of(message: OutboundMessage, bot: str) -> tuple[int, int | None]:
    """The chat and topic: the conversation's own thread if it is tied to one, else the address. Raises PermanentFailure."""
    return place_of(message.thread_key) or (chat_id(message.to, bot), None)


def chat_id(to: Address, bot: str) -> int:
    """The chat of an address. Raises PermanentFailure for one that another bot met."""
    owner, _slash, chat = to.value.partition("/")
    place = place_of(chat)
    if owner != bot or place is None:
        raise PermanentFailure(
            "This person wrote to another bot, and this one cannot write first.", code="other_bot"
        )
    return place[0]


def _ids(result: Any) -> list[int]:
    """Of one message, or of an album's. Raises OutcomeUnknown for an answer without any."""
    listed = result if isinstance(result, list) else [result]
    ids = [each["message_id"] for each in listed if isinstance(each, Mapping) and "message_id" in each]
    if not ids or not all(isinstance(each, int) for each in ids):
        raise OutcomeUnknown("Telegram answered without a message's id.", code="no_id")
    return ids


def _only_a_part(parcel: Parcel, error: ContractError) -> str:
    missing = ", ".join(f"“{each.name}”" for each in parcel.files) or "the text"
    return f"Only a part of the message has gone. What did not, from {missing} on: {error.reason}"
