"""The views of the rail: their names, pictures and what an empty one says. What stands in them is inbox/queues.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox import queues
from inbox.models import Agent, Conversation, Desk, Team

Text = str | Promise

NOTHING = _("Nothing here")
APPEAR = _("New conversations appear here by themselves.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """One view. `key` is inbox.queues' name for it; `count` None where it is not counted."""

    key: str
    label: Text
    icon: str = "users"
    colour: str = ""
    count: int | None = None
    empty_title: Text = NOTHING
    empty_text: Text = APPEAR

    @property
    def slug(self) -> str:
        """The key as it stands in an address and in ids."""
        return self.key.replace(":", "-")

    @property
    def url(self) -> str:
        return reverse("inbox", args=[self.slug])

    @property
    def hot(self) -> bool:
        """Whether the count calls out: it is my own work."""
        return self.key == "mine" and bool(self.count)


VIEWS = (
    QueueView(
        key="mine",
        label=_("Mine"),
        icon="user-round",
        empty_title=_("All done"),
        empty_text=_("Nothing waits for you. Take the next one from Unassigned."),
    ),
    QueueView(
        key="unassigned",
        label=_("Unassigned"),
        icon="inbox",
        empty_title=_("Nobody waits"),
        empty_text=_("Every open conversation has somebody who looks after it."),
    ),
    QueueView(
        key="mentions",
        label=_("Mentions"),
        icon="at-sign",
        empty_title=_("Nobody calls you"),
        empty_text=_("Notes in which a colleague names you with @ appear here until you have read them."),
    ),
    QueueView(key="all", label=_("All open"), icon="layers", empty_title=_("Nothing is open")),
    QueueView(
        key="waiting",
        label=_("Waiting on customer"),
        icon="hourglass",
        empty_text=_("Open conversations in which we wrote last appear here."),
    ),
    QueueView(
        key="snoozed",
        label=_("Snoozed"),
        icon="alarm-clock",
        empty_title=_("Nothing snoozed"),
        empty_text=_("What you snooze comes back when its time is over, or when the customer writes."),
    ),
    QueueView(
        key="quiet",
        label=_("Quiet"),
        icon="bell-off",
        empty_title=_("Quiet is empty"),
        empty_text=_("Automatic replies, newsletters and spam are kept here and disturb nobody."),
    ),
    QueueView(
        key="resolved",
        label=_("Resolved"),
        icon="circle-check",
        empty_title=_("Nothing resolved yet"),
        empty_text=_("Resolved conversations stay here and open again when the customer writes."),
    ),
)
BY_KEY = {view.key: view for view in VIEWS}


@dataclass(frozen=True, slots=True)
class Rail:
    """What the rail shows to one agent."""

    views: list[QueueView]
    teams: list[QueueView]


def of(agent: Agent) -> Rail:
    """The agent's rail, counted."""
    counts = queues.counts(agent)
    teams = Team.objects.filter(desk__in=Desk.objects.readable_by(agent))
    return Rail([_counted(view, counts) for view in VIEWS], [_of_team(team, counts) for team in teams])


def named(slug: str, agent: Agent) -> QueueView:
    """The view with this slug. Raises queues.UnknownView if there is none or the team is not for this reader."""
    name, _dash, number = slug.partition("-")
    if name == "team" and number.isascii() and number.isdecimal() and len(number) < 19:
        team = Team.objects.filter(pk=int(number), desk__in=Desk.objects.readable_by(agent)).first()
        if team is not None:
            return _of_team(team, {})
    if slug not in BY_KEY:
        raise queues.UnknownView(slug)
    return BY_KEY[slug]


def home_of(conversation: Conversation, agent: Agent) -> QueueView:
    """The first view in which this conversation stands for this agent."""
    for view in VIEWS:
        if queues.belongs(conversation, view.key, agent):
            return view
    return BY_KEY["all"]


def _counted(view: QueueView, counts: Mapping[str, int]) -> QueueView:
    return replace(view, count=counts.get(view.key))


def _of_team(team: Team, counts: Mapping[str, int]) -> QueueView:
    key = f"team:{team.pk}"
    return QueueView(key=key, label=team.name, colour=team.colour, count=counts.get(key, 0))
