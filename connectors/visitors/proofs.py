"""A visitor proves who they are: asks for a code and types it, or comes by a link. What that proves is inbox/actions/{codes,links}.py.

Nobody learns here whether an address is known: every answer depends on what was typed and on how often, never on whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from connectors.visitors import frames, limits, qr, sessions, tokens
from connectors.visitors.models import VisitorSession, identity_value
from inbox import queueing, registry
from inbox.actions import apart, codes, identify, links
from inbox.actions.errors import Refused
from inbox.contract import Address
from inbox.models import Channel

Answer = dict[str, Any]


def offers(channel: Channel) -> dict[str, bool]:
    """What the chat may offer: `prove` if codes can be sent from here, `carry` if there is a page for links to lead to."""
    return {
        "prove": apart.possible(desk_id=channel.desk_id),
        "carry": bool(registry.connector_for(channel).continue_url("")),
    }


def ask(session: VisitorSession, ip: str, frame: Mapping[str, Any]) -> list[Answer]:
    """Send a code to the address the visitor typed. Whom the host site vouches for is nobody else, so they cannot ask."""
    typed = frames.text(frame, "address", 254)
    if session.identified:
        return [_refused(frame, "identified")]
    wait = _first_wait([(limits.PROOFS, session.sid), (limits.PROOFS_OF_IP, limits.network(ip))])
    if wait:
        return [_refused(frame, "slow", wait)]
    address = registry.typed_address(typed)
    if address is None:
        return [_refused(frame, "address")]
    wait = _first_wait(
        [(limits.PROOFS_OF_CHANNEL, session.channel.public_id), *_of_target(limits.PROOFS_TO, address)]
    )
    if wait:
        return [_refused(frame, "slow", wait)]
    try:
        codes.ask(author=author_of(session), address=address, desk_id=session.channel.desk_id)
    except Refused:
        return [_refused(frame, "unreachable")]
    return [{"t": "code_sent", "to": masked(address)}]


def check(session: VisitorSession, ip: str, frame: Mapping[str, Any]) -> list[Answer]:
    """What the visitor typed: the code, or not. How many tries are left is not told."""
    typed = frames.text(frame, "code", 40)
    if session.identified:
        return [_refused(frame, "identified")]
    wait = _first_wait([(limits.TRIES, session.sid), (limits.TRIES_OF_IP, limits.network(ip))])
    if wait:
        return [_refused(frame, "slow", wait)]
    proven = codes.check(author=author_of(session), code=typed) is not None
    return [{"t": "proven" if proven else "wrong"}]


def carry(session: VisitorSession, ip: str, frame: Mapping[str, Any]) -> list[Answer]:
    """A link with which the visitor goes on elsewhere: as a picture for a camera, or sent to the address they have proven."""
    if session.identified:
        return [_refused(frame, "identified")]
    wait = _first_wait([(limits.CARRIES, session.sid), (limits.CARRIES_OF_IP, limits.network(ip))])
    if wait:
        return [_refused(frame, "slow", wait)]
    if frame.get("by") == "post":
        return [_by_post(session, frame)]
    url = links.own(author=author_of(session), channel=session.channel)
    return [{"t": "link", **qr.drawing(url)}] if url else [_refused(frame, "page")]


def _by_post(session: VisitorSession, frame: Mapping[str, Any]) -> Answer:
    author = author_of(session)
    to = codes.proven_by(author)
    if to is None:
        return _refused(frame, "address")
    wait = _first_wait(_of_target(limits.PROOFS_TO, to))
    if wait:
        return _refused(frame, "slow", wait)
    queueing.after_commit("inbox.tasks.send_link", author.space, author.value, session.channel_id)
    return {"t": "link_sent", "to": masked(to)}


def follow(channel: Channel, now: VisitorSession | None, secret: object) -> VisitorSession | None:
    """The session of whoever opened this link; None if the link is over or was never one of this channel's.

    What was said in this browser before is joined only if it is the same customer's already: a thief may have had their own link
    sent to them, and got somebody else to open it.
    """
    address = links.whose(secret=secret, channel=channel) if isinstance(secret, str) else None
    if address is None or (now is not None and now.identified):
        return None
    try:
        return _taken(channel, now, str(secret), address)
    except _TakenMeanwhile:
        return None


@transaction.atomic
def _taken(channel: Channel, now: VisitorSession | None, secret: str, address: Address) -> VisitorSession:
    session = _session_for(channel, now, address)
    if links.take(secret=secret, author=author_of(session), channel=channel) is None:
        raise _TakenMeanwhile
    return session


class _TakenMeanwhile(Exception):  # reads as what happened
    """Somebody else has used the link since we looked; nothing of what we began stays."""


def _session_for(channel: Channel, now: VisitorSession | None, address: Address) -> VisitorSession:
    """The one of the visitor the link is about; else the present one if it is theirs; else a new one."""
    prefix = identity_value(channel, "")
    theirs = address.value.removeprefix(prefix) if address.space == _space(channel) else ""
    if now is not None and (now.visitor == theirs or (not theirs and _same_customer(now, address))):
        return now
    return sessions.hand_over(channel, now, visitor=theirs)


def _same_customer(session: VisitorSession, address: Address) -> bool:
    mine, other = identify.find(author_of(session)), identify.find(address)
    return mine is not None and other is not None and mine.customer_id == other.customer_id


def author_of(session: VisitorSession) -> Address:
    """The visitor's own address."""
    return Address(space=_space(session.channel), value=session.value)


def _space(channel: Channel) -> str:
    return registry.connector_class(channel.kind).space


def masked(address: Address) -> str:
    """Enough of an address to know one's own by: "a…@x.example", "…89"."""
    local, at, domain = address.value.rpartition("@")
    return f"{local[:1]}…@{domain}" if at else f"…{address.value[-2:]}"


def _of_target(listed: Iterable[limits.Limit], address: Address) -> list[tuple[limits.Limit, str]]:
    # Not the address itself: the cache is no place for it.
    name = tokens.digest(f"{address.space}:{address.value}")
    return [(limit, name) for limit in listed]


def _first_wait(spent: Iterable[tuple[limits.Limit, str]]) -> int:
    """Count one for each until one is used up. Gives the seconds to wait, 0 for none."""
    return next(filter(None, (limits.spend(limit, who) for limit, who in spent)), 0)


def _refused(frame: Mapping[str, Any], reason: str, wait: int = 0) -> Answer:
    return {"t": "refused", "id": frame["t"], "reason": reason, "wait": wait}
