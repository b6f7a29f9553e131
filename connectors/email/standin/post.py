"""Everybody's mailboxes, in memory: what the stand-in's SMTP takes and what its IMAP and its page show."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from connectors.email.addressing import normalise

# Nobody has this mailbox, so that a failed sending can be looked at, too.
NOBODY = "nobody@"
MOST_BYTES = 35_000_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in a mailbox. `mine`: its owner wrote it on the page."""

    uid: int
    raw: bytes
    arrived: datetime
    mine: bool = False


@dataclass
class Post:
    """`accounts`: who may log in (address → password). Any other address has a mailbox as well, for the page."""

    accounts: dict[str, str]
    # RFC 9051 2.3.1.1: what was kept in memory is gone after a restart, so the numbers count anew.
    uidvalidity: int = field(default_factory=lambda: int(time.time()))
    boxes: dict[str, list[Letter]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, user: str, password: str) -> bool:
        known = self.accounts.get(normalise(user))
        return known is not None and known == password

    def letters(self, address: str) -> list[Letter]:
        """The mailbox of an address, oldest first; one with a plus part is the same."""
        with self.lock:
            return list(self.boxes.get(_box(address), ()))

    def deliver(self, raw: bytes, *, sender: str, recipient: str) -> bool:
        """Put a mail into a mailbox with the headers the last server adds. False if there is no such mailbox."""
        address = normalise(recipient)
        if not address or address.startswith(NOBODY):
            return False
        now = datetime.now(UTC)
        trace = (
            f"Return-Path: <{sender}>\r\nDelivered-To: {address}\r\n"
            f"Received: by stand-in.example for <{address}>; {format_datetime(now)}\r\n"
        )
        self._keep(_box(address), trace.encode() + raw, now)
        return True

    def keep_own(self, raw: bytes, *, owner: str) -> None:
        """The copy of what somebody wrote on the page."""
        self._keep(_box(owner), raw, datetime.now(UTC), mine=True)

    def _keep(self, box: str, raw: bytes, at: datetime, *, mine: bool = False) -> None:
        with self.lock:
            letters = self.boxes.setdefault(box, [])
            letters.append(Letter(len(letters) + 1, raw, at, mine))


def _box(address: str) -> str:
    local, _at, domain = normalise(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
