"""“Check connection”: really logs in to both servers and looks at the domain's DNS. Sends nothing, changes nothing."""

from __future__ import annotations

import contextlib

from connectors.email import domain_records, smtp
from connectors.email.addressing import OwnAddresses
from connectors.email.line import Line, folders_of
from connectors.email.settings import Settings
from inbox.contract import ContractError, Health


def check(settings: Settings, own: OwnAddresses) -> Health:
    """What works and what does not, in plain lines. Hints about DNS never make it fail."""
    if not own.main:
        return Health(ok=False, lines=(f"“{settings.address}” is not a mail address.",))
    if not settings.imap_host and not settings.smtp_host:
        return Health(ok=False, lines=("There is neither a server to fetch from nor one to send with.",))
    receiving, receives = _receiving(settings)
    sending, sends = _sending(settings)
    return Health(ok=receives and sends, lines=(*receiving, *sending, *domain_records.hints(own.domain)))


def _receiving(settings: Settings) -> tuple[list[str], bool]:
    if not settings.imap_host:
        return ["Receiving is off: no IMAP server."], True
    with contextlib.closing(_Closing(Line(settings))) as held:
        try:
            idle = held.line.client.has_capability("IDLE")
        except ContractError as error:
            return [f"Receiving: {error.reason}"], False
        lines = [f"Receiving: logged in to {settings.imap_host} as {settings.user}."]
        lines.append(
            "New mail is told at once (IDLE)."
            if idle
            else "The server has no IDLE: it is asked every minute."
        )
        found = [_folder(held.line, folder.name) for folder in folders_of(settings)]
        return [*lines, *(said for said, _fine in found)], all(fine for _said, fine in found)


class _Closing:
    """contextlib.closing for a Line."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def close(self) -> None:
        self.line.drop()


def _folder(line: Line, name: str) -> tuple[str, bool]:
    from connectors.email.line import INBOX, Folder

    try:
        state = line.open(Folder(name, INBOX))
    except ContractError as error:
        return f"The folder “{name}” cannot be opened. {error.reason}", False
    if not state.uidvalidity:
        return (
            f"The folder “{name}” does not number its mails for good (UIDVALIDITY), so it cannot be read.",
            False,
        )
    return f"The folder “{name}” is open; {state.last_uid} mails have ever been put there.", True


def _sending(settings: Settings) -> tuple[list[str], bool]:
    if not settings.smtp_host:
        return ["Sending is off: no SMTP server."], True
    try:
        with smtp.session(settings) as session:
            size = session.esmtp_features.get("size", "")
            login = "logged in" if session.has_extn("auth") else "it wants no login"
    except ContractError as error:
        return [f"Sending: {error.reason}"], False
    largest = f" Mails may have {int(size) // 1_000_000} MB." if size.isdigit() and int(size) else ""
    return [f"Sending: {settings.smtp_host} answers, {login}.{largest}"], True
