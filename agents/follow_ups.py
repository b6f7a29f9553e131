"""On which channels a person met in a shop can be written to afterwards, and what is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents import access, saved_replies
from agents.composing import Pair
from inbox import reach, registry
from inbox.actions.encounters import FollowUp
from inbox.actions.errors import Refused
from inbox.models import Agent, Channel, Customer, Desk, Identity, Place
from inbox.models.channels import ChannelState

JUST_GIVEN = "new"
"""In the place of an identity: the address the new person just gave."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write to them. `to`: the address; "" for the one that a new person is giving."""

    key: str
    channel: Channel
    to: str
    claimed: bool = False


def channels(desks: Iterable[Desk]) -> list[Channel]:
    """The working channels of these desks. Shop staff may write on them, though they read none."""
    found = Channel.objects.filter(desk__in=desks, state=ChannelState.ACTIVE).defer("settings", "cursor")
    return [each for each in found.order_by("pk") if each.kind in registry.kinds()]


def ways(places: Iterable[Place], customer: Customer, identities: Sequence[Identity]) -> list[Way]:
    """Every channel that reaches one of their addresses, where somebody may not be sitting any more last."""
    pairs = [
        Pair(channel, identity, str(customer))
        for channel in channels(place.desk for place in places)
        for identity in identities
        if reach.fits(channel, identity) and not Pair(channel, identity, "").blocked
    ]
    pairs.sort(key=lambda pair: pair.capabilities.live)
    return [Way(pair.key, pair.channel, pair.to, not pair.identity.verified) for pair in pairs]


def ways_to_somebody_new(places: Iterable[Place]) -> list[Way]:
    """The channels whose addresses a person can say aloud."""
    found = channels(place.desk for place in places)
    return [
        Way(f"{each.pk}-{JUST_GIVEN}", each, "")
        for each in found
        if registry.capabilities(each.kind).begins_freely
    ]


def chosen(
    agent: Agent, customer: Customer | None, offered: Sequence[Way], *, key: str, text: str, saved: int | None
) -> FollowUp | None:
    """What was chosen of the ways offered; None if nothing was. Without a text it is the saved reply's. Raises Refused."""
    if not key:
        return None
    way = next((each for each in offered if each.key == key), None)
    if way is None:
        raise Refused(_("Choose how to reach them."))
    text = text.strip() or _saved(agent, customer, saved)
    if not text:
        raise Refused(_("Write what they should get, or choose a saved reply."))
    number = key.rpartition("-")[2]
    identity = None if number == JUST_GIVEN else Identity.objects.get(pk=int(number))
    return FollowUp(channel=way.channel, identity=identity, text=text)


def _saved(agent: Agent, customer: Customer | None, number: int | None) -> str:
    found = access.saved_replies(agent).filter(pk=number or 0).first()
    return saved_replies.fill(found.text, customer or Customer(), agent) if found else ""
