"""Waiting for mail: IDLE (RFC 2177) on the first folder, renewed in time; without IDLE, a look every minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from imapclient import IMAPClient

from connectors.email import imap
from connectors.email.line import folders_of
from connectors.email.mailbox import Mailbox
from inbox.contract import TemporaryFailure

# RFC 2177 wants a renewal every 29 minutes; home routers forget a silent line after ten.
_LONGEST_IDLE = 9 * 60.0
# Without IDLE, and for the folders that IDLE does not watch.
_BETWEEN_LOOKS = 60.0
_AFTER_A_BROKEN_LINE = 5.0


def wait(mailbox: Mailbox, closing: threading.Event, seconds: float) -> bool:
    """Block until there may be news or the time is over; True if there may be. Ends at once when `closing` is set."""
    _first, *more = folders_of(mailbox.settings)
    seconds = min(seconds, _BETWEEN_LOOKS if more else _LONGEST_IDLE)
    try:
        client = mailbox.line.client
        if not client.has_capability("IDLE"):
            closing.wait(min(seconds, _BETWEEN_LOOKS))
            return not closing.is_set()
        return _idle(mailbox, closing, seconds) or bool(more)
    except TemporaryFailure:
        # The next poll says what is wrong; only do not ask at once.
        closing.wait(min(seconds, _AFTER_A_BROKEN_LINE))
        return not closing.is_set()


def _idle(mailbox: Mailbox, closing: threading.Event, seconds: float) -> bool:
    folder = folders_of(mailbox.settings)[0]
    state = mailbox.line.open(folder)
    if state != mailbox.seen.get(folder.name, state):
        return True
    client = mailbox.line.client
    try:
        with imap.talking(mailbox.settings):
            client.idle()
            news = _listen(client, closing, seconds)
            _said, late = client.idle_done()
    except TemporaryFailure:
        mailbox.line.drop()
        raise
    return _tells_of_mail(news) or _tells_of_mail(late)


def _listen(client: IMAPClient, closing: threading.Event, seconds: float) -> list[Any]:
    """What the server says until it speaks of mail; “Still here” is listened through."""
    ends = time.monotonic() + seconds
    while not closing.is_set():
        left = ends - time.monotonic()
        news = client.idle_check(timeout=max(left, 0.0))
        if left <= 0 or not news or _tells_of_mail(news):
            return list(news)
    return []


def _tells_of_mail(responses: Iterable[Any]) -> bool:
    return any(len(response) > 1 and response[1] in (b"EXISTS", b"RECENT") for response in responses)
