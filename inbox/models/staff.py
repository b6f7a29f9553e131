"""Who works here: agents (the user model), their teams, and the desks they may read."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


def public_id() -> str:
    """A random id for outsiders: 128 bits, URL-safe, never a counter."""
    return secrets.token_urlsafe(16)


class Role(models.TextChoices):
    STORE = "store", _("Shop staff")
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class Presence(models.TextChoices):
    """What an agent says of their own availability."""

    ONLINE = "online", _("Online")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class AgentManager(UserManager["Agent"]):
    """Creates agents by e-mail address instead of a user name (used by createsuperuser)."""

    def _create_user_object(
        self, username: str, email: str | None, password: str | None, **extra: object
    ) -> Agent:
        agent = self.model(email=self.normalize_email(email), **extra)
        agent.set_password(password)
        return agent

    def create_user(self, email: str, password: str | None = None, **extra: object) -> Agent:  # type: ignore[override]
        """A plain agent."""
        agent = self._create_user_object("", email, password, **extra)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> Agent:  # type: ignore[override]
        """The first admin, made by `manage.py createsuperuser`."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, role=Role.ADMIN, **extra)

    def get_by_natural_key(self, username: str | None) -> Agent:
        return self.get(email__iexact=username)


class Agent(AbstractUser):
    """Somebody who answers, manages or administers; logs in by e-mail address. `role` decides what they may change,
    desks decide what they may read."""

    username = None  # type: ignore[assignment]  # the e-mail address is the login
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.AGENT)
    presence = models.CharField(max_length=12, choices=Presence.choices, default=Presence.ONLINE)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    theme = models.CharField(_("theme"), max_length=8, default="system")
    signature = models.TextField(_("signature"), blank=True)
    opens_next = models.BooleanField(
        default=False, help_text=_("After resolving, the next conversation of the list opens by itself.")
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = AgentManager()  # type: ignore[misc]

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="agent_email_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_store(self) -> bool:
        """Shop staff: summary, orders and their own visits, no messages. They read no desk."""
        return self.role == Role.STORE

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_manager(self) -> bool:
        """Managers and admins."""
        return self.role in (Role.MANAGER, Role.ADMIN)

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = self.name.split()
        return (
            "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()
            or "?"
        )


class DeskQuerySet(models.QuerySet["Desk"]):
    def readable_by(self, agent: Agent) -> DeskQuerySet:
        """Open desks, and restricted ones the agent is a member of. The one rule that decides what anybody may read;
        the role does not matter: an admin who is not a member does not read HR."""
        if not agent.is_authenticated or not agent.is_active or agent.role == Role.STORE:
            return self.none()
        return self.filter(models.Q(restricted=False) | models.Q(members=agent)).distinct()

    def met_by(self, agent: Agent) -> DeskQuerySet:
        """The desks whose customers the agent may know: those they read. Shop staff read none, and know the customers of
        the open ones: who they are and how to reach them, no word of what was written."""
        if agent.is_authenticated and agent.is_active and agent.role == Role.STORE:
            return self.filter(restricted=False)
        return self.readable_by(agent)


class Desk(models.Model):
    """A part of the company whose matters are its own. Who may not read a desk never learns that it has anything."""

    name = models.CharField(max_length=80, unique=True)
    restricted = models.BooleanField(default=False, help_text=_("Only its members may read it."))
    members = models.ManyToManyField(Agent, related_name="desks", blank=True)
    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Agents who share a queue."""

    name = models.CharField(max_length=80, unique=True)
    colour = models.CharField(max_length=12, default="teal", help_text=_("A colour of the design tokens."))
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="teams")
    members = models.ManyToManyField(Agent, related_name="teams", blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name
