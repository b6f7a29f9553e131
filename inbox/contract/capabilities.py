"""What a channel can do, and the one sentence why something cannot go on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from inbox.contract.outgoing import OutboundMessage
from inbox.contract.values import File


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
    edits, deletes, reactions   theirs reach us; own_…: ours reach them. own_edit_window, own_delete_window: for so long, None = always
    reply_window    how long after their message we may write freely; None = always. The stored moment decides (InboundMessage.reply_until)
    late_window     how long after their message a person may still answer, marked as such; None = not at all
    templates       outside the window, an approved template goes
    quotes          an answer can quote one bubble          choices   so many buttons can be offered with a message
    own_public_edits, own_public_deletes   our answers in a public thread can be changed or taken back, whatever holds for other messages
    names           the provider can be asked what somebody is called (Connector.name_of)
    groups, public  it has group threads / public comments   hides, private_replies   what can be done with a public comment
    marks_read      we can tell them that we have read       notices   it can carry notices to colleagues (Connector.notify)
    most_per_second, gap   the provider's limits: messages a second on the whole channel (0 = none stated), time between two to one address
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
    own_edits: bool = False
    own_deletes: bool = False
    own_reactions: bool = False
    own_public_edits: bool = False
    own_public_deletes: bool = False
    names: bool = False
    own_edit_window: timedelta | None = None
    own_delete_window: timedelta | None = None
    quotes: bool = False
    choices: int = 0
    groups: bool = False
    public: bool = False
    hides: bool = False
    private_replies: bool = False
    marks_read: bool = False
    notices: bool = False
    reply_window: timedelta | None = None
    late_window: timedelta | None = None
    templates: bool = False
    most_per_second: int = 0
    gap: timedelta = timedelta()
    can_start: bool = True
    polls: bool = False
    live: bool = False
    carries_unread: bool = False
    segments: str = ""
    undo_delay: timedelta = timedelta(seconds=2)

    @property
    def begins_freely(self) -> bool:
        """Whether we can write to somebody who has never written there, and as we like."""
        return self.can_start and not self.live and self.reply_window is None

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
        if message.template is not None and not self.templates:
            return "This channel has no templates. Write the message instead."
        if len(message.choices) > self.choices:
            return (
                f"This channel carries at most {self.choices} buttons."
                if self.choices
                else "This channel has no buttons."
            )
        if message.private and not self.private_replies:
            return "This channel has no private answer to a public comment."
        return self.files.refuse(message.files)
