"""The stand-in's HTTP side: the routes of Twilio's API and of the phone page. The server itself is connectors/standin/."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.sms.standin import api, phone
from connectors.sms.standin.account import Account
from connectors.sms.standin.records import Refusal
from connectors.sms.standin.webhooks import Webhooks
from connectors.sms.standin.wire import refused
from connectors.standin import server
from connectors.standin.wire import Answer, Asked


class StandIn(server.StandIn):
    """One running stand-in of an account. `asked` are the calls to the API in order, but the phone page's."""

    def __init__(self, account: Account, *, port: int = 0, automatic: bool = False) -> None:
        super().__init__(port=port)
        self.account = account
        self.webhooks = Webhooks(account, self.base)
        # In the demo messages travel by themselves; in tests each step is asked for.
        self.automatic = automatic

    def respond(self, asked: Asked) -> Answer:
        """The answer to one request. Raises Cut to hang up without one."""
        if asked.path in phone.PAGES or asked.path.startswith("/phone/"):
            return phone.respond(self, asked)
        if asked.path.startswith("/cdn/"):
            return api.cdn(self.account, asked)
        return super().respond(asked)

    def answer(self, asked: Asked) -> Answer:
        """What Twilio would say. In the demo a new message then sets out by itself."""
        try:
            answer, created = api.respond(self.account, asked, port=self.port)
        except Refusal as refusal:
            return refused(refusal)
        if created and self.automatic:
            threading.Thread(target=phone.travel, args=(self, created), daemon=True).start()
        return answer


@contextmanager
def running(account: Account, *, port: int = 0, automatic: bool = False) -> Iterator[StandIn]:
    """Serves until the block ends. Raises OSError if the port is taken."""
    with StandIn(account, port=port, automatic=automatic).running() as standin:
        yield standin
