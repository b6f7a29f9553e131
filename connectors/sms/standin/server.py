"""Twilio's stand-in with a phone page. Its API is connectors/twilio/standin/."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.sms.standin import phone
from connectors.standin.wire import Answer, Asked
from connectors.twilio.standin import server
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import Sms


class StandIn(server.StandIn):
    """`asked` are the calls to the API in order, but not the phone page's."""

    def __init__(self, account: Account, *, port: int = 0, automatic: bool = False) -> None:
        super().__init__(account, port=port)
        # In the demo messages travel by themselves; in tests each step is asked for.
        self.automatic = automatic

    def respond(self, asked: Asked) -> Answer:
        """The answer to one request. Raises Cut to hang up without one."""
        if asked.path in phone.PAGES or asked.path.startswith("/phone/"):
            return phone.respond(self, asked)
        return super().respond(asked)

    def created(self, sms: Sms) -> None:
        """In the demo a new message sets out by itself."""
        if self.automatic:
            threading.Thread(target=phone.travel, args=(self, sms), daemon=True).start()


@contextmanager
def running(account: Account, *, port: int = 0, automatic: bool = False) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(account, port=port, automatic=automatic).running() as standin:
        yield standin
