"""The words both directions share: natures, proofs, statuses, addresses, files, cards and templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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


class CardKind(StrEnum):
    """What a card is: how it is drawn and which words it gets. Nothing else depends on it."""

    LOCATION = "location"
    CONTACT = "contact"
    CHOICE = "choice"
    QUESTION = "question"
    STORY = "story"
    POST = "post"
    ADVERT = "advert"
    ORDER = "order"
    TEMPLATE = "template"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something in a message that is neither its text nor a file: a place, a shared contact, a button they pressed, a story they
    answered, a post, an order; or (unsupported) something we cannot show, with `text` saying what the provider called it.

    lines: phones and addresses of a contact, options of a question, items of an order. latitude, longitude: degrees (WGS 84).
    """

    kind: CardKind
    title: str = ""
    text: str = ""
    url: str = ""
    lines: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None


class TemplateStatus(StrEnum):
    """Where the provider's review of a template stands. Only an approved one can be sent."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text the provider has approved for messages outside the reply window, as it stands there.

    external_id   the provider's id; unique on the channel
    body, header, footer   the texts with their places for values written {{name}} (or {{1}})
    header_media  "image", "video" or "document" if a file heads it, else ""
    buttons       the labels
    variables     the keys a sending needs a value for, in order: "name" (body), "header:name", "button:0" (end of that button's link)
    reason        why it was rejected or paused, as a sentence
    """

    external_id: str
    name: str
    language: str
    body: str
    status: TemplateStatus = TemplateStatus.APPROVED
    category: str = ""
    header: str = ""
    header_media: str = ""
    footer: str = ""
    buttons: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    reason: str = ""

    def filled(self, values: Mapping[str, str]) -> str:
        """The text as the customer will read it: header, body and footer with the values in their places."""
        head, body = self.header, self.body
        for key, value in values.items():
            place, _, name = key.rpartition(":")
            written = "{{" + name + "}}"
            if place == "header":
                head = head.replace(written, value)
            elif not place:
                body = body.replace(written, value)
        return "\n\n".join(part for part in (head, body, self.footer) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template with the values for one sending, by the keys of `Template.variables`. A heading file is the message's first file."""

    template: Template
    values: Mapping[str, str] = field(default_factory=dict)
