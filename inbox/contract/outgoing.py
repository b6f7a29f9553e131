"""What goes out: one message, and the provider's acceptance. Sending is inbox/sending.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inbox.contract.values import Address, File, Nature, Status, TemplateUse


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """One message to send. `key` is stable over retries: use it as the provider's idempotency key where there is one.

    reference_id is what `Connector.reference_for(public_id)` gave (a mail's Message-ID); reply_token goes into the reply address.
    unsubscribe_url is set on what is no answer of a person: a page of ours that ends such messages, at once by POST (RFC 8058).

    in_reply_to   external id on this channel of the one message it answers, if the agent answered one bubble, else ""
    thread_key    the provider's thread the conversation is tied to, else ""
    public        it will be read by everybody (an answer under a comment); `private` instead: to the author of the comment
                  `in_reply_to` alone, where the channel has that (Capabilities.private_replies)
    late          the reply window is over and only Capabilities.late_window allows it (a human agent's tag)
    template      outside the window: the approved template; `text` is what it will read like
    choices       labels of buttons offered with it, at most Capabilities.choices
    reply_handle  InboundMessage.reply_handle of their last message on this channel; it may have ended: try, then send without
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
    in_reply_to: str = ""
    thread_key: str = ""
    public: bool = False
    private: bool = False
    late: bool = False
    template: TemplateUse | None = None
    choices: tuple[str, ...] = ()
    reply_handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took the message. `external_id` is the id its later updates will name.

    also       further ids when it became several messages there (text and three pictures): their updates count for this one
    known_as   another address of the same person that the provider told us by accepting (after a private reply to a comment)
    """

    external_id: str
    status: Status = Status.SENT
    detail: str = ""
    also: tuple[str, ...] = ()
    known_as: Address | None = None


class GestureKind(StrEnum):
    """What an agent can do to a message that is already there."""

    REACT = "react"
    EDIT = "edit"
    DELETE = "delete"
    HIDE = "hide"
    SHOW = "show"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture:
    """Something an agent did to a message: put `emoji` on it ("" takes theirs away), edited it to `text` / `html`, took it back,
    hid it from the public or showed it again. The same gesture twice is one."""

    kind: GestureKind
    to: Address
    external_id: str
    also: tuple[str, ...] = ()
    thread_key: str = ""
    emoji: str = ""
    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line for colleagues in the provider's own app: somebody waits, is overdue, or asks for them.

    subject  opaque to the connector; given back with AgentActed      url  the thread, for whoever has an account
    acts     the buttons: name and label, e.g. ("assign", "Take it"); "reply" and "note" open a form to write in (AgentActed.form_handle)
    email  of the colleague it is for, "" for the whole team
    """

    key: str
    subject: str
    title: str
    text: str = ""
    url: str = ""
    email: str = ""
    acts: tuple[tuple[str, str], ...] = ()
