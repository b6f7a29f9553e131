"""The sections of the settings: their names, pictures, and from which role on one sees them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.models import Agent
from inbox.models.staff import Role

EVERYBODY, MANAGERS, ADMINS = set(Role), {Role.MANAGER, Role.ADMIN}, {Role.ADMIN}


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the side navigation. `url` is the name of its page's address."""

    key: str
    label: str | Promise
    icon: str
    url: str
    roles: set[Role]


SECTIONS = (
    Section("profile", _("My profile"), "user-round", "settings-profile", EVERYBODY),
    Section("channels", _("Channels"), "plug", "settings-channels", ADMINS),
    Section("receipts", _("Parked messages"), "package-x", "receipts", ADMINS),
    Section("agents", _("Agents"), "users", "settings-agents", ADMINS),
    Section("teams", _("Teams"), "users-round", "settings-teams", MANAGERS),
    Section("places", _("Places"), "store", "settings-places", MANAGERS),
    Section("desks", _("Desks"), "building-2", "settings-desks", ADMINS),
    Section("replies", _("Saved replies"), "message-square-quote", "settings-replies", MANAGERS),
    Section("tags", _("Tags"), "tag", "settings-tags", MANAGERS),
    Section("fields", _("Customer fields"), "list-plus", "settings-fields", MANAGERS),
    Section("api", _("API"), "key-round", "settings-api", ADMINS),
    Section("imports", _("Import and export"), "arrow-down-up", "settings-imports", MANAGERS),
    Section("audit", _("Audit log"), "scroll-text", "settings-audit", ADMINS),
)


def of(agent: Agent) -> list[Section]:
    """The sections this agent may open."""
    return [section for section in SECTIONS if agent.role in section.roles]
