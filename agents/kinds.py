"""The kinds of channels as they are offered to whoever adds one: in a few groups, by what they can do. No kind is named here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents import manual
from inbox import registry
from inbox.contract import Connector
from inbox.models import Channel


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind: its picture, what it is called, what it is, and what one needs for it ("" if its manual does not say)."""

    channel: Channel
    label: str
    summary: str
    needs: str


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that answer the same wish."""

    title: str | Promise
    text: str | Promise
    offers: list[Offer]


SITE = (_("On your website"), _("Visitors write, you answer while they look."))
FREE = (_("You may write first"), _("To anybody whose address you have."))
MESSENGERS = (
    _("Messengers"),
    _("Customers begin; you answer, and where the provider allows it you write first."),
)
OTHERS = (_("Your own systems"), _("Anything a program can send, and a way to try things out."))


def grouped() -> list[Group]:
    """All kinds, each in one group; empty groups are left out."""
    found: dict[tuple[Promise, Promise], list[Offer]] = {SITE: [], FREE: [], MESSENGERS: [], OTHERS: []}
    for kind, connector in registry.kinds().items():
        offer = Offer(Channel(kind=kind), connector.label, manual.summary(kind), manual.needs(kind))
        found[_group(connector)].append(offer)
    return [Group(title, text, offers) for (title, text), offers in found.items() if offers]


def _group(connector: type[Connector]) -> tuple[Promise, Promise]:
    can = connector.capabilities
    if can.live:
        return SITE
    people_type_its_addresses = any(
        "typed" in vars(base) for base in connector.__mro__ if base is not Connector
    )
    if people_type_its_addresses and can.begins_freely:
        return FREE
    # A provider with people of its own names them, has groups, or closes after a while; a program of ours does nothing of that.
    provider = connector.space != connector.kind or can.names or can.groups or can.reply_window
    return MESSENGERS if provider else OTHERS
