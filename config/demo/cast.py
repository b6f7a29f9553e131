"""Northwool's staff, desks, teams, shops, tags, saved replies and channels: what an admin would set up on the first morning."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from inbox import registry
from inbox.actions import channels, places, staff, tags
from inbox.contract import Capabilities
from inbox.models import Agent, Channel, Desk, Place, Team

_WORDS = (
    "fjord",
    "skerry",
    "merino",
    "tarn",
    "haar",
    "islay",
    "lofoten",
    "brae",
    "heather",
    "moss",
    "oat",
    "sea",
)
_AGENTS = (
    ("admin", "Alex Moore", "admin"),
    ("maya", "Maya Brandt", "manager"),
    ("sam", "Sam Okafor", "agent"),
    ("kim", "Kim Berg", "agent"),
    ("lena", "Lena Frost", "store"),
)
_TEAMS = (
    ("Orders", "teal", ("sam", "kim")),
    ("Billing", "amber", ("sam",)),
    ("VIP", "violet", ("kim", "maya")),
)
_PLACES = ("Northwool Leeds", "Northwool Edinburgh")
_TAGS = (
    ("exchange", "blue"),
    ("invoice", "amber"),
    ("stock", "teal"),
    ("click and collect", "teal"),
    ("delivery", "grey"),
    ("product", "grey"),
    ("wholesale", "violet"),
    ("return", "blue"),
    ("refund", "amber"),
    ("urgent", "red"),
)
_REPLIES = (
    ("Greeting", "hi", "Hi {{customer.first_name}}, thank you for writing to Northwool."),
    ("Where is my parcel", "parcel", "Hi {{customer.first_name}}, I have looked it up: your parcel is with the carrier and should be with you within two days."),
    ("Returns", "returns", "Hi {{customer.first_name}},\n\nyou can send anything back within 60 days, or bring it to any of our shops. The label is in the parcel."),
    ("Refund made", "refund", "Hi {{customer.first_name}}, the refund is on its way. Banks take three to five days to show it."),
    ("Goodbye", "bye", "All the best\n{{agent.name}}"),
)  # fmt: skip


@dataclass(slots=True)
class Cast:
    """Who and what the story refers to. `ways`: mail, text, chat and what else a connector's demo says, by desk name."""

    agents: dict[str, Agent]
    desks: dict[str, Desk]
    teams: dict[str, Team]
    shops: dict[str, Place]
    ways: dict[tuple[str, str], Channel]
    password: str


def assemble() -> Cast:
    """Set everything up through the same actions as the settings pages. Gives the one password all demo agents share."""
    password = "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(900) + 100}"
    agents = {
        key: staff.add_agent(
            actor=None, email=f"{key}@northwool.example", name=name, role=role, password=password
        )
        for key, name, role in _AGENTS
    }
    desks = {
        "Support": staff.save_desk(
            actor=None, desk=Desk.objects.filter(name="Support").first(), name="Support", restricted=False
        ),
        "People": staff.save_desk(
            actor=None, desk=None, name="People", restricted=True, members=[agents["maya"], agents["admin"]]
        ),
    }
    teams = {
        name: staff.save_team(
            actor=None,
            team=None,
            name=name,
            desk=desks["Support"],
            colour=colour,
            members=[agents[key] for key in members],
        )
        for name, colour, members in _TEAMS
    }
    for name, colour in _TAGS:
        tags.save(actor=agents["admin"], tag=None, name=name, colour=colour)
    for name, shortcut, text in _REPLIES:
        staff.save_reply(actor=None, saved=None, name=name, shortcut=shortcut, text=text)
    shops = {name: places.save(actor=None, place=None, name=name, desk=desks["Support"]) for name in _PLACES}
    return Cast(agents, desks, teams, shops, _channels(desks, teams), password)


def _channels(desks: Mapping[str, Desk], teams: Mapping[str, Team]) -> dict[tuple[str, str], Channel]:
    found: dict[tuple[str, str], Channel] = {}
    for kind, connector in registry.kinds().items():
        module = f"connectors.{kind}.demo"
        if find_spec(module) is None:
            continue
        demo = import_module(module)
        way = _way(connector.capabilities) or getattr(demo, "STORY", None)
        if way is None:
            continue
        for desk_name, name, values in _wanted(way, demo, connector.label):
            found[desk_name, way] = channels.add(
                actor=None,
                kind=kind,
                name=name,
                values=values,
                desk=desks[desk_name],
                team=teams["Orders"] if desk_name == "Support" else None,
                brand="Northwool",
            )
    return found


def pages() -> list[str]:
    """Where to play the customer, as lines to read, for channels whose pages are our own (demo.page of a connector)."""
    found = []
    for channel in Channel.objects.all():
        module = f"connectors.{channel.kind}.demo"
        page = getattr(import_module(module), "page", None) if find_spec(module) else None
        if page is not None:
            found.append(page(channel.public_id))
    return found


def _way(can: Capabilities) -> str | None:
    """What the story calls a channel that can do this; None for one the story does not use."""
    if can.live:
        return "chat"
    if can.subject:
        return "mail"
    return "text" if can.segments else None


def _wanted(way: str, demo: Any, label: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Desk, name and settings of the channels to make. A connector's demo.py knows its own settings."""
    if way == "mail":
        return [
            ("Support", "Help mailbox", demo.settings()),
            ("People", "Careers mailbox", demo.settings(local_part="careers")),
        ]
    name = {"chat": "northwool.example", "text": "Northwool by text"}.get(way, f"Northwool on {label}")
    return [("Support", name, demo.settings())]
