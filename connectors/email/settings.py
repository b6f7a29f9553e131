"""What an admin types in for one mailbox. Values only: the form and the checks are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.contract import setting

SECURITY = (
    ("ssl", "TLS from the start"),
    ("starttls", "STARTTLS"),
    ("none", "None (only inside one machine)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One mailbox. Without an IMAP host it only sends; without an SMTP host it only receives."""

    address: str = setting("Mail address", placeholder="help@shop.example", help="As your customers know it.")
    brand: str = setting(
        "Sender name",
        default="",
        placeholder="Shop",
        help="Shown as “Sam at Shop”. Empty: the channel's name.",
    )
    signature: str = setting(
        "Signature", default="", kind="multiline", help="Under every mail from this address."
    )
    aliases: tuple[str, ...] = setting(
        "Other addresses of ours",
        default=(),
        kind="lines",
        help="One a line. Mail to them arrives in this mailbox too.",
    )

    imap_host: str = setting("IMAP server", default="", group="Receiving", placeholder="imap.shop.example")
    imap_port: int = setting("Port", default=993, kind="number", group="Receiving")
    imap_security: str = setting(
        "Encryption", default="ssl", kind="choice", choices=SECURITY, group="Receiving"
    )
    imap_user: str = setting("User name", default="", group="Receiving", help="Empty: the mail address.")
    imap_password: str = setting(
        "Password",
        default="",
        secret=True,
        group="Receiving",
        help="With Gmail an app password, not your own.",
    )
    folders: tuple[str, ...] = setting(
        "Folders", default=("INBOX",), kind="lines", group="Receiving", help="One a line."
    )
    junk_folder: str = setting(
        "Junk folder", default="", group="Receiving", help="Kept out of the way as spam. Empty: not read."
    )
    sent_folder: str = setting(
        "Sent folder",
        default="",
        group="Receiving",
        help="Replies written in another mail program join the thread. Empty: not read.",
    )
    backfill_days: int = setting(
        "Days to import",
        default=0,
        kind="number",
        group="Receiving",
        help="Mail from before the first connection. 0: only new mail.",
    )
    largest_mb: int = setting(
        "Largest mail (MB)",
        default=50,
        kind="number",
        group="Receiving",
        help="Of a larger one only the beginning is fetched.",
    )

    smtp_host: str = setting("SMTP server", default="", group="Sending", placeholder="smtp.shop.example")
    smtp_port: int = setting("Port", default=465, kind="number", group="Sending")
    smtp_security: str = setting(
        "Encryption", default="ssl", kind="choice", choices=SECURITY, group="Sending"
    )
    smtp_user: str = setting("User name", default="", group="Sending", help="Empty: as for receiving.")
    smtp_password: str = setting(
        "Password", default="", secret=True, group="Sending", help="Empty: as for receiving."
    )
    append_sent: bool = setting(
        "Copy to the Sent folder",
        default=False,
        kind="boolean",
        group="Sending",
        help="Gmail and Microsoft 365 do it themselves; most other servers do not. Needs the Sent folder above.",
    )
    plus_addresses: bool = setting(
        "Reply addresses with “+”",
        default=True,
        kind="boolean",
        group="Sending",
        help="Replies go to help+…@shop.example, so that they find their thread in any mail program. Off: a marker in the text.",
    )
    reply_address: str = setting(
        "Reply address",
        default="",
        group="Sending",
        placeholder="help+{token}@shop.example",
        help="Only if replies arrive at another address. {token} stands for the thread. Empty: the mail address with “+”.",
    )

    trusted_authserv: str = setting(
        "Trusted mail server",
        default="",
        group="Reading",
        placeholder="mx.shop.example",
        help="The first word of the Authentication-Results header your own server writes. Then DKIM and DMARC prove senders.",
    )
    machine_senders: tuple[str, ...] = setting(
        "Machine senders",
        default=(),
        kind="lines",
        group="Reading",
        help="Forms and marketplaces that write for a customer, one a line: noreply@shop.example, *@marketplace.example",
    )
    customer_fields: tuple[str, ...] = setting(
        "Fields with the customer's address",
        default=("E-mail", "Email", "E-mail address", "Email address"),
        kind="lines",
        group="Reading",
        help="Lines such as “Email: ana@example.com” in mails of machine senders without a reply address.",
    )

    oauth_token_url: str = setting("Token address", default="", group="OAuth", placeholder="https://…/token")
    oauth_client_id: str = setting("Client id", default="", group="OAuth")
    oauth_client_secret: str = setting("Client secret", default="", secret=True, group="OAuth")
    oauth_refresh_token: str = setting(
        "Refresh token",
        default="",
        secret=True,
        group="OAuth",
        help="Empty: the client logs in as itself (Microsoft 365 applications).",
    )
    oauth_scope: str = setting("Scope", default="", group="OAuth")
    timeout_seconds: int = setting(
        "Longest wait for an answer (seconds)", default=20, kind="number", group="Connection"
    )

    @property
    def user(self) -> str:
        return self.imap_user or self.address

    @property
    def uses_oauth(self) -> bool:
        return bool(self.oauth_token_url)

    @property
    def smtp_login(self) -> tuple[str, str]:
        """User and password for sending; both fall back to those for receiving."""
        return self.smtp_user or self.user, self.smtp_password or self.imap_password
