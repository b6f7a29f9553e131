"""Fetching a mailbox: every mail after the cursor once, raw and one at a time, never touching a flag. Waiting: waiting.py.

The caller stores each mail together with its cursor; a line that breaks in the middle goes on behind the last stored one.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.email import position
from connectors.email.line import Folder, Line, LineBroken, folders_of
from connectors.email.position import FolderState, Position
from connectors.email.reasons import plain
from inbox.contract import Polled, Request, TemporaryFailure

# One SEARCH answer is one line; imaplib reads at most 1,000,000 characters of it.
_UIDS_PER_SEARCH = 100_000
_HEADS_PER_FETCH = 500
# Of a mail above the limit: the whole header and the beginning of the text.
_BEGINNING = 1_000_000
# After so many broken lines on one mail only its header is asked for; after as many again, nothing.
_TRIES_PER_MAIL = 3
# How often the line broke on a mail. Outlives the Mailbox: after each failure the caller makes a new one.
_broke: Counter[tuple[str, str, str]] = Counter()


@dataclass(frozen=True, slots=True)
class _Head:
    uid: int
    size: int
    arrived: datetime | None


class Mailbox:
    """What a mailbox holds. `seen` says how each folder stood when it was last looked at."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.settings = line.settings
        self.seen: dict[str, FolderState] = {}

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Polled]:
        """What came since the cursor ({folder: position}), each with the cursor that lies behind it.

        A folder that cannot be opened does not keep the others waiting. Raises TemporaryFailure or ChannelBroken.
        """
        positions = dict(cursor)
        trouble: list[TemporaryFailure] = []
        for folder in folders_of(self.settings):
            try:
                state = self.line.open(folder)
            except LineBroken:
                raise
            except TemporaryFailure as error:
                trouble.append(
                    TemporaryFailure(
                        f"The folder “{folder.name}” cannot be opened. {error.reason}", code="folder"
                    )
                )
                continue
            yield from self._arrivals(folder, state, positions)
        if trouble:
            raise trouble[0]

    def backfill(self, cursor: Mapping[str, Any], since: datetime) -> Iterator[Polled]:
        """Mail that was there before the channel began and arrived since `since`, as history. The cursor stays where it is."""
        for folder in folders_of(self.settings):
            known, state = Position.of(cursor.get(folder.name)), self.line.open(folder)
            if known is None or not known.fits(state):
                continue
            past = position.importing(
                FolderState(uidvalidity=known.uidvalidity, last_uid=known.old_to), since
            )
            for head in self._heads(past, known.old_to):
                polled = (
                    None
                    if past.unwanted(head.uid, head.arrived)
                    else self._polled(folder, past, head, cursor)
                )
                if polled is not None:
                    yield polled

    def _arrivals(self, folder: Folder, state: FolderState, positions: dict[str, Any]) -> Iterator[Polled]:
        known = Position.of(positions.get(folder.name))
        now = known if known and known.fits(state) else self._restarted(known, state)
        written = known.last_uid if known == now and known else -1
        for head in self._heads(now, state.last_uid):
            now = now.moved(head.uid)
            if now.unwanted(head.uid, head.arrived):
                continue
            positions[folder.name] = now.to_json()
            polled = self._polled(folder, now, head, positions)
            if polled is not None:
                written = now.last_uid
                yield polled
        now = now.moved(state.last_uid)
        if written != now.last_uid and now.is_old(now.last_uid):
            positions[folder.name] = now.to_json()
            yield _watching(folder, now, positions)
        self.seen[folder.name] = state

    def _restarted(self, known: Position | None, state: FolderState) -> Position:
        if known is not None:
            return known.renumbered(state)
        days = int(self.settings.backfill_days)
        if days > 0:
            return position.importing(state, datetime.now(UTC) - timedelta(days=days))
        newest = self._read_heads([state.last_uid]) if state.last_uid else []
        return position.beginning(state, newest[0].arrived if newest else None)

    def _heads(self, now: Position, last_uid: int) -> Iterator[_Head]:
        """Number, size and arrival of the mails after the position, in the order of their numbers."""
        first = now.last_uid + 1
        while first <= last_uid:
            last = min(last_uid, first + _UIDS_PER_SEARCH - 1)
            # A server answers "n:*" with the last mail even if it is older than n (RFC 9051 9, seq-range): hence the filter.
            uids = sorted(
                uid for uid in self.line.ask("search", ["UID", f"{first}:{last}"]) if first <= uid <= last
            )
            for at in range(0, len(uids), _HEADS_PER_FETCH):
                yield from self._read_heads(uids[at : at + _HEADS_PER_FETCH])
            first = last + 1

    def _read_heads(self, uids: list[int]) -> list[_Head]:
        found = self.line.ask("fetch", uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            _Head(uid, int(found[uid].get(b"RFC822.SIZE") or 0), found[uid].get(b"INTERNALDATE"))
            for uid in uids
            if uid in found
        ]

    def _polled(self, folder: Folder, now: Position, head: _Head, cursor: Mapping[str, Any]) -> Polled | None:
        """The mail as it came, or None if somebody deleted it between our two questions."""
        key = now.key(folder.name, head.uid)
        raw, notes = self._fetch(key, head)
        if not raw and head.size and not notes:
            return None
        headers = {"x-folder": folder.name, "x-role": folder.role, "x-uid": str(head.uid), **notes}
        if head.arrived is not None:
            headers["x-internaldate"] = head.arrived.astimezone(UTC).isoformat()
        if now.is_old(head.uid):
            headers |= {"x-historical": "1"} if now.imported else {"x-not-before": now.after}
        return Polled(key=key, request=_request(raw, headers), cursor=dict(cursor))

    def _fetch(self, key: str, head: _Head) -> tuple[bytes, dict[str, str]]:
        """The raw mail, and what is to be said about it: cut off because of its size, or not readable on the server.

        A mail on which the line breaks again and again is taken without its body, so that the ones behind it come through.
        """
        broke = self.settings.imap_host, self.settings.user, key
        if _broke[broke] >= 2 * _TRIES_PER_MAIL:
            return b"", {"x-unreadable": "The line broke each time it was fetched."}
        try:
            if _broke[broke] >= _TRIES_PER_MAIL:
                return self._part(head, "HEADER"), {
                    "x-unreadable": "The line broke each time it was fetched."
                }
            if head.size > int(self.settings.largest_mb) * 1_000_000:
                return self._part(head, "", f"<0.{_BEGINNING}>"), {"x-size": str(head.size)}
            return self._part(head, ""), {}
        except LineBroken:
            _broke[broke] += 1
            raise
        except TemporaryFailure as error:
            said = plain(str(error.__cause__))
        with contextlib.suppress(TemporaryFailure):
            return self._part(head, "HEADER"), {"x-unreadable": said}
        return b"", {"x-unreadable": said}

    def _part(self, head: _Head, section: str, partial: str = "") -> bytes:
        """PEEK leaves \\Seen alone."""
        answer: Mapping[bytes, Any] = self.line.ask(
            "fetch", [head.uid], [f"BODY.PEEK[{section}]{partial}"]
        ).get(head.uid, {})
        return next(
            (value for name, value in answer.items() if name.startswith(b"BODY[") and value is not None), b""
        )


def _watching(folder: Folder, now: Position, cursor: Mapping[str, Any]) -> Polled:
    """No mail, but the cursor has to be kept: from here on nothing may be missed."""
    headers = {"x-folder": folder.name, "x-watching-from": str(now.last_uid + 1)}
    return Polled(key=now.key(folder.name, "watch"), request=_request(b"", headers), cursor=dict(cursor))


def _request(raw: bytes, headers: Mapping[str, str]) -> Request:
    return Request(body=raw, headers=headers, method="POLL", received_at=datetime.now(UTC))
