"""Mail of the house itself: the links by which agents set a password (customers' mail goes through channels); and housekeeping."""

from __future__ import annotations

from celery import shared_task

from agents import letters, links
from agents.api import idempotency
from inbox.models import Agent

# Seconds; config/schedule.py sends them.
PERIODIC = {"forget_answers": 3600.0}


@shared_task
def send_reset(agent_id: int) -> None:
    """Mail a reset link. 0 stands for an address nobody has: then this is all that happens."""
    agent = Agent.objects.filter(pk=agent_id, is_active=True).first()
    if agent is not None and agent.has_usable_password():
        letters.send("reset", agent, link=links.RESET.url(agent))


@shared_task
def send_invitation(agent_id: int) -> None:
    """Mail a new colleague the link by which they set their first password."""
    agent = Agent.objects.filter(pk=agent_id, is_active=True).first()
    if agent is not None and not agent.has_usable_password():
        letters.send("invited", agent, link=links.INVITED.url(agent))


@shared_task
def forget_answers() -> None:
    """Throw away what was kept for requests that programs might have made twice."""
    idempotency.forget()
