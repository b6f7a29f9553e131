"""What a connected agent may read, and whether they may still be here at all. Asked again every moment for all sockets at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from inbox.models import Agent, Desk
from inbox.models.staff import Role


@dataclass(frozen=True, slots=True)
class Rights:
    """An agent in a session. Two that are not equal mean: the connection must end, and the page be opened anew."""

    agent_id: int
    session_key: str
    password: str
    desks: frozenset[int]


def recognise(session_key: str) -> tuple[Agent, Rights] | None:
    """Who this session belongs to, checked as a page's request is (deactivated? another password since?); None for nobody,
    and for shop staff: no page of theirs is live."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    agent = get_user(request)
    if not isinstance(agent, Agent) or agent.is_store:
        return None
    return agent, of(agent, session_key)


def of(agent: Agent, session_key: str) -> Rights:
    """The rights of an agent who has just been let in."""
    return Rights(agent.pk, session_key, agent.password, desks_of(agent))


def desks_of(agent: Agent) -> frozenset[int]:
    """The desks the agent may read."""
    return frozenset(Desk.objects.readable_by(agent).values_list("pk", flat=True))


def lost(held: Collection[Rights]) -> set[Rights]:
    """Those that hold no longer: logged out, deactivated, moved to a shop, another password, other desks. Four queries,
    however many are held.

    No one announces it: whatever took the right (a page, the shell, the database itself) is seen here.
    """
    ids = {rights.agent_id for rights in held}
    agents = Agent.objects.filter(pk__in=ids, is_active=True).exclude(role=Role.STORE)
    passwords = dict(agents.values_list("pk", "password"))
    keys = {rights.session_key for rights in held}
    sessions = set(
        Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now()).values_list("pk", flat=True)
    )
    for_all = frozenset(Desk.objects.filter(restricted=False).values_list("pk", flat=True))
    memberships = Desk.members.through.objects.filter(agent__in=ids, desk__restricted=True)
    own: dict[int, set[int]] = {}
    for agent_id, desk_id in memberships.values_list("agent_id", "desk_id"):
        own.setdefault(agent_id, set()).add(desk_id)
    return {
        rights
        for rights in held
        if rights.session_key not in sessions
        or passwords.get(rights.agent_id) != rights.password
        or rights.desks != for_all | own.get(rights.agent_id, set())
    }
