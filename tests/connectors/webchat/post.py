"""The post: a mailbox of the shop's own desk behind a real SMTP server, and what people find in their letters."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.policy import default as modern

import pytest

from inbox.actions import codes
from inbox.models import Channel, ProofCode
from tests import factories
from tests.standins import smtp
from tests.standins.smtp import MailServer


def mailbox(port: int) -> Channel:
    """A mail channel of the Support desk that sends by the SMTP server at this port."""
    settings = {
        "address": "help@shop.example",
        "imap_host": "127.0.0.1",
        "imap_password": smtp.PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_password": smtp.PASSWORD,
    }
    return factories.channel("email", name="Mail", address="help@shop.example", settings=settings)


@pytest.fixture
def office(transactional_db: None) -> Iterator[MailServer]:
    """The running SMTP server, with the shop's mailbox set up on it."""
    with smtp.running() as server:
        mailbox(server.port)
        yield server


def newest_text(server: MailServer) -> str:
    """What the last letter says."""
    body = email.message_from_bytes(server.last.raw, policy=modern).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_in_the_post(server: MailServer) -> str:
    """The worker brings the newest code; whoever reads the letter has it."""
    asked = ProofCode.objects.latest("pk")
    assert codes.send(asked.pk, Channel.objects.get(name="Mail").desk_id)
    (found,) = re.findall(r"\b\d{6}\b", newest_text(server))
    return str(found)
