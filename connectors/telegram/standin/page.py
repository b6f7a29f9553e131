"""The customer's Telegram: what is in the chat, and what pressing and writing do. The page itself is connectors/standin/chat.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.standin import chat
from connectors.standin.wire import Answer, Asked
from connectors.telegram.standin.records import Message

if TYPE_CHECKING:
    from connectors.telegram.standin.server import StandIn

CUSTOMER = 7100000001


def respond(standin: StandIn, asked: Asked) -> Answer:
    """GET / and /app/talk are the page; POST /app/say and /app/press are what the customer does."""
    said = dict(asked.fields)
    if asked.method == "POST":
        if asked.path == "/app/say" and said.get("text", "").strip():
            standin.say(CUSTOMER, said["text"])
        elif asked.path == "/app/press" and said.get("message", "").isdigit():
            standin.press(int(said["message"]), said.get("data", ""))
        return chat.back()
    if asked.path == "/":
        return chat.page("Ana’s Telegram", limit=4096)
    return chat.talk(_bubble(each) for each in list(standin.bot.messages) if each.chat == CUSTOMER)


def _bubble(message: Message) -> str:
    files = "".join(f"[{each.name}] " for each in message.files)
    text = f"{files}{message.text or message.caption} {message.reaction}".strip()
    rows = (message.fields.get("reply_markup") or {}).get("inline_keyboard", ())
    buttons = (
        chat.button(each["text"], "/app/press", {"message": str(message.id), "data": each["callback_data"]})
        for row in rows
        for each in row
    )
    return chat.bubble(text, mine=not message.ours) + "".join(buttons)
