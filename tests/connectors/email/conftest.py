"""A real Dovecot for the whole run, a real SMTP server for each test, and channels between them."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from connectors.email.connector import EmailConnector
from connectors.email.settings import Settings
from inbox.contract import Address, ChannelInfo, OutboundMessage, Polled, Request
from tests.standins import dovecot, smtp
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer

_numbers = itertools.count(1)

Connect = Callable[..., EmailConnector]


@pytest.fixture(scope="session")
def mailboxes() -> Iterator[Dovecot]:
    with dovecot.running() as server:
        yield server


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    """The SMTP server our mail leaves by."""
    with smtp.running() as server:
        yield server


@pytest.fixture
def help_address() -> str:
    """A mailbox nobody has used before."""
    return f"help-{next(_numbers)}@shop.example"


@pytest.fixture
def connect(mailboxes: Dovecot, post_office: MailServer, help_address: str) -> Iterator[Connect]:
    """Channels on the two servers; what is given goes over the usual settings."""
    made: list[EmailConnector] = []

    def build(*, public_url: str = "https://inbox.shop.example", **settings: Any) -> EmailConnector:
        usual = {
            "address": help_address,
            "brand": "Shop",
            "imap_host": "127.0.0.1",
            "imap_port": mailboxes.imap,
            "imap_security": "none",
            "imap_password": dovecot.PASSWORD,
            "smtp_host": "127.0.0.1",
            "smtp_port": post_office.port,
            "smtp_security": "none",
            "smtp_user": smtp.USER,
            "smtp_password": smtp.PASSWORD,
            "timeout_seconds": 5,
        }
        info = ChannelInfo(id=1, public_id="channel", name="Help", public_url=public_url)
        made.append(EmailConnector(Settings(**{**usual, **settings}), info))
        return made[-1]

    yield build
    for connector in made:
        connector.close()


@dataclasses.dataclass
class Desk:
    """What the product does with a channel: stores what is polled with its cursor, and nothing twice."""

    connector: EmailConnector
    cursor: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    receipts: dict[str, Request] = dataclasses.field(default_factory=dict)

    def store(self, polled: Polled) -> None:
        self.receipts.setdefault(polled.key, polled.request)
        self.cursor = polled.cursor

    def poll(self) -> list[Request]:
        """The mails that came in by this poll."""
        before = len(self.receipts)
        for polled in self.connector.poll(self.cursor):
            self.store(polled)
        return [
            request
            for request in list(self.receipts.values())[before:]
            if not request.header("x-watching-from")
        ]

    @property
    def mails(self) -> list[Request]:
        return [request for request in self.receipts.values() if not request.header("x-watching-from")]


@pytest.fixture
def desk(connect: Connect) -> Desk:
    """A desk that has just begun to read its mailbox."""
    made = Desk(connect())
    made.poll()
    return made


def mail(body: str = "Where is my parcel?", **headers: str) -> bytes:
    """A plain mail of Ana's; a header given as "" is left out."""
    usual = {
        "From": "Ana Kovač <ana@customer.example>".encode().decode(),
        "To": "help@shop.example",
        "Subject": "Parcel",
        "Date": "Mon, 02 Mar 2026 10:00:00 +0100",
        "Message-ID": f"<m{next(_numbers)}@customer.example>",
    }
    wanted = {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}
    message = EmailMessage(policy=policy.SMTP)
    for name, value in wanted.items():
        if value:
            message[name] = value
    message.set_content(body)
    return message.as_bytes()


def polled(raw: bytes, **headers: str) -> Request:
    """A request as the mailbox gives it for a mail in INBOX."""
    usual = {
        "x-folder": "INBOX",
        "x-role": "inbox",
        "x-uid": "7",
        "x-internaldate": "2026-03-02T09:30:00+00:00",
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        body=raw,
        headers={**usual, **given},
        method="POLL",
        received_at=datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC),
    )


def outbound(**values: Any) -> OutboundMessage:
    """Sam's answer to Ana."""
    usual = {
        "key": "delivery-1",
        "public_id": "aaaaaaaaaaaaaaaaaaaaaa",
        "to": Address(space="email", value="ana@customer.example", name="Ana"),
        "text": "It left this morning.",
        "html": "<p>It left this morning.</p>",
        "subject": "Re: Parcel",
        "author_name": "Sam",
        "reference_id": "<aaaaaaaaaaaaaaaaaaaaaa.0123456789ab@shop.example>",
        "reply_token": "abcdefgh234567abcdefgh234567abcd",
    }
    return OutboundMessage(**{**usual, **values})


def read_back(raw: bytes) -> EmailMessage:
    """The mail as a mail program reads it."""
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found
