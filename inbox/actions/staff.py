"""Colleagues, teams, desks and saved replies: what managers and admins set up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions import record
from inbox.actions.errors import Refused
from inbox.models import Agent, Desk, SavedReply, Team
from inbox.models.staff import Presence, Role

_OWN = ("name", "time_zone", "language", "theme", "signature")


@transaction.atomic
def add_agent(
    *, actor: Agent | None, email: str, name: str, role: str = Role.AGENT, password: str | None = None
) -> Agent:
    """A new colleague. Without a password they set one by the reset link. Raises Refused when the e-mail is taken."""
    if role not in Role.values:
        raise Refused(_("There is no such role."))
    if Agent.objects.filter(email__iexact=email).exists():
        raise Refused(_("There is already an agent with this e-mail address."))
    agent = Agent.objects.create_user(email.strip().lower(), password, name=name.strip()[:120], role=role)
    record.audit("agent added", actor=actor, about=agent, data={"role": role})
    return agent


@transaction.atomic
def change_role(*, actor: Agent, agent: Agent, role: str) -> Agent:
    """Give a colleague another role. Raises Refused for the last admin."""
    if role not in Role.values:
        raise Refused(_("There is no such role."))
    _keep_an_admin(agent, stays=role == Role.ADMIN)
    agent.role = role
    agent.save(update_fields=["role"])
    record.audit("role changed", actor=actor, about=agent, data={"role": role})
    return agent


@transaction.atomic
def set_active(*, actor: Agent, agent: Agent, active: bool) -> Agent:
    """Let a colleague in, or out: all their sessions and sockets end. Raises Refused for the last admin."""
    _keep_an_admin(agent, stays=active)
    agent.is_active = active
    agent.save(update_fields=["is_active"])
    record.audit("agent activated" if active else "agent deactivated", actor=actor, about=agent)
    return agent


def _keep_an_admin(agent: Agent, *, stays: bool) -> None:
    others = Agent.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).exclude(pk=agent.pk)
    if agent.role == Role.ADMIN and not stays and not others.exists():
        raise Refused(_("The last admin must stay one. Make somebody else an admin first."))


def edit_profile(*, agent: Agent, **values: Any) -> Agent:
    """What agents change of themselves: name, time zone, language, theme, signature."""
    for name, value in values.items():
        if name not in _OWN:
            raise Refused(_("“%(name)s” cannot be changed here.") % {"name": name})
        setattr(agent, name, value)
    agent.save(update_fields=list(values))
    return agent


def set_presence(*, agent: Agent, presence: str) -> Agent:
    """Online, away or offline, as the agent says."""
    if presence not in Presence.values:
        raise Refused(_("There is no such status."))
    agent.presence = presence
    agent.save(update_fields=["presence"])
    return agent


@transaction.atomic
def save_desk(
    *, actor: Agent | None, desk: Desk | None, name: str, restricted: bool, members: Iterable[Agent] = ()
) -> Desk:
    """Make or change a desk. Members count only where it is restricted. Audited."""
    desk = desk or Desk()
    desk.name, desk.restricted = name.strip()[:80], restricted
    desk.save()
    listed = list(members)
    desk.members.set(listed)
    data = {"restricted": restricted, "members": sorted(member.pk for member in listed)}
    record.audit("desk saved", actor=actor, about=desk, data=data)
    return desk


@transaction.atomic
def save_team(
    *,
    actor: Agent | None,
    team: Team | None,
    name: str,
    desk: Desk,
    colour: str = "teal",
    members: Iterable[Agent] = (),
) -> Team:
    """Make or change a team."""
    team = team or Team()
    team.name, team.desk, team.colour = name.strip()[:80], desk, colour
    team.save()
    team.members.set(members)
    record.audit("team saved", actor=actor, about=team)
    return team


@transaction.atomic
def save_reply(
    *,
    actor: Agent | None,
    saved: SavedReply | None,
    name: str,
    shortcut: str,
    text: str,
    team: Team | None = None,
) -> SavedReply:
    """Make or change a saved reply. Raises Refused when the shortcut is taken."""
    clean = shortcut.strip().lstrip("/").lower().replace(" ", "-")[:40]
    if not clean or not text.strip():
        raise Refused(_("A saved reply needs a shortcut and a text."))
    saved = saved or SavedReply()
    if SavedReply.objects.filter(shortcut=clean).exclude(pk=saved.pk).exists():
        raise Refused(_("The shortcut “%(shortcut)s” is taken.") % {"shortcut": clean})
    saved.name, saved.shortcut, saved.text, saved.team = name.strip()[:120] or clean, clean, text, team
    saved.save()
    record.audit("saved reply saved", actor=actor, about=saved)
    return saved


def delete_reply(*, actor: Agent, saved: SavedReply) -> None:
    """Throw a saved reply away."""
    record.audit("saved reply deleted", actor=actor, about=saved)
    saved.delete()
