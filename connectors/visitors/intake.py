"""What a visitor's frame does. What must last is stored as a receipt, and answered only after the commit; the rest is passed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from connectors import inbound
from connectors.visitors import feed, files, frames, limits, presence, proofs, tokens, trail
from connectors.visitors.models import VisitorSession
from connectors.visitors.vouching import Vouched
from inbox import live, registry
from inbox.contract import Address, Status
from inbox.models.messages import Direction

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks: a session that was checked just now, and the address it comes from."""

    session: VisitorSession
    ip: str


def take(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    """Carry out one frame; what to say to the browser. Raises BadFrame; django.db errors when nothing could be stored."""
    handler = _HANDLERS.get(frame["t"])
    return handler(caller, frame) if handler else []


def _message(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    session = caller.session
    client = frames.client_id(frame)
    rules = registry.capabilities(session.channel.kind)
    text = frames.text(frame, "text", rules.text_limit)
    references = frames.names(frame, "files", rules.files.max_count)
    wait = limits.spend(limits.MESSAGES, session.sid) or limits.spend(
        limits.MESSAGES_OF_IP, limits.network(caller.ip)
    )
    if wait:
        return [{"t": "refused", "id": client, "reason": "slow", "wait": wait}]
    listed = files.claimed(session, references)
    if listed is None or not (text or listed):
        return [{"t": "refused", "id": client, "reason": "empty" if listed == [] else "files"}]
    language = frames.text(frame, "lang", 12)
    _store(session, "message", key=client, text=text, files=listed, language=language)
    return [{"t": "ack", "id": client}]


def _got(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    """The browser has these messages of ours."""
    ids = frames.names(frame, "ids", feed.MOST_CHANGES)
    sent = feed.visible(feed.Reader.of(caller.session)).filter(
        direction=Direction.OUTBOUND, public_id__in=ids, delivery__status=Status.SENT
    )
    names = [name for name in sent.values_list("external_id", flat=True) if name]
    if names and not limits.spend(limits.SEEN, caller.session.sid):
        _store(caller.session, "delivered", key="", messages=names)
    return []


def _read(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    """The visitor looks at this message of ours: it and all before it are read, by each name the visitor has here."""
    reader = feed.Reader.of(caller.session)
    message = (
        feed.visible(reader)
        .filter(direction=Direction.OUTBOUND, public_id=frames.text(frame, "id", 32))
        .first()
    )
    if message is None:
        return []
    unread = feed.visible(reader).filter(
        direction=Direction.OUTBOUND,
        occurred_at__lte=message.occurred_at,
        delivery__status__in=(Status.SENT, Status.DELIVERED),
    )
    # order_by(): the default order would take part in DISTINCT.
    values = list(unread.order_by().values_list("identity__value", flat=True).distinct())
    if values and limits.spend(limits.SEEN, caller.session.sid):
        return []  # the next one says it again
    for value in values:
        _store(caller.session, "read", key="", visitor=value, upto=message.occurred_at.isoformat())
    return []


def _typing(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    """Never stored; agents see it in the cache. A visitor nobody knows yet types unseen."""
    for customer_id in feed.Reader.of(caller.session).customers:
        live.typing(
            customer_id=customer_id,
            who=f"customer:{customer_id}",
            active=frame.get("on") is True,
            channel_id=caller.session.channel_id,
        )
    return []


def _touch(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    """The visitor did something on the website. Lost is what comes too fast: it is no message. Of a restricted desk's website
    nothing is kept: what customers did elsewhere stands in their thread for everybody who reads it."""
    session = caller.session
    client = frames.client_id(frame)
    if session.channel.desk.restricted:
        return [{"t": "ack", "id": client}]
    network = limits.network(caller.ip)
    wait = limits.spend(limits.TOUCHES, session.sid) or limits.spend(limits.TOUCHES_OF_IP, network)
    if wait:
        return [{"t": "refused", "id": client, "reason": "slow", "wait": wait}]
    _store(session, "touched", key=client, told=trail.told(session, frame))
    return [{"t": "ack", "id": client}]


def _viewing(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    """The visitor is back at a page that was told of before. Never stored."""
    title, url = trail.page_in_view(caller.session, frame)
    page = live.Viewing(title=title, url=url, channel_id=caller.session.channel_id, since=timezone.now())
    live.viewing(who=_viewer(caller.session), page=page)
    return []


def _viewer(session: VisitorSession) -> str:
    return live.viewer(registry.connector_class(session.channel.kind).space, session.value)


def _ping(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    here = frame.get("visible") is True
    presence.note(caller.session, here=here)
    live.still_viewing(who=_viewer(caller.session), here=here)
    return [{"t": "pong"}]


def _prove(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    return proofs.ask(caller.session, caller.ip, frame)


def _code(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    return proofs.check(caller.session, caller.ip, frame)


def _carry(caller: Caller, frame: Mapping[str, Any]) -> list[Answer]:
    return proofs.carry(caller.session, caller.ip, frame)


_HANDLERS: dict[str, Callable[[Caller, Mapping[str, Any]], list[Answer]]] = {
    "msg": _message,
    "got": _got,
    "read": _read,
    "typing": _typing,
    "touch": _touch,
    "viewing": _viewing,
    "ping": _ping,
    "prove": _prove,
    "code": _code,
    "carry": _carry,
}


def introduce(session: VisitorSession, *, name: str, email: str) -> None:
    """The visitor says who they are. A claim: it opens nothing."""
    claims = [{"space": "email", "value": email}] if email else []
    _store(session, "identified", key=f"claim/{tokens.digest(name + email)}", name=name, claims=claims)


def identified(user: Vouched, session: VisitorSession, joined: VisitorSession | None) -> None:
    """The host site vouches for `user`. If an anonymous visitor turned out to be them (`joined`), the two become one."""
    author = joined or session
    space = registry.connector_class(session.channel.kind).space
    proofs = [Address(space=space, value=session.value), *user.proofs]
    body: dict[str, Any] = {"name": user.name, "proofs": _plain(proofs), "claims": _plain(user.claims)}
    _store(author, "identified", key=f"vouched/{session.sid}", **body)


def _plain(addresses: Iterable[Address]) -> list[dict[str, str]]:
    return [{"space": address.space, "value": address.value} for address in addresses]


def _store(session: VisitorSession, kind: str, *, key: str, visitor: str = "", **more: Any) -> None:
    request = frames.stored(kind, visitor=visitor or session.value, key=key, at=timezone.now(), **more)
    inbound.store(session.channel, request)
