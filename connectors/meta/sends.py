"""One message → calls of the Send API, for Messenger and Instagram alike (docs: messenger-platform/send-messages, instagram-platform).

Answers under comments are each channel's own; private answers to them go out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.meta.graph import Graph
from connectors.meta.heard import Account
from connectors.meta.reading import Json, text
from connectors.meta.refusals import TOO_LATE
from inbox.contract import (
    Accepted,
    Address,
    ContractError,
    File,
    Gesture,
    OutboundMessage,
    OutcomeUnknown,
    PermanentFailure,
)

# docs: messenger-platform/send-messages/quick-replies: 13 of them, 20 characters each.
MOST_CHOICES = 13
LONGEST_CHOICE = 20
ONLY_COMMENTED = "The customer has only commented so far. Answer there, in public or in private; a message needs one of theirs first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One channel's way out. `edge` takes its messages; `text_bytes` is the most one text may have (0: the capabilities' limit is enough);
    `response` marks an answer within the window where Meta asks for such a mark."""

    graph: Graph
    edge: str
    account: Account
    text_bytes: int = 0
    response: Json

    def send(self, message: OutboundMessage) -> Accepted:
        """In private, part after part. Raises like Connector.send, but for later parts: the first is not sent again."""
        head = self._head(message)
        parts = self._parts(message)
        first, ids = self._post({**head, **_quote(message), "message": parts[0]}), []
        detail = ""
        for part in parts[1:]:
            try:
                ids.append(_id(self._post({**head, "message": part})))
            except ContractError as error:
                detail = f"Only {1 + len(ids)} of {len(parts)} parts were sent. {error.reason}"
                break
        return Accepted(external_id=_id(first), also=tuple(ids), detail=detail)

    def answer_privately(self, message: OutboundMessage, to: Json) -> Accepted:
        """Once to each comment (`to` names it), within 7 days. Meta's answer tells who the author is in messages."""
        if message.files or (self.text_bytes and len(message.text.encode()) > self.text_bytes):
            raise PermanentFailure("A private answer to a comment is one short text without files.")
        try:
            answer = self._post({"recipient": to, "message": {"text": message.text}})
        except PermanentFailure as error:
            raise PermanentFailure(TOO_LATE, code=error.code) if error.window_closed else error from error
        known = text(answer.get("recipient_id"))
        return Accepted(external_id=_id(answer), known_as=self.account.person(known) if known else None)

    def act(self, to: Address, action: str, payload: Json | None = None) -> None:
        """A sender action: typing_on, typing_off, mark_seen, react, unreact."""
        said: dict[str, Any] = {"recipient": {"id": self._scoped(to)}, "sender_action": action}
        self.graph.post(self.edge, said | ({"payload": payload} if payload else {}))

    def react(self, gesture: Gesture, reaction: str) -> None:
        """Put `reaction` on a message, "" takes ours away."""
        payload = {"message_id": gesture.external_id} | ({"reaction": reaction} if reaction else {})
        self.act(gesture.to, "react" if reaction else "unreact", payload)

    def _head(self, message: OutboundMessage) -> dict[str, Any]:
        tag = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        return {"recipient": {"id": self._scoped(message.to)}, **(tag if message.late else self.response)}

    def _scoped(self, to: Address) -> str:
        found = self.account.scoped_id(to)
        if not found:
            raise PermanentFailure(ONLY_COMMENTED, code="only_commented")
        return found

    def _parts(self, message: OutboundMessage) -> list[dict[str, Any]]:
        """Texts, then files; with choices the other way round, for they hang on the last part and go with the next message."""
        texts = [{"text": part} for part in split(message.text, self.text_bytes)]
        files = [_attachment(file) for file in message.files]
        parts: list[dict[str, Any]] = [*files, *texts] if message.choices else [*texts, *files]
        if message.choices:
            parts[-1]["quick_replies"] = [_choice(label) for label in message.choices]
        return parts

    def _post(self, data: Json) -> Json:
        return self.graph.post(self.edge, data)


def split(written: str, most: int) -> list[str]:
    """The text in parts of at most `most` bytes (UTF-8), cut at white space where there is some; in one part if `most` is 0."""
    parts: list[str] = []
    rest = written.strip()
    while most and len(rest.encode()) > most:
        head = rest.encode()[:most].decode(errors="ignore")
        cut = max(head.rfind(" "), head.rfind("\n"))
        head = head[:cut] if cut > len(head) // 2 else head
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [part for part in [*parts, rest] if part]


def _quote(message: OutboundMessage) -> Json:
    return {"reply_to": {"mid": message.in_reply_to}} if message.in_reply_to else {}


def _attachment(file: File) -> dict[str, Any]:
    """By its address: Meta fetches it. Instagram takes no uploads."""
    if not file.url:
        raise PermanentFailure(f"“{file.name}” has no public address for Meta to fetch.", code="no_file_url")
    major = file.content_type.partition("/")[0]
    kind = major if major in {"image", "audio", "video"} else "file"
    return {"attachment": {"type": kind, "payload": {"url": file.url}}}


def _choice(label: str) -> Json:
    short = label if len(label) <= LONGEST_CHOICE else f"{label[: LONGEST_CHOICE - 1]}…"
    return {"content_type": "text", "title": short, "payload": label[:1000]}


def _id(answer: Json) -> str:
    found = text(answer.get("message_id"))
    if not found:
        raise OutcomeUnknown("Meta answered without an id.", code="no_id")
    return found
