"""Tells the story: every step goes through the same actions as real life, only with the clock set back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from django.utils import timezone
from PIL import Image, ImageDraw

from config.demo.cast import Cast
from config.demo.doings import DOINGS, SITE, Doing
from config.demo.story import PEOPLE, Person, Step
from inbox import registry
from inbox.actions import (
    conversations,
    customers,
    deliver,
    encounters,
    identify,
    proving,
    reply,
    status,
    touchpoints,
)
from inbox.actions.composing import Composition
from inbox.actions.encounters import Noted
from inbox.actions.receive import Inbound, receive
from inbox.contract import Accepted, Address, File, InboundMessage, Nature, Proof, Reaction, Status
from inbox.models import Agent, Channel, Delivery, Message
from inbox.models.conversations import Priority
from inbox.signing import make_reply_token

_DYES = {"rust": (168, 84, 52), "moss": (92, 110, 66)}


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """The actions ask timezone.now(); only here, where a past is made up, does it answer something else."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


class Telling:
    """One run over all people, oldest step first."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.now = timezone.now()
        self.last: dict[str, Message] = {}
        self.said: dict[tuple[str, int], str] = {}
        self.number = 0

    def run(self) -> None:
        for person in PEOPLE:
            with clock_at(self.now - timedelta(minutes=max(step.ago for step in person.steps), days=20)):
                self._introduce(person)
        steps = [(step, person) for person in PEOPLE for step in person.steps]
        for step, person in sorted(steps, key=lambda pair: -pair[0].ago):
            with clock_at(self.now - timedelta(minutes=step.ago)):
                getattr(self, f"_{step.what}")(person, step)
        for person in PEOPLE:
            self._did(person)
            self._promise(person)
            self._typed(person)

    def _typed(self, person: Person) -> None:
        """An address typed in the chat is a claim: it joins nothing, and is suggested to an agent."""
        message = self.last[person.name]
        if person.typed and message.identity is not None:
            author = Address(space=message.identity.space, value=message.identity.value)
            proving.attest(author=author, claims=[Address(space="email", value=person.typed)])

    def _promise(self, person: Person) -> None:
        """What comes next in the person's matter, and until when somebody promised it."""
        if person.next_step:
            conversations.describe(
                agent=self.cast.agents["sam"],
                conversation_id=self.last[person.name].conversation_id,
                next_step=person.next_step,
                promised_at=self.now + timedelta(minutes=person.promised_in),
            )

    def _did(self, person: Person) -> None:
        """What they did elsewhere, as the shop's systems tell it of a customer they know."""
        if person.name in DOINGS:
            customer_id = self.last[person.name].customer_id
            touchpoints.record([self._told(customer_id, doing) for doing in DOINGS[person.name]])

    def _told(self, customer_id: int, doing: Doing) -> touchpoints.Told:
        self.number += 1
        return touchpoints.Told(
            kind=doing.kind,
            source=doing.source,
            external_id=f"demo-{self.number}",
            occurred_at=self.now - timedelta(minutes=doing.ago),
            reference=doing.reference,
            title=doing.title,
            url=f"{SITE}/{doing.page}" if doing.page else "",
            value=Decimal(doing.pounds) if doing.pounds else None,
            currency="GBP" if doing.pounds else "",
            data=dict(doing.data),
            customer_id=customer_id,
        )

    def _introduce(self, person: Person) -> None:
        """What the shop knew before anybody wrote: the addresses on the order form, proven by the first order."""
        addresses = [
            self._address(person, channel)
            for (desk, way), channel in self.cast.ways.items()
            if desk == person.desk and self._knows(person, way)
        ]
        usable = [address for address in addresses if address.value and not address.value.endswith("/")]
        if not usable:
            return
        first, *others = usable
        proving.attest(author=first, proofs=others, name=person.name, how="order")
        known = identify.find(first)
        if known is None:
            return
        identify.verify([known.id], how="order")
        customers.edit(
            agent=self.cast.agents["admin"],
            customer_id=known.customer_id,
            vip=person.vip,
            about=person.about,
            company=person.company,
            language=person.language,
            time_zone=person.time_zone,
        )

    def _knows(self, person: Person, way: str) -> bool:
        """Whether the shop knew them on this channel before: by mail and phone, by an account on the website, or as the story goes."""
        if way == "chat":
            return person.chat.startswith("user:")
        return way in ("mail", "text") or any(step.way == way for step in person.steps)

    def _name_matter(self, person: Person, step: Step, message: Message) -> None:
        """The title, tags and team of the story belong to the person's last matter, from its first message on."""
        if message.conversation.quiet or step.ago != _opening_of_last_matter(person):
            return
        kim = self.cast.agents["kim"]
        if person.title:
            conversations.describe(agent=kim, conversation_id=message.conversation_id, title=person.title)
        tags = [conversations.tag_named(name) for name in person.tags]
        conversations.tag(agent=kim, conversation_ids=[message.conversation_id], add=tags)
        team = self.cast.teams.get(person.team)
        conversations.assign(agent=kim, conversation_ids=[message.conversation_id], assignee=None, team=team)

    # ------------------------------------------------------------ steps

    def _says(self, person: Person, step: Step, nature: Nature = Nature.PERSON) -> None:
        self.number += 1
        channel = self.cast.ways.get((person.desk, step.way))
        if channel is None:
            return
        at = timezone.now()
        author = self._address(person, channel)
        files = tuple(_photo(dye) for dye in step.picture.split())
        event = InboundMessage(
            event_key=f"demo-{self.number}",
            external_id=f"<demo-{self.number}@northwool.example>",
            cards=(step.card,) if step.card else (),
            in_reply_to=self._quoted(person, step),
            thread_key="post-of-the-demo" if step.public else "",
            public=step.public,
            author=author,
            to=(Address(space=author.space, value=channel.address),) if step.way == "mail" else (),
            occurred_at=at,
            subject=step.subject,
            text=step.text,
            nature=nature,
            proof=Proof.PROVEN,
            files=files,
            reply_tokens=self._token(person) if nature == Nature.AUTO else (),
        )
        (outcome,) = receive([Inbound(channel=channel, event=event, received_at=at)])
        if nature != Nature.AUTO:
            found = Message.objects.select_related("conversation", "channel", "identity")
            self.last[person.name] = found.get(pk=outcome.message_id or 0)
            self.said[person.name, step.ago] = self.last[person.name].external_id or ""
            self._name_matter(person, step, self.last[person.name])

    def _quoted(self, person: Person, step: Step) -> str:
        """The provider's id of the message this one answers."""
        return self.said[person.name, step.quotes] if step.quotes else ""

    def _token(self, person: Person) -> tuple[str, ...]:
        """An automatic reply goes to the signed address our mail came from."""
        before = self.last[person.name]
        return (make_reply_token(before.conversation_id, before.identity_id or 0),)

    def _bulk(self, person: Person, step: Step) -> None:
        self._says(person, step, Nature.BULK)

    def _away(self, person: Person, step: Step) -> None:
        self._says(person, step, Nature.AUTO)

    def _answers(self, person: Person, step: Step) -> None:
        before = self.last[person.name]
        agent = self.cast.agents[step.by]
        if before.channel is None or before.identity is None:
            raise ValueError("The story answers something that nobody said.")
        message = reply.reply(
            agent=agent,
            conversation_id=before.conversation_id,
            composition=Composition(channel=before.channel, identity=before.identity, text=step.text),
            client_key=f"demo-{step.ago}-{before.pk}",
        )
        self._deliver(message, read=step.read)
        message.refresh_from_db()
        self.said[person.name, step.ago] = message.external_id or ""
        if step.react:
            self._reacts(message, step.react)

    def _reacts(self, message: Message, emoji: str) -> None:
        if message.channel is None or message.identity is None:
            return
        author = Address(space=message.identity.space, value=message.identity.value)
        event = Reaction(
            event_key=f"demo-reaction-{message.pk}",
            external_id=message.external_id or "",
            author=author,
            emoji=emoji,
        )
        receive([Inbound(channel=message.channel, event=event, received_at=timezone.now())])

    def _deliver(self, message: Message, *, read: bool) -> None:
        """What the engine and the provider would have done meanwhile."""
        delivery = Delivery.objects.select_related("channel").get(message=message)
        connector = registry.connector_for(delivery.channel)
        with clock_at(timezone.now() + timedelta(minutes=1)):
            deliver.claim(limit=50)
            deliver.set_references({message.pk: connector.reference_for(message.public_id)})
            result = Accepted(external_id=f"demo-out-{message.pk}")
            deliver.settle(delivery.pk, status=result.status, external_id=result.external_id)
            for further in ("delivered", "read"):
                if further in connector.capabilities.receipts and (read or further == "delivered"):
                    deliver.settle(delivery.pk, status=Status(further))

    def _notes(self, person: Person, step: Step) -> None:
        mentioned = [
            agent
            for key, agent in self.cast.agents.items()
            if f"@{agent.name.split()[0]}" in step.text and key
        ]
        reply.note(
            agent=self.cast.agents[step.by],
            conversation_id=self.last[person.name].conversation_id,
            text=step.text,
            client_key=f"demo-note-{step.ago}",
            mentions=mentioned,
        )

    def _meets(self, person: Person, step: Step) -> None:
        place = self.cast.shops.get(step.place)
        noted = Noted(kind=step.way, subject=step.subject, text=step.text, outcome=step.outcome, place=place)
        encounters.note_encounter(
            agent=self._agent(step),
            who=self.last[person.name].customer_id,
            noted=noted,
            client_key=f"demo-met-{step.ago}",
            desk=self.cast.desks[person.desk],
        )

    def _resolves(self, person: Person, step: Step) -> None:
        status.resolve(agent=self._agent(step), conversation_ids=[self.last[person.name].conversation_id])

    def _snoozes(self, person: Person, step: Step) -> None:
        until = self.now + timedelta(days=2)
        status.snooze(
            agent=self._agent(step), conversation_ids=[self.last[person.name].conversation_id], until=until
        )

    def _prioritises(self, person: Person, step: Step) -> None:
        ids = [self.last[person.name].conversation_id]
        conversations.prioritise(agent=self._agent(step), conversation_ids=ids, priority=Priority.URGENT)

    def _assigns(self, person: Person, step: Step) -> None:
        ids = [self.last[person.name].conversation_id]
        conversations.assign(
            agent=self._agent(step), conversation_ids=ids, assignee=self._agent(step), team=None
        )

    def _agent(self, step: Step) -> Agent:
        return self.cast.agents[step.by]

    # ------------------------------------------------------------ who

    def _address(self, person: Person, channel: Channel) -> Address:
        connector = registry.connector_class(channel.kind)
        if connector.capabilities.live:
            return Address(
                space=connector.space, value=f"{channel.public_id}/{person.chat}", name=person.name
            )
        if connector.capabilities.subject:
            return Address(space=connector.space, value=person.mail, name=person.name)
        if connector.reaches("phone"):
            return Address(space="phone", value=person.phone, name=person.name)
        own = person.name.lower().replace(" ", "-")
        return Address(space=connector.space, value=f"{channel.scope}{own}", name=person.name)


def _opening_of_last_matter(person: Person) -> int:
    """How long ago the first message of the person's last matter was: the first one after all but the closing resolutions."""
    talk = [step.ago for step in person.steps if step.what == "says" and not step.public]
    closed = [step.ago for step in person.steps if step.what == "resolves" and step.ago > min(talk)]
    return max(ago for ago in talk if not closed or ago < min(closed))


def _photo(dye: str) -> File:
    """A knitted swatch, drawn here so that no picture is anybody's."""
    colour = _DYES.get(dye, _DYES["moss"])
    image = Image.new("RGB", (720, 480), colour)
    pen = ImageDraw.Draw(image)
    light, dark = tuple(min(255, part + 28) for part in colour), tuple(max(0, part - 30) for part in colour)
    for y in range(0, 480, 20):
        for x in range(0, 720, 24):
            pen.line([(x, y), (x + 12, y + 18)], fill=light, width=7)
            pen.line([(x + 24, y), (x + 12, y + 18)], fill=dark, width=7)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return File(name="shade.png", content_type="image/png", content=content.getvalue(), inline=False)
