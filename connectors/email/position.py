"""Where we are in one folder: a pure value. (UIDVALIDITY, UID) names a mail for ever (RFC 9051 2.3.1.1); flags and dates do not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

_LONGEST_FOLDER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What the server says on opening a folder. `last_uid`: the highest UID given so far."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Everything up to `last_uid` is ours.

    old_to    up to this UID mails were there before we came (or came back): they are looked at, not all taken
    after     older mails than this (ISO, the server's clock) were never wanted: not imported by a re-scan
    imported  the mails up to old_to are history being imported
    rescans   how often the server gave all mails new numbers; keeps the keys apart should it go back to old ones
    """

    uidvalidity: int
    last_uid: int
    old_to: int = 0
    after: str = ""
    imported: bool = False
    rescans: int = 0

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Position | None:
        """The position in a channel's cursor, or None before the first connection."""
        if not stored:
            return None
        names = cls.__dataclass_fields__
        return cls(**{name: value for name, value in stored.items() if name in names})

    def to_json(self) -> dict[str, Any]:
        """What differs from the defaults, for the cursor."""
        everything = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: value for name, value in everything.items() if value or name in ("uidvalidity", "last_uid")
        }

    def key(self, folder: str, uid: int | str) -> str:
        """The key of a mail, unique for ever on this channel; the folder's name is shortened if it is very long."""
        if len(folder) > _LONGEST_FOLDER:
            folder = f"{folder[:_LONGEST_FOLDER]}~{hashlib.sha256(folder.encode()).hexdigest()[:16]}"
        again = f".{self.rescans}" if self.rescans else ""
        return f"{folder}/{self.uidvalidity}{again}/{uid}"

    def moved(self, uid: int) -> Position:
        return replace(self, last_uid=uid)

    def fits(self, state: FolderState) -> bool:
        """Whether the folder is still the one we know: same UIDVALIDITY, and it has not gone back behind us (a restored backup)."""
        return self.uidvalidity == state.uidvalidity and self.last_uid <= state.last_uid

    def renumbered(self, state: FolderState) -> Position:
        """All mails have new numbers: look at everything again. What we have already is known by its content."""
        return replace(
            self,
            uidvalidity=state.uidvalidity,
            last_uid=0,
            old_to=state.last_uid,
            imported=False,
            rescans=self.rescans + 1,
        )

    def is_old(self, uid: int) -> bool:
        return uid <= self.old_to

    def unwanted(self, uid: int, arrived: datetime | None) -> bool:
        """Whether an old mail was there before the channel's beginning. Never asked of new ones: mail moved here is often old."""
        return bool(
            self.is_old(uid) and self.after and arrived and arrived < datetime.fromisoformat(self.after)
        )


def beginning(state: FolderState, newest: datetime | None) -> Position:
    """The first connection without import: everything that is there stays there. `newest`: arrival of the last mail."""
    return Position(
        uidvalidity=state.uidvalidity,
        last_uid=state.last_uid,
        old_to=state.last_uid,
        after=newest.isoformat() if newest else "",
    )


def importing(state: FolderState, since: datetime) -> Position:
    """The first connection with import of what has arrived `since`."""
    return Position(
        uidvalidity=state.uidvalidity,
        last_uid=0,
        old_to=state.last_uid,
        after=since.isoformat(),
        imported=state.last_uid > 0,
    )
