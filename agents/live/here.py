"""Tells the watchers of a thread who else is in it and who is typing, as far as they may know. The notes: presence.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import translation

from agents.live import presence
from agents.live.lists import Viewer
from agents.live.offload import in_thread
from inbox import live
from inbox.models import Agent, Channel

if TYPE_CHECKING:
    from agents.live.hub import Hub
    from agents.live.lines import Line

STAFF_SECONDS = 60.0
GATHER_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague in a thread. `typing` is "reply", "note" or ""."""

    agent: Agent
    desk: int
    typing: str


class Crowd:
    """Who is in the watched threads of this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.known: dict[int, list[Person]] = {}
        self._staff: dict[int, Agent] = {}
        self._staff_read = 0.0
        self._asked: set[int] = set()
        self._in_turn = asyncio.Lock()
        self.hears = {
            presence.SIGNAL: self.hear,
            "doorbell.typing": self.hear_typing,
            "doorbell.viewing": self.hear_viewing,
        }

    def hear(self, message: dict[str, Any]) -> None:
        """The doorbell says that an agent came, went or typed. One who is new here makes us read the staff anew."""
        if message.get("agent") not in self._staff:
            self._staff_read = 0.0
        self.changed(message["customer"])

    def changed(self, customer_id: int) -> None:
        """Somebody came, went or typed. Read together what is rung at once."""
        if customer_id in self.hub.watchers and customer_id not in self._asked:
            self._asked.add(customer_id)
            self.hub.start(self._look(customer_id))

    def look_again(self) -> None:
        """Who has vanished without a word is noticed here."""
        for customer_id in list(self.known):
            if customer_id not in self.hub.watchers:
                del self.known[customer_id]
            elif len(self.known[customer_id]) > 1:
                self.changed(customer_id)

    async def _look(self, customer_id: int) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        self._asked.discard(customer_id)
        found = await in_thread(self._people, customer_id)
        if any(person.typing for person in found):
            loop = asyncio.get_running_loop()
            loop.call_later(presence.TYPING_SECONDS + 0.5, self.changed, customer_id)
        if self.known.get(customer_id) == found:
            return
        self.known[customer_id] = found
        for line in list(self.hub.watchers.get(customer_id, ())):
            await self._tell(line, customer_id, found)

    async def greet(self, line: Line) -> None:
        """Tell a line that has just come who is here already."""
        customer_id = line.customer
        if customer_id is None:
            return
        html = await in_thread(lambda: drawn(self._people(customer_id), line.viewer))
        line.tell({"t": "here", "customer": customer_id, "html": html})

    async def _tell(self, line: Line, customer_id: int, found: Sequence[Person]) -> None:
        html = await in_thread(drawn, found, line.viewer)
        line.tell({"t": "here", "customer": customer_id, "html": html})

    def _people(self, customer_id: int) -> list[Person]:
        if time.monotonic() - self._staff_read > STAFF_SECONDS:
            self._staff = {agent.pk: agent for agent in Agent.objects.filter(is_active=True)}
            self._staff_read = time.monotonic()
        return people(customer_id, self._staff)

    # ------------------------------------------------------------ the customer's typing

    def hear_typing(self, message: dict[str, Any]) -> None:
        """The doorbell says that somebody types. Agents are told of by presence, so only the customer is news here."""
        if message["customer"] in self.hub.watchers and not str(message["who"]).startswith("agent:"):
            self.hub.start(self._tell_typing(message))

    async def _tell_typing(self, message: dict[str, Any]) -> None:
        seconds = presence.TYPING_SECONDS if message["active"] else 0
        async with self._in_turn:
            desk = await in_thread(_desk_of, message.get("channel"))
            for line in self.hub.watchers.get(message["customer"], ()):
                if desk is None or desk in line.rights.desks:
                    line.tell({"t": "typing", "customer": message["customer"], "seconds": seconds})

    # ------------------------------------------------------------ the page the customer has in front of them

    def hear_viewing(self, message: dict[str, Any]) -> None:
        """The doorbell says that the customer looks at a page, or at none any more."""
        if message["customer"] in self.hub.watchers:
            self.hub.start(self._tell_viewing(message))

    async def _tell_viewing(self, message: dict[str, Any]) -> None:
        async with self._in_turn:
            desk = await in_thread(_desk_of, message["channel"])
            frame = viewing_frame(message["customer"], await in_thread(live.viewed, message["customer"]))
            for line in self.hub.watchers.get(message["customer"], ()):
                if desk in line.rights.desks:
                    line.tell(frame)


def viewing_frame(customer_id: int, page: live.Viewing | None) -> dict[str, Any]:
    """Says since when the page has been in view ("" for none): a page that shows another moment asks what it is."""
    return {"t": "viewing", "customer": customer_id, "since": page.since.isoformat() if page else ""}


def _desk_of(channel_id: int | None) -> int | None:
    if not channel_id:
        return None
    return Channel.objects.filter(pk=channel_id).values_list("desk_id", flat=True).first()


def people(customer_id: int, staff: Mapping[int, Agent]) -> list[Person]:
    """Who of the staff has the customer's thread open."""
    return [
        Person(staff[note["id"]], note["desk"], note["typing"]) for note in presence.here(customer_id, staff)
    ]


def drawn(found: Sequence[Person], viewer: Viewer) -> str:
    """Who else is here, as this viewer may know it."""
    others = [
        person for person in found if person.agent.pk != viewer.agent.pk and person.desk in viewer.desks
    ]
    with translation.override(viewer.language):
        return render_to_string("agents/_here.html", {"people": others}).strip()
