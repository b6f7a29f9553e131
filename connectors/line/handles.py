"""What LINE wants back with an answer: the reply token, and the quote token of the same message. One line of text for the house."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.line.people import Json

# The house keeps so many characters (inbox/actions/windows.py).
LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """`message` is the id of the message that came with both tokens."""

    reply: str = ""
    message: str = ""
    quote: str = ""

    def written(self) -> str:
        whole = " ".join((self.reply, self.message, self.quote)).strip()
        return whole if len(whole) <= LONGEST else self.reply[:LONGEST]


def handle_of(event: Json) -> str:
    """The handle of an event, "" if it cannot be answered directly."""
    token = event.get("replyToken")
    if not isinstance(token, str) or not token or " " in token:
        return ""
    message = event.get("message") or {}
    return Handle(
        reply=token, message=str(message.get("id") or ""), quote=str(message.get("quoteToken") or "")
    ).written()


def read(text: str) -> Handle:
    parts = [*text.split(" "), "", ""]
    return Handle(reply=parts[0], message=parts[1], quote=parts[2])
