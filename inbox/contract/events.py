"""What comes in: the events a connector makes of a request. Storing them is inbox/actions/receive.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inbox.contract.values import Address, Card, File, Nature, Proof, Status, TemplateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEvent:
    """What every event has. `event_key` is the provider's own key for this event: the same key twice is one event."""

    event_key: str
    occurred_at: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage(InboundEvent):
    """A message somebody sent us (or, `echo=True`, one our side sent from the provider's own app).

    to, cc        the other people it was addressed to, never our own addresses (an echo: whom our side wrote to)
    external_id   unique on this channel; for mail Message-ID plus a digest, since ids are reused and forged
    reference_id  what later messages will cite (Message-ID, provider's id); default: external_id
    references    reference ids this one cites, oldest first; believed only from a known participant
    reply_tokens  candidates for our signed reply address found among the recipients
    in_reply_to   external id of the one message this one quotes (the provider's reply id); it also says where this one belongs
    thread_key    the provider's own thread (group, public post, Slack thread): one conversation of its own
    public        everybody can read that thread (comments under a post): so is whatever we answer there
    album         several messages with the same album are one bubble with several files (Telegram's media_group_id)
    cards         what is neither text nor file: a place, a contact, a pressed button, something we cannot show
    reply_until   until when the provider lets us answer, if that is not occurred_at + Capabilities.reply_window
    reply_handle  what the provider wants back with the answer to exactly this message (LINE's reply token): kept, and never shown
    company       the company whose room this is (`group`), if the channel's settings say so
    customer      whom it is about when the author is a machine (form mailer, marketplace); `machine` without it: one matter per mail
    claims        addresses the author says are theirs (typed in a form): never proof
    proofs        addresses somebody we trust attests for this author (host site's JWT)
    text / html   what was newly written; full_text / full_html the whole with quoted history; html is already sanitised
    """

    external_id: str
    author: Address
    reference_id: str = ""
    kind: str = "text"
    nature: Nature = Nature.PERSON
    proof: Proof = Proof.UNPROVEN
    text: str = ""
    html: str = ""
    full_text: str = ""
    full_html: str = ""
    subject: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    files: tuple[File, ...] = ()
    references: tuple[str, ...] = ()
    reply_tokens: tuple[str, ...] = ()
    in_reply_to: str = ""
    thread_key: str = ""
    public: bool = False
    album: str = ""
    cards: tuple[Card, ...] = ()
    reply_until: datetime | None = None
    reply_handle: str = ""
    company: str = ""
    customer: Address | None = None
    machine: bool = False
    echo: bool = False
    group: bool = False
    historical: bool = False
    language: str = ""
    claims: tuple[Address, ...] = ()
    proofs: tuple[Address, ...] = ()
    notices: tuple[str, ...] = ()
    raw: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryUpdate(InboundEvent):
    """News about one of our messages, named by external_id or reference_id. `recipient` narrows it to one of several."""

    external_id: str
    status: Status
    code: str = ""
    reason: str = ""
    recipient: Address | None = None
    undeliverable: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpTo(InboundEvent):
    """The reader has seen everything we sent them on this channel up to `occurred_at`."""

    reader: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing(InboundEvent):
    """Somebody is typing (or stopped). Lives in the cache only."""

    author: Address
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(InboundEvent):
    """The author changed a message."""

    external_id: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(InboundEvent):
    """The author took a message back: the content goes, a tombstone stays."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(InboundEvent):
    """Somebody reacted to a message; an empty emoji takes the reaction away."""

    external_id: str
    author: Address
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(InboundEvent):
    """The address refused (STOP) or allowed again (START) what we send on this channel."""

    address: Address
    allowed: bool
    keyword: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(InboundEvent):
    """Somebody already known by `author` is now attested (`proofs`) or says (`claims`) to hold more addresses; `name` if given."""

    author: Address
    proofs: tuple[Address, ...] = ()
    claims: tuple[Address, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched(InboundEvent):
    """The author did something elsewhere: viewed a page, filled a cart, ordered. It stands in their thread and wakes nobody.

    kind, reference, title, url, currency, data   as inbox.models.story.Touchpoint says; value is a decimal number as text
    source  who says so: named by the connector, never by the author
    now     they have this page in front of them at this moment
    """

    author: Address
    kind: str
    source: str
    reference: str = ""
    title: str = ""
    url: str = ""
    value: str = ""
    currency: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored(InboundEvent):
    """Authentic, understood, and nothing to do; or a type we do not know: kept with the reason, never an error."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden(InboundEvent):
    """A public message was hidden from the public (or shown again), by us or in the provider's own app. Agents still see it."""

    external_id: str
    hidden: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged(InboundEvent):
    """The provider says that the person at `old` is now at `new` (a new number, a new user id): the thread goes on there, and `old`
    is nobody's until somebody writes from it."""

    old: Address
    new: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowChanged(InboundEvent):
    """Until when the provider lets us answer this address. News of it comes in any order: a
    later moment makes a window longer, never shorter; one not after `occurred_at` closes it until they write again."""

    address: Address
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChanged(InboundEvent):
    """The provider has reviewed or changed a template: the whole list is asked for anew (`Connector.templates`)."""

    external_id: str
    status: TemplateStatus | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentActed(InboundEvent):
    """A colleague pressed a button or wrote, with an explicit act, under a notice we put into the provider's app (Connector.notify).

    who      the colleague in the provider's app; `Connector.email_of` tells which account of ours that is. Who has none, or may not, does
             nothing
    act      one of Notice.acts, or "reply" and "note" with `text`; without it (and with `form_handle`) they want to write one
    subject  Notice.subject, given back unchanged; "" if the provider does not give it back here: then `notice` names the notice, and
             `Connector.subject_of` tells its subject
    answer_url   where the provider takes one line about how it went, "" if nowhere; the connector's `tell` is called with it
    form_handle  what the provider wants back, within seconds, to open a form to write in: `Connector.open_form` is called with this event
    """

    who: Address
    act: str
    subject: str = ""
    notice: str = ""
    text: str = ""
    answer_url: str = ""
    form_handle: str = ""
