"""The connector contract: the values and the one abstract class every channel speaks. Standard library only.

What is not here: storing, routing, the ORM (inbox/actions), HTTP (connectors/hooks.py) and the registry (inbox/registry.py).
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar


class Nature(StrEnum):
    """Who wrote a message: a person, an automatic reply, a bulk mailing, or spam. Only a person's opens or wakes a matter."""

    PERSON = "person"
    AUTO = "auto"
    BULK = "bulk"
    SPAM = "spam"


class Proof(StrEnum):
    """How sure we are that the author holds the address: proven (signature, DKIM, token), unproven, or failed a check."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    FAILED = "failed"


class Status(StrEnum):
    """Where the sending of one outbound message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


# ---------------------------------------------------------------- errors


class ContractError(Exception):
    """Base of all errors a connector raises on purpose. `reason` is one plain sentence an agent or admin can act on."""

    def __init__(self, reason: str = "", *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class BadSignature(ContractError):
    """The request is not from the provider: answered 403, counted, shown to the admin, never parsed."""


class BadPayload(ContractError):
    """The request is authentic but cannot be read: the receipt is tried again and parked with this reason."""


class TemporaryFailure(ContractError):
    """The provider did not take it now (rate limit, 5xx, no connection made): tried again after `retry_after` or by back-off."""

    def __init__(self, reason: str = "", *, code: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(reason, code=code)
        self.retry_after = retry_after


class PermanentFailure(ContractError):
    """The provider will never take it. `opted_out` marks the address as having refused this kind of message."""

    def __init__(
        self, reason: str = "", *, code: str = "", opted_out: bool = False, undeliverable: bool = False
    ) -> None:
        super().__init__(reason, code=code)
        self.opted_out = opted_out
        self.undeliverable = undeliverable


class ChannelBroken(ContractError):
    """Our credentials no longer work (401, revoked token): the channel is stopped with this reason, the message stays queued."""


class OutcomeUnknown(ContractError):
    """The provider may or may not have taken it (time-out after the request left): shown to the agent, never resent blindly."""


# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address in one space: ("email", "ana@x.example"), ("phone", "+442079460000"). `value` is already normalised."""

    space: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: `content` when its bytes are here, else `url`, a provider's reference that `Connector.fetch` can turn into bytes.

    `content_id` is set when HTML refers to it by cid: (RFC 2392). `id` is ours, outbound only.
    """

    name: str
    content_type: str = "application/octet-stream"
    content: bytes | None = field(default=None, repr=False)
    url: str = ""
    size: int | None = None
    content_id: str = ""
    inline: bool = False


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
    thread_key    the provider's own thread (group, public post, Slack thread): one conversation of its own
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
    thread_key: str = ""
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


# ---------------------------------------------------------------- requests and answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A raw inbound request or fetched mail, as stored in a receipt. `headers` keys are lower case; `url` is the public one."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"
    url: str = ""
    received_at: datetime

    def header(self, name: str) -> str:
        """The header's value, or "" if absent."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a hook answers. Default: 200 with an empty body.

    even_unstored: given although the request could not be stored, instead of 503 (somebody is on the line).
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    even_unstored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """One message to send. `key` is stable over retries: use it as the provider's idempotency key where there is one.

    reference_id is what `Connector.reference_for(public_id)` gave (a mail's Message-ID); reply_token goes into the reply address.
    unsubscribe_url is set on what is no answer of a person: a page of ours that ends such messages, at once by POST (RFC 8058).
    """

    key: str
    public_id: str
    to: Address
    text: str
    html: str = ""
    subject: str = ""
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    files: tuple[File, ...] = ()
    reference_id: str = ""
    references: tuple[str, ...] = ()
    reply_token: str = ""
    author_name: str = ""
    nature: Nature = Nature.PERSON
    quoted_text: str = ""
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took the message. `external_id` is the id its later updates will name."""

    external_id: str
    status: Status = Status.SENT
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One item fetched by `poll`: stored as a receipt in the same transaction that moves the channel's cursor to `cursor`.

    `key` is unique per channel for ever (mail: folder/UIDVALIDITY/UID), so that a crash between fetch and commit doubles nothing.
    """

    key: str
    request: Request
    cursor: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The result of `check`: what was tried, in plain lines, and the day a credential ends if known."""

    ok: bool
    lines: tuple[str, ...] = ()
    expires_at: datetime | None = None


# ---------------------------------------------------------------- capabilities and settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRules:
    """Which files a channel carries: content types as prefixes ("image/"; empty = any), bytes each and together, count."""

    types: tuple[str, ...] = ()
    max_bytes: int = 0
    total_bytes: int = 0
    max_count: int = 0

    def refuse(self, files: Iterable[File]) -> str:
        """One sentence why these files cannot go, or "" if they can."""
        listed = list(files)
        if not listed:
            return ""
        if not self.max_count:
            return "This channel cannot carry files. Send a link, or choose another channel."
        if len(listed) > self.max_count:
            return f"This channel carries at most {self.max_count} files in one message."
        for file in listed:
            size = file.size if file.size is not None else len(file.content or b"")
            if self.max_bytes and size > self.max_bytes:
                return f"“{file.name}” is larger than {self.max_bytes // 1_000_000} MB, the most this channel carries."
            if self.types and not file.content_type.startswith(self.types):
                return f"“{file.name}” is of a type this channel does not carry."
        total = sum(f.size if f.size is not None else len(f.content or b"") for f in listed)
        if self.total_bytes and total > self.total_bytes:
            return f"The files are larger than {self.total_bytes // 1_000_000} MB together, the most this channel carries."
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do. The composer, the checks before sending and docs/channels.md all read this one object.

    live      somebody may be waiting at the other end right now (chat)
    carries_unread  suited to bring unread live messages to somebody who left (mail)
    segments  "gsm7" when text is billed in SMS segments (3GPP TS 23.038), else ""
    """

    text_limit: int = 0
    formats: tuple[str, ...] = ("plain",)
    subject: bool = False
    cc: bool = False
    files: FileRules = FileRules()
    receipts: tuple[str, ...] = ()
    typing: bool = False
    edits: bool = False
    deletes: bool = False
    reactions: bool = False
    reply_window: timedelta | None = None
    templates: bool = False
    can_start: bool = True
    polls: bool = False
    live: bool = False
    carries_unread: bool = False
    segments: str = ""
    undo_delay: timedelta = timedelta(seconds=2)

    def refuse(self, message: OutboundMessage) -> str:
        """One sentence why this message cannot go on this channel, or "" if it can. Asked by composer, action and sender alike."""
        if not message.text.strip() and not message.files:
            return "The message is empty. Write something or add a file."
        if self.text_limit and len(message.text) > self.text_limit:
            return f"The text has {len(message.text)} characters; this channel carries {self.text_limit}. Shorten it."
        if (message.cc or message.bcc) and not self.cc:
            return "This channel has no Cc or Bcc. Remove the extra recipients."
        if message.subject and not self.subject:
            return "This channel has no subject line. Remove the subject."
        return self.files.refuse(message.files)


def setting(
    label: str,
    *,
    help: str = "",  # noqa: A002  # the word a settings form has for it
    secret: bool = False,
    default: Any = dataclasses.MISSING,
    kind: str = "text",
    choices: tuple[tuple[str, str], ...] = (),
    placeholder: str = "",
    group: str = "",
) -> Any:
    """A field of a connector's Settings. `kind`: text, number, boolean, lines (a list, one a line), multiline or choice.

    A secret is encrypted at rest, never shown again, and kept out of repr.
    """
    metadata = {
        "label": label,
        "help": help,
        "secret": secret,
        "kind": kind,
        "choices": choices,
        "placeholder": placeholder,
        "group": group,
    }
    return field(default=default, repr=not secret, metadata=metadata)


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

    kind is the folder's name; space the address space of the identities it meets.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    space: ClassVar[str]
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

    @property
    def address(self) -> str:
        """Our own address on this channel, as customers know it ("help@shop.example", "+44…"). Shown in the composer."""
        return self.channel.name

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

    def show_typing(self, to: Address, active: bool) -> None:
        """Tell the other side that an agent is typing. Only if capabilities.typing; failures are ignored."""
