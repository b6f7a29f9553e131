"""The demo's mail: settings for channels of a made-up shop, and the stand-in mail server that serves such channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connectors.email.connector import EmailConnector
from connectors.email.standin.server import running

# The customer's page; SMTP and IMAP are at the next two.
PORT = 8026
DOMAIN = "northwool.example"


def settings(*, local_part: str = "help", port: int = PORT) -> dict[str, Any]:
    """For a new channel. The password is made anew, since whoever knows it can send and read."""
    return {
        "address": f"{local_part}@{DOMAIN}",
        "brand": "Northwool",
        "signature": "Northwool, 12 Harbour Street",
        "imap_host": "127.0.0.1",
        "imap_port": port + 2,
        "imap_security": "none",
        "imap_password": secrets.token_hex(16),
        "smtp_host": "127.0.0.1",
        "smtp_port": port + 1,
        "smtp_security": "none",
    }


@contextmanager
def stand_in(channels: Sequence[EmailConnector]) -> Iterator[list[str]]:
    """Serve the channels whose mail server is on this machine and has no encryption until the block ends; gives lines for a person.

    Raises OSError if a port is taken.
    """
    ours = [each.settings for each in channels if _is_ours(each)]
    if not ours:
        yield []
        return
    accounts = {each.address: each.imap_password for each in ours}
    with running(accounts, port=int(ours[0].imap_port) - 2) as standin:
        yield [f"Mail as a customer: {standin.base} (no real mail is sent)"]


def _is_ours(channel: EmailConnector) -> bool:
    given = channel.settings
    return (
        given.imap_host == given.smtp_host == "127.0.0.1" and int(given.imap_port) == int(given.smtp_port) + 1
    )
