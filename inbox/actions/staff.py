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
from inbox.text import storable

_OWN = ("name", "time_zone", "language", "theme", "signature", "opens_next")


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
    """What agents change of themselves: name, time zone, language, theme, signature, what resolving opens."""
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
    """Make or change a desk. Members count only where it is restricted. Audited.

    Raises Refused when the name is taken, and for a restricted desk that nobody could read.
    """
    desk = desk or Desk()
    listed = list(members)
    if restricted and not listed:
        raise Refused(_("A restricted desk needs a member, or nobody could read it."))
    desk.name, desk.restricted = _free(desk, name), restricted
    desk.save()
    desk.members.set(listed)
    data = {"restricted": restricted, "members": sorted(member.pk for member in listed)}
    record.audit("desk saved", actor=actor, about=desk, data=data)
    return desk


@transaction.atomic
def set_desks(*, actor: Agent, agent: Agent, desks: Iterable[Desk]) -> Agent:
    """Make a colleague a member of these restricted desks and of no other. Raises Refused for a desk's last member."""
    wanted = {desk.pk for desk in desks}
    before = set(agent.desks.filter(restricted=True).values_list("pk", flat=True))
    for desk in Desk.objects.select_for_update().filter(pk__in=before - wanted):
        if not desk.members.exclude(pk=agent.pk).exists():
            raise Refused(
                _("“%(desk)s” would have no member left. Add another one first.") % {"desk": desk.name}
            )
    agent.desks.add(*(wanted - before))
    agent.desks.remove(*(before - wanted))
    if wanted != before:
        record.audit("desks of agent changed", actor=actor, about=agent, data={"desks": sorted(wanted)})
    return agent


def _free(thing: Desk | Team, name: str) -> str:
    """The name, cleaned, if no other desk or team has it. Raises Refused."""
    clean = " ".join(storable(name).split())[:80]
    if not clean:
        raise Refused(_("It needs a name."))
    if type(thing).objects.filter(name=clean).exclude(pk=thing.pk).exists():
        # Perhaps one of a desk they may not read has it: said in the same words.
        raise Refused(_("The name “%(name)s” cannot be used. Choose another.") % {"name": clean})
    return clean


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
    """Make or change a team. Raises Refused when the name is taken."""
    team = team or Team()
    team.name, team.desk, team.colour = _free(team, name), desk, colour
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
