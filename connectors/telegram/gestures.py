"""What an agent does to a message that is there: edit, take back, react. Each can be done twice without harm."""

from __future__ import annotations

from typing import Any

from connectors.telegram.api import Api
from connectors.telegram.errors import Refused, error_of
from connectors.telegram.people import message_of
from connectors.telegram.settings import TelegramSettings
from inbox.contract import Gesture, GestureKind, PermanentFailure

# Telegram has these two without the selector that makes other programs draw them as pictures (docs: ReactionTypeEmoji).
SELECTOR = "\ufe0f"
WITH_SELECTOR = ("❤️\u200d🔥", "🤷\u200d♂️", "🤷\u200d♀️")


def perform(gesture: Gesture, settings: TelegramSettings) -> None:
    """Raises as `send`. What is gone already counts as deleted; what reads so already as edited."""
    api = Api(settings)
    try:
        match gesture.kind:
            case GestureKind.REACT:
                _react(api, gesture)
            case GestureKind.EDIT:
                _edit(api, gesture)
            case GestureKind.DELETE:
                for each in (gesture.external_id, *gesture.also):
                    _delete(api, each)
            case _:
                raise PermanentFailure("Telegram has nothing like that.", code="not_there")
    except Refused as refused:
        raise error_of(refused) from refused


def _react(api: Api, gesture: Gesture) -> None:
    emoji = gesture.emoji if gesture.emoji in WITH_SELECTOR else gesture.emoji.replace(SELECTOR, "")
    reaction = [{"type": "emoji", "emoji": emoji}] if emoji else []
    api.call("setMessageReaction", {**_where(gesture.external_id), "reaction": reaction})


def _edit(api: Api, gesture: Gesture) -> None:
    where = _where(gesture.external_id)
    try:
        api.call("editMessageText", {**where, "text": gesture.text})
    except Refused as refused:
        if refused.says("message is not modified"):
            return
        if not refused.says("no text in the message"):
            raise
        _edit_caption(api, {**where, "caption": gesture.text})


def _edit_caption(api: Api, fields: dict[str, Any]) -> None:
    """The text of a picture or file is its caption."""
    try:
        api.call("editMessageCaption", fields)
    except Refused as refused:
        if not refused.says("message is not modified"):
            raise


def _delete(api: Api, external: str) -> None:
    try:
        api.call("deleteMessage", _where(external))
    except Refused as refused:
        if not refused.says("message to delete not found"):
            raise


def _where(external: str) -> dict[str, int]:
    found = message_of(external)
    if found is None:
        raise PermanentFailure(
            "This is no message of Telegram's: nothing can be done to it.", code="no_message"
        )
    return {"chat_id": found[0], "message_id": found[1]}
