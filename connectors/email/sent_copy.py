"""A copy of what was sent in the mailbox's Sent folder, for people who also use a mail program. Never fails a sending."""

from __future__ import annotations

from connectors.email.line import Line
from connectors.email.settings import Settings
from inbox.contract import ContractError


def keep(settings: Settings, raw: bytes) -> list[str]:
    """Append the mail, marked as read. Gives one sentence if that was not possible: the mail has left all the same."""
    line = Line(settings)
    try:
        line.ask("append", settings.sent_folder, raw, (b"\\Seen",))
    except ContractError as error:
        return [f"It was sent, but not copied to “{settings.sent_folder}”. {error.reason}"]
    finally:
        line.drop()
    return []
