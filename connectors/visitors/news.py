"""What a line tells its visitor: the greeting with all that is new, later news, an agent's typing; and when the line is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.visitors import feed, presence, sessions, tokens
from connectors.visitors.audience import agent_name
from connectors.visitors.intake import Answer, Caller
from connectors.visitors.models import Ended, VisitorSession, identity_value
from inbox import registry
from inbox.models import Channel


@dataclass(frozen=True, slots=True)
class News:
    """A frame of news, the customers it is about, and why the line is over ("" if it is not)."""

    frame: Answer
    customers: frozenset[int] = frozenset()
    over: str = ""


def recognise(channel: Channel, token: object, ip: str) -> Caller | None:
    """Who shows this token on this channel, or None."""
    session = sessions.recognise(channel, token)
    return Caller(session, ip) if session else None


def alive(caller: Caller) -> bool:
    """Whether the caller's session still stands."""
    return VisitorSession.objects.filter(pk=caller.session.pk, ended_at=None).exists()


def names(caller: Caller) -> frozenset[tuple[str, str]]:
    """The identities the caller hears about, whether they exist yet or not."""
    channel = caller.session.channel
    space = registry.connector_class(channel.kind).space
    return frozenset((space, identity_value(channel, name)) for name in sessions.visitors_of(caller.session))


def hello(caller: Caller, frame: Mapping[str, Any]) -> News:
    """The first answer on a line: the token to use from now on, and all that is new since the browser's cursor."""
    reader = feed.Reader.of(caller.session)
    if reader.blocked:
        return _blocked(caller)
    presence.note(caller.session, here=frame.get("visible") is True)
    cursor = frame.get("since")
    found = feed.since(reader, cursor) if cursor else feed.snapshot(reader)
    return News({"t": "ready", **who(caller.session), **found}, reader.customers)


def latest(caller: Caller, cursor: object) -> News:
    """What has happened since the cursor."""
    reader = feed.Reader.of(caller.session)
    if reader.blocked:
        return _blocked(caller)
    return News({"t": "messages", **feed.since(reader, cursor)}, reader.customers)


def worth_telling(before: Answer, now: Answer) -> bool:
    """Whether there is anything in `now` that the browser does not know."""
    return bool(now["items"]) or now["seen"] != before["seen"] or "reset" in now


def _blocked(caller: Caller) -> News:
    sessions.end(caller.session, Ended.BLOCKED)
    return News({}, over="blocked")


def typing(caller: Caller, message: Mapping[str, Any]) -> Answer:
    """An agent types on this channel. What they type elsewhere, or as a note, is nobody's business here."""
    on = bool(message["active"]) and message.get("channel") == caller.session.channel_id
    return {"t": "typing", "on": on, "name": agent_name(message["who"]) if on else ""}


def who(session: VisitorSession) -> Answer:
    """What the browser keeps: its token, and a name for the visitor that tells it from another."""
    return {
        "token": sessions.token_for(session),
        "visitor": tokens.digest(session.value),
        "identified": session.identified,
    }
