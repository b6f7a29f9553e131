"""`messages` and `message_echoes` of a webhook → messages, edits, revokes, reactions and changes of address. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.meta.reading import Json, digest, mapping, moment, rows, text
from connectors.whatsapp import changes, contents, people
from inbox.contract import (
    Address,
    Delete,
    Edit,
    Ignored,
    InboundEvent,
    InboundMessage,
    Proof,
    Reaction,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The number a webhook is about. `start`: how many events of the same request came before; times have only seconds."""

    portfolio: str
    number: str
    received_at: datetime
    start: int = 0

    @property
    def ours(self) -> Address:
        digits = "".join(char for char in self.number if char.isdigit())
        return people.number(digits) or Address(space=people.PHONE, value=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message with whoever stands at the other end: they wrote it, or (`echo`) our side did, in the phone app."""

    message: Json
    line: Line
    key: str
    other: Address
    proofs: tuple[Address, ...]
    common: dict[str, Any]
    echo: bool
    historical: bool

    @property
    def author(self) -> Address:
        return self.line.ours if self.echo else self.other


def events(
    listed: Any, contacts: Any, line: Line, *, echo: bool = False, historical: bool = False
) -> Iterator[InboundEvent]:
    """All of a list, in its order."""
    known = rows(contacts)
    for place, message in enumerate(rows(listed)):
        yield from _event(message, known, line, place, echo=echo, historical=historical)


def _event(
    message: Json, contacts: list[Json], line: Line, place: int, *, echo: bool, historical: bool
) -> Iterator[InboundEvent]:
    key = text(message.get("id")) or digest(message)
    common: dict[str, Any] = {"occurred_at": moment(message.get("timestamp")), "sequence": line.start + place}
    if message.get("type") == "system":
        yield from changes.system(message, line.portfolio, key, common)
        return
    found = _other(message, contacts, line.portfolio, echo=echo)
    if found is None:
        yield Ignored(event_key=key, **common, reason="The message names nobody.")
        return
    heard = Heard(
        message=message,
        line=line,
        key=key,
        other=found[0],
        proofs=found[1],
        common=common,
        echo=echo,
        historical=historical,
    )
    yield from _read(heard)


def _read(heard: Heard) -> Iterator[InboundEvent]:
    kind = text(heard.message.get("type"))
    if kind in CHANGES_A_MESSAGE:
        event = CHANGES_A_MESSAGE[kind](heard)
        missing = f"A change ({kind}) that does not say of what."
        yield event or Ignored(event_key=heard.key, **heard.common, reason=missing)
    elif kind == "request_welcome":
        yield Ignored(
            event_key=heard.key, **heard.common, reason="They opened the chat and have not written yet."
        )
    else:
        yield _said(heard)


def _reaction(heard: Heard) -> InboundEvent | None:
    reaction = mapping(heard.message.get("reaction"))
    on, emoji = text(reaction.get("message_id")), text(reaction.get("emoji"))
    if not on:
        return None
    return Reaction(event_key=heard.key, **heard.common, external_id=on, author=heard.author, emoji=emoji)


def _edit(heard: Heard) -> InboundEvent | None:
    edit = mapping(heard.message.get("edit"))
    changed, new = text(edit.get("original_message_id")), contents.read(mapping(edit.get("message")))
    # An edit of something we cannot read must not empty the bubble; a caption may be taken away.
    if not changed or not (new.text or new.files):
        return None
    return Edit(event_key=heard.key, **heard.common, external_id=changed, text=new.text)


def _revoke(heard: Heard) -> InboundEvent | None:
    gone = text(mapping(heard.message.get("revoke")).get("original_message_id"))
    return Delete(event_key=heard.key, **heard.common, external_id=gone) if gone else None


CHANGES_A_MESSAGE = {"reaction": _reaction, "edit": _edit, "revoke": _revoke}


def _said(heard: Heard) -> InboundMessage:
    message, content = heard.message, contents.read(heard.message)
    number = contents.own_number(message)
    context = mapping(message.get("context"))
    group = text(message.get("group_id"))
    return InboundMessage(
        event_key=heard.key,
        **heard.common,
        external_id=heard.key,
        author=heard.author,
        # Meta has signed the request and knows its own users.
        proof=Proof.PROVEN,
        to=(heard.other,) if heard.echo else (),
        text=content.text,
        files=content.files,
        cards=(*contents.advert(message), *content.cards),
        in_reply_to=text(context.get("id")),
        thread_key=group,
        group=bool(group),
        echo=heard.echo,
        historical=heard.historical,
        proofs=()
        if heard.echo
        else (*heard.proofs, *((number,) if number and number != heard.author else ())),
        notices=_forwarded(context),
    )


def _forwarded(context: Json) -> tuple[str, ...]:
    if context.get("frequently_forwarded") is True:
        return ("Forwarded many times.",)
    return ("Forwarded.",) if context.get("forwarded") is True else ()


def _other(
    message: Json, contacts: list[Json], portfolio: str, *, echo: bool
) -> tuple[Address, tuple[Address, ...]] | None:
    """Who is at the other end, with the name of the contact that is the same person."""
    wa_id = text(message.get("to" if echo else "from"))
    user_id = text(message.get("to_user_id" if echo else "from_user_id"))
    contact = _contact(contacts, wa_id, user_id)
    return people.person(
        portfolio,
        wa_id or contact.get("wa_id"),
        user_id or contact.get("user_id"),
        name=people.name(contact),
    )


def _contact(contacts: list[Json], wa_id: str, user_id: str) -> Json:
    """By user id, else by number; the only one there is belongs to the message whatever it says (a number's two spellings)."""
    same_user = [each for each in contacts if user_id and text(each.get("user_id")) == user_id]
    same_number = [each for each in contacts if wa_id and text(each.get("wa_id")) == wa_id]
    found = same_user or same_number or (contacts if len(contacts) == 1 else [])
    return found[0] if found else {}
