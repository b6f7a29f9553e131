"""The abstract class every channel speaks. Subclass it in connectors/<kind>/connector.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from inbox.contract.capabilities import Capabilities
from inbox.contract.errors import PermanentFailure
from inbox.contract.events import AgentActed, InboundEvent
from inbox.contract.outgoing import Accepted, Gesture, Notice, OutboundMessage
from inbox.contract.requests import Health, Polled, Request, Response
from inbox.contract.values import Address, File, Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """What a connector may know of the channel it serves, besides its settings."""

    id: int
    public_id: str
    name: str
    hook_url: str = ""
    public_url: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSettings:
    """For connectors without settings."""


class Connector(ABC):
    """One instance per channel. No ORM, no Django, synchronous. Subclass it in connectors/<kind>/connector.py.

    kind is the folder's name; space the address space of the identities it meets; also_spaces further ones it can write to
    (a phone number beside the provider's own user id).
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    space: ClassVar[str]
    also_spaces: ClassVar[tuple[str, ...]] = ()
    capabilities: ClassVar[Capabilities]
    Settings: ClassVar[type[Any]] = NoSettings

    def __init__(self, settings: Any, channel: ChannelInfo) -> None:
        self.settings = settings
        self.channel = channel

    @classmethod
    def typed(cls, text: str, country: str) -> Address | None:
        """The address a person typed, in its one spelling, or None if it is none of this space. `country` (ISO 3166-1 alpha-2)
        reads national numbers. Spaces whose addresses nobody types (a provider's ids) leave it at None."""
        return None

    @classmethod
    def reaches(cls, space: str) -> bool:
        """Whether it can write to addresses of this space."""
        return space == cls.space or space in cls.also_spaces

    @property
    def polling(self) -> bool:
        """Whether this channel, with these settings, is to be polled. Asked only if capabilities.polls."""
        return True

    @property
    def address(self) -> str:
        """Our own address on this channel, as customers know it ("help@shop.example", "+44…"). Shown in the composer."""
        return self.channel.name

    @property
    def scope(self) -> str:
        """With what the addresses of our space begin that this channel can write to ("<account id>/"): ids of one account mean nothing
        to another. "" if any will do. Kept with the channel when its settings are saved."""
        return ""

    @abstractmethod
    def verify(self, request: Request) -> None:
        """Raise BadSignature unless the provider signed these raw bytes. CPU only, constant time, clock = request.received_at."""

    @abstractmethod
    def parse(self, request: Request) -> Iterable[InboundEvent]:
        """Turn an authentic request into events. Raise BadPayload if it cannot be read. Unknown types become Ignored."""

    @abstractmethod
    def send(self, message: OutboundMessage) -> Accepted:
        """Send one message. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown; nothing else."""

    def reference_for(self, public_id: str) -> str:
        """The id replies to our message will cite, fixed before it leaves (a mail's Message-ID). "" if the provider decides."""
        return ""

    def answer(self, request: Request) -> Response | None:
        """The body the provider wants at once (handshake challenge, TwiML), or None for an empty 200. Called after verify."""
        return None

    def fetch(self, file: File) -> File:
        """The same file with its bytes. Raises TemporaryFailure or PermanentFailure. Only for connectors that give urls."""
        raise PermanentFailure("This channel has no files to fetch.")

    def poll(self, cursor: Mapping[str, Any]) -> Iterable[Polled]:
        """What has come since `cursor` ({} the first time), oldest first. Only if capabilities.polls."""
        return ()

    def wait(self, timeout: timedelta) -> bool:
        """Block until something may have come (IMAP IDLE) or `timeout` is over; True if there may be news. Default: no waiting."""
        return True

    def close(self) -> None:
        """Give back what poll and wait hold open."""

    def check(self) -> Health:
        """Really connect and say what works. Slow; called by the settings page and once a day."""
        return Health(ok=True)

    def snippet(self) -> str:
        """What a website's owner pastes into their pages to have this channel on them. "" for channels that need nothing there."""
        return ""

    def continue_url(self, secret: str) -> str:
        """A page of this channel on which whoever opens it goes on with their thread; "" if it has none. The secret stands behind
        "#": browsers send that to nobody."""
        return ""

    def show_typing(self, to: Address, active: bool, *, last: str = "") -> None:
        """Tell the other side that an agent is typing. Only if capabilities.typing; failures are ignored. `last`: external id of
        their latest message on this channel, which some providers want to be told."""

    def mark_read(self, to: Address, external_id: str) -> None:
        """Tell the other side that we have read up to this message of theirs. Only if capabilities.marks_read; failures are ignored."""

    def perform(self, gesture: Gesture) -> None:
        """Do to a message what an agent did. Only what the own_… capabilities, `hides` allow. Raises like `send`; a message that is
        gone already is no error for DELETE."""
        raise PermanentFailure("This channel cannot do that.")

    def name_of(self, who: Address) -> str:
        """What the provider calls this person, "" if it does not tell. Only if capabilities.names: asked once for an address that came
        without a name. Raises like `send`."""
        return ""

    def templates(self) -> Iterable[Template]:
        """All templates of this channel as the provider has them now. Only if capabilities.templates. Raises like `send`."""
        return ()

    @property
    def notifies(self) -> bool:
        """Whether these settings name a place where the team shall get notices. Asked only if capabilities.notices."""
        return False

    def notify(self, notice: Notice) -> None:
        """Put a notice for colleagues into the provider's app. Only if capabilities.notices. Raises like `send`."""
        raise PermanentFailure("This channel carries no notices.")

    def tell(self, answer_url: str, text: str) -> None:
        """One line to the colleague whose AgentActed named this answer_url. Raises like `send`."""

    def email_of(self, who: Address) -> str:
        """The mail address the provider attests for a colleague (AgentActed.who); "" for anybody of another company, a machine, or
        whoever has none. Only if capabilities.notices. Raises like `send`."""
        return ""

    def subject_of(self, notice: str) -> str:
        """Notice.subject of the notice an AgentActed names only by `notice`; "" if it is none of ours: then it is nothing to us. Raises
        like `send`."""
        return ""

    def open_form(self, acted: AgentActed, *, title: str, text: str = "") -> None:
        """Let the colleague write a "reply" or a "note": what they write comes back as another AgentActed with `text`. `title` names the
        customer, `text` is what they answer to. Only for events with a form_handle, and within seconds. Raises like `send`."""
        raise PermanentFailure("This channel has no forms.")
