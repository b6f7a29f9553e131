"""One IMAP connection that is kept, given up when it breaks, and made again when it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError

from connectors.email import imap
from connectors.email.connecting import at_most
from connectors.email.position import FolderState
from connectors.email.settings import Settings
from inbox.contract import TemporaryFailure

INBOX, JUNK, SENT = "inbox", "junk", "sent"
# One mail of the largest size on a slow line; a server that drips a byte a minute does not hold us longer.
_LONGEST_COMMAND = 300.0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to read, and what its mails are: inbox, junk or sent."""

    name: str
    role: str


def folders_of(settings: Settings) -> list[Folder]:
    """The folders of a mailbox, each once; the special ones last."""
    special = {settings.junk_folder.strip(): JUNK, settings.sent_folder.strip(): SENT}
    plain = [name.strip() for name in settings.folders] or ["INBOX"]
    names = dict.fromkeys([*(name for name in plain if name not in special), *special])
    return [Folder(name, special.get(name, INBOX)) for name in names if name]


class LineBroken(TemporaryFailure):
    """The connection is gone; what was asked may be asked again on a new one."""


class Line:
    """For one thread at a time; `drop` may come from another."""

    def __init__(self, settings: Settings, *, longest: float = _LONGEST_COMMAND) -> None:
        """longest: seconds one command may take."""
        self.settings = settings
        self._longest = longest
        self._client: IMAPClient | None = None

    @property
    def client(self) -> IMAPClient:
        """Connected and logged in. Raises TemporaryFailure or ChannelBroken."""
        if self._client is None:
            self._client = imap.connect(self.settings)
        return self._client

    def open(self, folder: Folder) -> FolderState:
        """Open for reading only: EXAMINE cannot change a flag (RFC 9051 6.3.3). Raises TemporaryFailure if there is no such folder."""
        answer = self.ask("select_folder", folder.name, readonly=True)
        following = answer.get(b"UIDNEXT")
        if following is None:
            following = self.ask("folder_status", folder.name, ["UIDNEXT"])[b"UIDNEXT"]
        return FolderState(uidvalidity=int(answer.get(b"UIDVALIDITY", 0)), last_uid=int(following) - 1)

    def ask(self, command: str, *arguments: Any, **options: Any) -> Any:
        """One command of IMAPClient, within its time. Raises LineBroken, or TemporaryFailure if the server says no."""
        client = self.client
        try:
            with imap.talking(self.settings), at_most(self._longest, lambda: imap.hang_up(client)):
                return getattr(client, command)(*arguments, **options)
        except TemporaryFailure as error:
            if isinstance(error.__cause__, IMAPClientAbortError | OSError):
                self.drop()
                raise LineBroken(error.reason) from error.__cause__
            raise

    def drop(self) -> None:
        """Hang up, if connected."""
        client, self._client = self._client, None
        if client is not None:
            imap.hang_up(client)
