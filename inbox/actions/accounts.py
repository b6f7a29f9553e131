"""An agent's way in: logins and passwords. What agents are and may do is set in staff.py."""

from __future__ import annotations

from django.db import transaction

from inbox.actions import record
from inbox.models import Agent


def logged_in(*, agent: Agent, ip: str) -> None:
    """Somebody proved to be this agent."""
    record.audit("login", actor=agent, about=agent, ip=ip)


def logged_out(*, agent: Agent, ip: str) -> None:
    """The agent ended their session."""
    record.audit("logout", actor=agent, about=agent, ip=ip)


def login_failed(*, email: str, ip: str) -> None:
    """Somebody tried and was not let in. What they typed is not kept: it may be a password in the wrong field."""
    record.audit("login failed", actor=None, about=Agent.objects.filter(email__iexact=email).first(), ip=ip)


@transaction.atomic
def set_password(*, agent: Agent, password: str, how: str, ip: str) -> Agent:
    """A new password, already checked. Sessions, sockets and links made for the old one end by themselves.

    how: "changed" by the agent who knew the old one, "reset" by a mailed link, "invited" for the first.
    """
    agent.set_password(password)
    agent.save(update_fields=["password"])
    record.audit("password set", actor=agent, about=agent, data={"how": how}, ip=ip)
    return agent


def link_requested(*, agent: Agent | None, actor: Agent | None, how: str, ip: str) -> None:
    """A link to set a password goes out to the agent, or would if the address were one of ours: how is "reset" or "invited"."""
    record.audit("password link sent", actor=actor, about=agent, data={"how": how}, ip=ip)
