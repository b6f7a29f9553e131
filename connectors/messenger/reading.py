"""Webhooks of the topic “page” → events: messages by connectors/meta, comments and mentions here beside (comments.py)."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.messenger import comments
from connectors.meta.heard import Account, ignored
from connectors.meta.messaging import FIELDS, changes, messaging
from connectors.meta.reading import entries, text
from inbox.contract import InboundEvent

TOPIC = "page"


def events(body: bytes, account: Account) -> Iterator[InboundEvent]:
    """All events of all entries. Raises BadPayload."""
    for entry in entries(body, TOPIC):
        if text(entry.get("id")) != account.id:
            yield ignored(
                entry, "It is about another page: each page needs an app with a webhook of its own."
            )
            continue
        yield from messaging(entry, account)
        for field, value in changes(entry):
            if field == "feed":
                yield from comments.feed(value, entry, account)
            elif field == "mention":
                yield from comments.mention(value, entry, account)
            elif field not in FIELDS:
                yield ignored(value, f"Nothing to do for “{field[:60]}”.")
