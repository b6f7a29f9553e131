"""LINE's webhook events → contract values. Pure. Fields: developers.line.biz/en/reference/messaging-api/#webhook-event-objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from connectors.line import content, people
from connectors.line.handles import handle_of
from connectors.line.people import Json
from inbox.contract import (
    Card,
    CardKind,
    Consent,
    Delete,
    Edit,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
)

# What happens besides messages, and why nothing is to be done.
QUIET = {
    "accountLink": "An account of the shop was linked by LINE's own means, which nobody here asked for.",
    "activated": "A module was switched on.",
    "beacon": "Somebody came near a beacon.",
    "botResumed": "The account works again.",
    "botSuspended": "LINE has suspended the account.",
    "deactivated": "A module was switched off.",
    "delivery": "A message to a phone number (LINE notification message) has arrived.",
    "memberJoined": "Somebody joined the group.",
    "memberLeft": "Somebody left the group.",
    "membership": "Somebody's membership has changed.",
    "module": "A module was attached or detached.",
    "videoPlayComplete": "Somebody watched a film to its end.",
}


def events(request: Json) -> list[InboundEvent]:
    """All events of a webhook; none for LINE's test of the address. Raises KeyError, TypeError or ValueError for what cannot be read."""
    account = request["destination"]
    if not isinstance(account, str):
        raise TypeError("A destination is not text.")
    return [_event(each, account) for each in request["events"]]


def _event(event: Json, account: str) -> InboundEvent:
    """The key is the same when LINE delivers it again (deliveryContext.isRedelivery)."""
    key, kind = event["webhookEventId"], event["type"]
    if not isinstance(key, str) or not key or not isinstance(kind, str):
        raise TypeError("An event without its id or type.")
    common: dict[str, Any] = {
        "event_key": key,
        "occurred_at": datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC),
    }
    if event.get("mode") == "standby":
        return Ignored(**common, reason="Another module of the account answers this chat now (standby).")
    if read := READERS.get(kind):
        return read(event, account, common)
    return Ignored(**common, reason=QUIET.get(kind, f"An event of a kind we do not know: “{kind[:60]}”."))


def _message(event: Json, account: str, common: dict[str, Any]) -> InboundEvent:
    message = event["message"]
    said = content.of(message)
    images = message.get("imageSet") or {}
    return InboundMessage(
        **common,
        **_place(event, account),
        external_id=_text(message["id"]),
        sequence=int(images.get("index") or 0),
        text=said.text,
        files=said.files,
        cards=said.cards,
        in_reply_to=_text(message.get("quotedMessageId") or ""),
        album=_text(images.get("id") or ""),
    )


def _postback(event: Json, account: str, common: dict[str, Any]) -> InboundEvent:
    """A button of a menu or template made in LINE's own tools. Its words are not told, only what it stands for."""
    pressed = event["postback"]
    chosen = tuple(str(value) for value in (pressed.get("params") or {}).values())
    return InboundMessage(
        **common,
        **_place(event, account),
        external_id=f"postback/{event['webhookEventId']}",
        cards=(Card(kind=CardKind.CHOICE, title=_text(pressed["data"]), lines=chosen),),
    )


def _place(event: Json, account: str) -> dict[str, Any]:
    """Who wrote where, and how to answer at once."""
    source = event["source"]
    group = people.group_id(source)
    return {
        "author": people.author(account, source),
        # LINE signed the request and knows its own users.
        "proof": Proof.PROVEN,
        "thread_key": group,
        "group": bool(group),
        "customer": people.address(account, group) if group else None,
        "reply_handle": handle_of(event),
    }


def _edited(event: Json, account: str, common: dict[str, Any]) -> InboundEvent:
    """Only in groups so far."""
    message = event["message"]
    return Edit(**common, external_id=_text(message["id"]), text=content.of(message).text)


def _unsent(event: Json, account: str, common: dict[str, Any]) -> InboundEvent:
    """They took it back; what we have of it has to go (docs: Processing on receipt of unsend event)."""
    return Delete(**common, external_id=_text(event["unsend"]["messageId"]))


def _followed(event: Json, account: str, common: dict[str, Any]) -> InboundEvent:
    return _consent(event, account, common, allowed=True)


def _unfollowed(event: Json, account: str, common: dict[str, Any]) -> InboundEvent:
    return _consent(event, account, common, allowed=False)


def _consent(event: Json, account: str, common: dict[str, Any], *, allowed: bool) -> InboundEvent:
    """A person adds or blocks the account; a group takes it in or puts it out."""
    source = event["source"]
    whose = people.address(account, people.group_id(source) or source.get("userId"))
    return Consent(**common, address=whose, allowed=allowed, keyword=event["type"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("A text is not text.")
    return value


READERS: dict[str, Callable[[Json, str, dict[str, Any]], InboundEvent]] = {
    "message": _message,
    "messageEdited": _edited,
    "unsend": _unsent,
    "postback": _postback,
    "follow": _followed,
    "join": _followed,
    "unfollow": _unfollowed,
    "leave": _unfollowed,
}
