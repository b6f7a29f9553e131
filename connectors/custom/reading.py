"""One request of ours (or, by the mapping, of somebody else's) → contract values. Pure. The format: README.md and schema.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from connectors.custom.content import addresses, attachment, card, choice, clean, plain
from connectors.custom.fields import LONG, Fields
from connectors.custom.mapping import MOST_ITEMS, mapping
from inbox.contract import (
    Address,
    BadPayload,
    Consent,
    Delete,
    DeliveryUpdate,
    Edit,
    Ignored,
    InboundEvent,
    InboundMessage,
    Nature,
    Proof,
    Reaction,
    ReadUpTo,
    Request,
    Status,
    Typing,
)

SPACE = "custom"
STATUSES = {each.value: each for each in (Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED)}


@dataclass(frozen=True, slots=True)
class One:
    """One object of a request, with what reading needs to know besides."""

    fields: Fields
    channel: str
    key: str

    def person(self, fields: Fields) -> Address:
        """`identity`: scoped to the channel, so that two systems with an “ana” do not share her."""
        identity = fields.inside("identity")
        if identity is None:
            raise BadPayload(f"“{fields.place}identity” is missing.")
        value = identity.needed("value")
        kind = identity.text("type", most=30, default="user")
        if len(value) > 200:
            raise identity.wrong("value", "at most 200 characters")
        return Address(
            space=SPACE, value=f"{self.channel}/{kind}:{value}", name=identity.text("name", most=200)
        )


def events(request: Request, *, channel: str, lines: tuple[str, ...]) -> list[InboundEvent]:
    """The events of a request. Raises BadPayload naming the field, or the mapping's path that found nothing."""
    objects = _objects(_document(request.body), lines)
    base = request.header("webhook-id") or hashlib.sha256(request.body).hexdigest()[:32]
    many = len(objects) > 1
    found: list[InboundEvent] = []
    for at, data in enumerate(objects):
        key = f"{base[:200]}:{at}" if many else base[:200]
        found += _event(One(Fields(data, f"events[{at}]." if many else ""), channel, key))
    return found


def _document(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadPayload(f"The body is not JSON: {str(error)[:100]}.") from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON (RFC 8259)")


def _objects(document: Any, lines: tuple[str, ...]) -> list[Mapping[str, Any]]:
    if lines:
        return list(mapping(lines).apply(document))
    if isinstance(document, dict) and isinstance(document.get("events"), list):
        document = document["events"]
    listed = document if isinstance(document, list) else [document]
    if len(listed) > MOST_ITEMS:
        raise BadPayload(f"More than {MOST_ITEMS} events in one request. Send fewer at once.")
    if not all(isinstance(each, dict) for each in listed):
        raise BadPayload("The body must be one JSON object, or a list of them.")
    return listed


def _event(one: One) -> Iterator[InboundEvent]:
    kind = one.fields.text("type", most=30, default="message")
    make = MAKERS.get(kind)
    if make is None:
        yield Ignored(event_key=one.key, reason=f"“{kind}” is not a type we know.")
        return
    yield make(one)


def _message(one: One) -> InboundMessage:
    fields = one.fields
    external_id = fields.needed("external_message_id")
    person = one.person(fields)
    ours = choice(fields, "direction", ["in", "out"], "in") == "out"
    text, html = fields.text("text", most=LONG), clean(fields.text("html", most=LONG))
    files = tuple(attachment(each) for each in fields.each("attachments", most=20))
    cards = tuple(card(each) for each in fields.each("cards", most=20))
    if not (text.strip() or html.strip() or files or cards):
        raise BadPayload(f"“{fields.place}text” is missing: there is no html, attachment or card either.")
    claims, proofs = ((), ()) if ours else addresses(fields)
    return InboundMessage(
        # One message is one, however often and in however many requests it is sent.
        event_key=f"message:{external_id}",
        occurred_at=fields.time("sent_at"),
        external_id=external_id,
        author=Address(space=SPACE, value=f"{one.channel}/us") if ours else person,
        to=(person,) if ours else (),
        nature=Nature(choice(fields, "nature", [each.value for each in Nature], "person")),
        proof=Proof.PROVEN,
        text=text or plain(html),
        html=html,
        subject=fields.text("subject"),
        files=files,
        cards=cards,
        in_reply_to=fields.text("in_reply_to"),
        thread_key=fields.text("thread_key"),
        public=fields.flag("public"),
        reply_until=fields.time("reply_until"),
        language=fields.text("language", most=20),
        echo=ours,
        claims=claims,
        proofs=proofs,
    )


def _status(one: One) -> DeliveryUpdate:
    fields = one.fields
    status = STATUSES[choice(fields, "status", list(STATUSES), "")]
    return DeliveryUpdate(
        event_key=one.key,
        occurred_at=fields.time("sent_at"),
        external_id=fields.needed("external_message_id"),
        status=status,
        code=fields.text("code", most=60),
        reason=fields.text("reason", most=300),
        undeliverable=fields.flag("undeliverable"),
        opted_out=fields.flag("opted_out"),
    )


def _edit(one: One) -> Edit:
    html = clean(one.fields.text("html", most=LONG))
    text = one.fields.text("text", most=LONG) or plain(html)
    if not text.strip():
        raise BadPayload(f"“{one.fields.place}text” is missing.")
    return Edit(
        event_key=one.key,
        occurred_at=one.fields.time("sent_at"),
        external_id=one.fields.needed("external_message_id"),
        text=text,
        html=html,
    )


def _delete(one: One) -> Delete:
    return Delete(
        event_key=one.key,
        occurred_at=one.fields.time("sent_at"),
        external_id=one.fields.needed("external_message_id"),
    )


def _reaction(one: One) -> Reaction:
    return Reaction(
        event_key=one.key,
        occurred_at=one.fields.time("sent_at"),
        external_id=one.fields.needed("external_message_id"),
        author=one.person(one.fields),
        emoji=one.fields.text("emoji", most=32),
    )


def _typing(one: One) -> Typing:
    return Typing(
        event_key=one.key, author=one.person(one.fields), active=one.fields.flag("active", default=True)
    )


def _read(one: One) -> ReadUpTo:
    moment = one.fields.time("sent_at")
    if moment is None:
        raise BadPayload(f"“{one.fields.place}sent_at” is missing: up to when did they read?")
    return ReadUpTo(event_key=one.key, occurred_at=moment, reader=one.person(one.fields))


def _consent(one: One) -> Consent:
    if "allowed" not in one.fields.data:
        raise BadPayload(f"“{one.fields.place}allowed” is missing.")
    return Consent(
        event_key=one.key,
        occurred_at=one.fields.time("sent_at"),
        address=one.person(one.fields),
        allowed=one.fields.flag("allowed"),
        keyword=one.fields.text("keyword", most=40),
    )


MAKERS: Mapping[str, Callable[[One], InboundEvent]] = {
    "message": _message,
    "status": _status,
    "edit": _edit,
    "delete": _delete,
    "reaction": _reaction,
    "typing": _typing,
    "read": _read,
    "consent": _consent,
}
