"""Letters to agents: plain text, in the agent's language, from a template each (templates/agents/mail/)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from inbox.models import Agent


def send(name: str, agent: Agent, *, link: str) -> None:
    """Send the letter `name`. Its first line is the subject. Raises OSError or SMTPException if the mail server does not take it."""
    with translation.override(agent.language or settings.LANGUAGE_CODE):
        text = render_to_string(
            f"agents/mail/{name}.txt", {"agent": agent, "link": link, "host": settings.PUBLIC_URL}
        )
    subject, _line, body = text.strip().partition("\n")
    # A mail program that answers automatically must not answer this one (RFC 3834).
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject.strip(), body.strip() + "\n", to=[agent.email], headers=headers).send()
