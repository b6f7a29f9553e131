"""E-mail: any IMAP mailbox in, any SMTP server out. What each part does is in the modules beside; README.md is for admins."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.email import (
    checking,
    composing,
    incoming,
    message_ids,
    people,
    reports,
    sent_copy,
    smtp,
    waiting,
)
from connectors.email.addressing import SPACE, OwnAddresses, as_identity
from connectors.email.line import Line
from connectors.email.mailbox import Mailbox
from connectors.email.reading import read
from connectors.email.settings import Settings as MailboxSettings
from inbox.contract import (
    Accepted,
    Address,
    BadSignature,
    Capabilities,
    Connector,
    FileRules,
    Health,
    Ignored,
    InboundEvent,
    OutboundMessage,
    Polled,
    Request,
    Status,
)

# What Gmail and Microsoft 365 take; base64 makes it a third larger on the way.
_FILES = FileRules(max_bytes=25_000_000, total_bytes=25_000_000, max_count=100)


class EmailConnector(Connector):
    kind = "email"
    label = "E-mail"
    space = SPACE
    capabilities = Capabilities(
        formats=("plain", "markdown", "html"),
        subject=True,
        cc=True,
        files=_FILES,
        receipts=("sent", "bounced"),
        can_start=True,
        polls=True,
        carries_unread=True,
        undo_delay=timedelta(seconds=10),
    )
    Settings = MailboxSettings
    settings: MailboxSettings

    def __init__(self, settings: Any, channel: Any) -> None:
        super().__init__(settings, channel)
        self._mailbox = Mailbox(Line(self.settings))
        self._closing = threading.Event()

    @classmethod
    def typed(cls, text: str, country: str) -> Address | None:
        return as_identity(text)

    @property
    def address(self) -> str:
        return self.own.main or self.settings.address

    @property
    def own(self) -> OwnAddresses:
        return OwnAddresses.of(self.settings.address, self.settings.aliases, self.settings.reply_address)

    @property
    def _house(self) -> str:
        """What all channels of this installation share, and no other has; "" where its address says nothing (localhost)."""
        url = self.channel.public_url
        return (
            hashlib.sha256(url.encode()).hexdigest()[:12]
            if url and "//localhost" not in url and "//127." not in url
            else ""
        )

    def _stamp(self, public_id: str) -> str:
        return f"{self._house or '-'} {self.own.main} {public_id}"

    # ------------------------------------------------------------ in

    def verify(self, request: Request) -> None:
        """Mail is fetched, never posted to us."""
        raise BadSignature("A mailbox takes nothing from outside; its mail is fetched.")

    def parse(self, request: Request) -> Iterable[InboundEvent]:
        """One fetched mail: a message, news about mails of ours, or nothing to do."""
        if request.header("x-watching-from"):
            where = f"{request.header('x-folder')} {request.header('x-watching-from')}"
            reason = f"Reading {request.header('x-folder')} from mail {request.header('x-watching-from')} on."
            return [Ignored(event_key=f"watch {where}", occurred_at=request.received_at, reason=reason)]
        parsed = read(request.body, trusted_authserv=self.settings.trusted_authserv.replace(",", " ").split())
        mail = incoming.Mail.of(request, parsed)
        about_ours = reports.news(
            parsed, key=mail.external_id, own=self.own, occurred_at=incoming.arrived(mail)
        )
        return about_ours or [incoming.event(mail, self._context)]

    @property
    def _context(self) -> people.Context:
        return people.Context(settings=self.settings, own=self.own, house=self._house)

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Polled]:
        """What came since the cursor, {folder: {"uidvalidity", "last_uid", …}}. Raises TemporaryFailure or ChannelBroken."""
        self._closing.clear()
        if self.settings.imap_host:
            yield from self._mailbox.poll(cursor)

    def backfill(self, cursor: Mapping[str, Any], days: int) -> Iterator[Polled]:
        """Mail of the `days` before the channel began, as history; what is here already comes again and changes nothing."""
        yield from self._mailbox.backfill(cursor, datetime.now(UTC) - timedelta(days=days))

    def wait(self, timeout: timedelta) -> bool:
        if not self.settings.imap_host:
            self._closing.wait(timeout.total_seconds())
            return False
        return waiting.wait(self._mailbox, self._closing, timeout.total_seconds())

    def close(self) -> None:
        """Ends a poll or wait in another thread, too."""
        self._closing.set()
        self._mailbox.line.drop()

    # ------------------------------------------------------------ out

    def reference_for(self, public_id: str) -> str:
        return message_ids.make(public_id, self.own.main)

    def send(self, message: OutboundMessage) -> Accepted:
        """Hand the mail to the SMTP server. A retry carries the same Message-ID. See Connector.send and smtp.py."""
        mail = composing.compose(message, self._sender(message.public_id))
        handed = smtp.send(self.settings, mail)
        said = [f"Not sent to {address}: {why}" for address, why in handed.refused.items()]
        if self.settings.append_sent and self.settings.sent_folder and self.settings.imap_host:
            said += sent_copy.keep(self.settings, mail.raw)
        return Accepted(
            external_id=message.reference_id or message.key, status=Status.SENT, detail=" ".join(said)
        )

    def _sender(self, public_id: str) -> composing.Sender:
        return composing.Sender(
            own=self.own,
            brand=self.settings.brand or self.channel.name,
            signature=self.settings.signature,
            stamp=self._stamp(public_id),
            reply_by_address=self.settings.plus_addresses,
        )

    def check(self) -> Health:
        """Logs in to both servers; nothing is sent, nothing changed."""
        started = time.monotonic()
        health = checking.check(self.settings, self.own)
        took = f"Took {time.monotonic() - started:.1f} seconds."
        return Health(ok=health.ok, lines=(*health.lines, took))
