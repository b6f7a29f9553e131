"""The settings of the samples. Nothing signs mail for us: it is fetched, so there is no `sign`."""

from __future__ import annotations

SETTINGS = {
    "address": "help@shop.example",
    "aliases": ("info@shop.example",),
    "brand": "Shop",
    "signature": "Shop, 1 High Street",
    "imap_password": "mailbox-secret-of-the-samples",
    "trusted_authserv": "mx.shop.example",
    "machine_senders": ("noreply@*", "*@marketplace.example"),
    "smtp_host": "127.0.0.1",
    "smtp_port": 1,
    "smtp_security": "none",
    "timeout_seconds": 5,
}
