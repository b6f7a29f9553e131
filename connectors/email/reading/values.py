"""The values a mail is read into: frozen, without behaviour beyond small questions about themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Nature = Literal["person", "auto", "bulk"]
BounceKind = Literal["failed", "delayed", "delivered", "relayed", "expanded"]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address as written; `address` is "" where none could be made out."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Lower-case domain of the address, or ""."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is not the body itself: a file, a picture in the text, a forwarded mail, an invitation.

    `filename` is never empty and never a path; `content_id` is without angle brackets; `inline` says that
    the HTML refers to it or that the sender wanted it shown in place.
    """

    filename: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One recipient of a delivery report: RFC 3464 2.3. `status` is like "5.1.1", or "" if unknown."""

    address: str
    status: str
    action: BounceKind
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report about a mail that we sent (RFC 3464, or the plain-text forms of old servers)."""

    recipients: tuple[BouncedRecipient, ...]
    original_message_id: str | None
    original_headers: tuple[tuple[str, str], ...]

    @property
    def failed(self) -> bool:
        """Whether at least one recipient will never get the mail (a delay or a success is not that)."""
        return any(recipient.action == "failed" for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """A message disposition notification (RFC 8098): somebody's program opened or deleted our mail."""

    recipient: str
    disposition: str
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """One method of a trusted Authentication-Results header (RFC 8601 2.2), in lower case.

    `aligned`: `domain` is the From domain or a parent that may speak for it (stricter than RFC 7489 3.1).
    """

    method: str
    result: str
    domain: str
    aligned: bool


@dataclass(frozen=True, slots=True)
class Authentication:
    """What our own mail server found out about the sender; empty if it said nothing that we may trust."""

    results: tuple[AuthenticationResult, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether DMARC or an aligned DKIM signature proves the From domain. SPF alone never does."""
        proving = [result for result in self.results if result.aligned and result.result == "pass"]
        return any(result.method in ("dmarc", "dkim") for result in proving)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """One mail, ready to be stored: no NUL, no lone surrogate, HTML sanitised.

    Message ids stand without angle brackets; `references` holds all ids of References and In-Reply-To.

    `text` and `html` are the whole body, `text_new` and `html_new` what the sender newly wrote: without the
    quoted history (`text_quoted`) and without a clearly marked signature (`signature`). Where it is not
    certain what is quoted, nothing is left out and `has_quote` is False.
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str
    from_: Mailbox
    sender: Mailbox | None
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    delivered_to: tuple[str, ...]
    date: datetime | None
    text: str
    html: str
    text_new: str
    html_new: str
    text_quoted: str
    has_quote: bool
    signature: str
    attachments: tuple[Part, ...]
    auto: Nature
    bounce: Bounce | None
    read_receipt: ReadReceipt | None
    authentication: Authentication
    headers: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
