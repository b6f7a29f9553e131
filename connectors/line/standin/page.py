"""The customer's LINE: what is in the chat, and what writing does. The page itself is connectors/standin/chat.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from connectors.standin import chat
from connectors.standin.wire import Answer, Asked

if TYPE_CHECKING:
    from connectors.line.standin.server import StandIn

CUSTOMER = "U" + "0" * 31 + "a"


def respond(standin: StandIn, asked: Asked) -> Answer:
    """GET / and /app/talk are the page; POST /app/say is what the customer writes, also by a quick reply."""
    if asked.method == "POST":
        if text := dict(asked.fields).get("text", "").strip():
            standin.account.story.append(text)
            standin.say(CUSTOMER, text)
        return chat.back()
    return chat.page("Ana’s LINE", limit=5000) if asked.path == "/" else chat.talk(_bubbles(standin))


def _bubbles(standin: StandIn) -> Iterator[str]:
    for each in list(standin.account.story):
        if isinstance(each, str):
            yield chat.bubble(each, mine=True)
        else:
            yield from map(_bubble, each.messages)


def _bubble(message: Mapping[str, Any]) -> str:
    text = message.get("text") or f"[{message['type']}] {message.get('originalContentUrl', '')}"
    items = (message.get("quickReply") or {}).get("items") or []
    buttons = (
        chat.button(each["action"]["label"], "/app/say", {"text": each["action"]["text"]}) for each in items
    )
    return chat.bubble(str(text), mine=False) + "".join(buttons)
