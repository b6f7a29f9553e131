"""Mail of the house itself: the links by which agents set a password. Customers' mail goes through channels."""

from __future__ import annotations

from celery import shared_task

from agents import letters, links
from inbox.models import Agent


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
