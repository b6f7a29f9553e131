"""A copy of what was sent in the mailbox's Sent folder, for people who also use a mail program. Never fails a sending."""

from __future__ import annotations

import dataclasses

from connectors.email.line import Line
from connectors.email.settings import Settings
from inbox.contract import ContractError

# Seconds. The mail has left, and that is still to be written down: nobody waits long for its copy.
_EACH_ANSWER, _LONGEST = 5, 10.0


def keep(settings: Settings, raw: bytes) -> list[str]:
    """Append the mail, marked as read. Gives one sentence if that was not possible: the mail has left all the same."""
    hurried = dataclasses.replace(settings, timeout_seconds=min(int(settings.timeout_seconds), _EACH_ANSWER))
    line = Line(hurried, longest=_LONGEST)
    try:
        line.ask("append", settings.sent_folder, raw, (b"\\Seen",))
    except ContractError as error:
        return [f"It was sent, but not copied to “{settings.sent_folder}”. {error.reason}"]
    finally:
        line.drop()
    return []
