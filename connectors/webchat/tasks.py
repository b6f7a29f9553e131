"""Celery's entry points for visitors: each calls one function."""

from __future__ import annotations

from celery import shared_task

from connectors.visitors import continuity, sessions

# Seconds; config/schedule.py sends them.
PERIODIC = {"carry_unread": 30.0, "forget_sessions": 86_400.0}


@shared_task
def carry_unread() -> None:
    """Answers nobody has read go after visitors who have left."""
    continuity.carry_on()


@shared_task
def forget_sessions() -> None:
    """Sessions whose tokens have all expired."""
    sessions.forget()
