"""The demo's mail: settings for a mailbox on this machine. No mail leaves it; addresses are of domains nobody can own (RFC 2606)."""

from __future__ import annotations

import secrets

DOMAIN = "northwool.example"
PORT = 8026


def settings(*, local_part: str = "help", port: int = PORT) -> dict[str, object]:
    """For a new channel: `port` is the page of the stand-in, the next two are its SMTP and its IMAP server."""
    return {
        "address": f"{local_part}@{DOMAIN}",
        "brand": "Northwool",
        "signature": "Northwool, knitted in the north\nhttps://www.northwool.example",
        "imap_host": "127.0.0.1",
        "imap_port": port + 2,
        "imap_security": "none",
        "imap_password": secrets.token_hex(12),
        "smtp_host": "127.0.0.1",
        "smtp_port": port + 1,
        "smtp_security": "none",
    }
